import { OverwriteType, PermissionFlagsBits } from 'discord.js'
import type { DiscordStandIn } from './discord/index.ts'

/** The server that the playground shows, and its people, by id. */
export interface Lounge {
  guild: string
  channel: string
  admin: string
  members: [string, string]
}

/**
 * Makes a small server: an admin, two members, roles to sell, one that is nobody's to sell, and a room that only those
 * with a role see.
 */
export function furnish(discord: DiscordStandIn): Lounge {
  const { id: guild, ownerId, channels } = discord.addGuild({ name: 'The Velvet Lounge' })
  // A server has an owner, who plays no part here.
  discord.removeMember(guild, ownerId)
  const premium = discord.addRole(guild, { name: 'Premium', color: 0xc27c0e, hoist: true })
  const patron = discord.addRole(guild, { name: 'Patron', color: 0xb0476a, hoist: true })
  const regular = discord.addRole(guild, { name: 'Regular', color: 0x3a7f93 })
  discord.moveRole(guild, discord.botRole(guild).id, 4)
  const admin = discord.addMember(guild, { username: 'vera', globalName: 'Vera', admin: true }).user.id
  const ada = discord.addMember(guild, { username: 'ada', globalName: 'Ada' }).user.id
  const ben = discord.addMember(guild, { username: 'ben', globalName: 'Ben' }).user.id
  discord.setRoles(guild, ben, [regular.id])

  const channel = [...channels.keys()][0] ?? ''
  const room = discord.addChannel(guild, {
    name: 'behind-the-rope',
    topic: 'For those with a role that a membership unlocks',
    overwrites: [
      { id: guild, type: OverwriteType.Role, allow: '0', deny: String(PermissionFlagsBits.ViewChannel) },
      ...[premium, patron].map(({ id }) => ({
        id,
        type: OverwriteType.Role,
        allow: String(PermissionFlagsBits.ViewChannel),
        deny: '0',
      })),
    ],
  })
  discord.as(admin, guild, channel).sendMessage('Good evening, and welcome to the lounge! 🥂')
  discord.as(ben, guild, channel).sendMessage('Evening all. What is behind that rope?')
  discord
    .as(admin, guild, room.id)
    .sendMessage('You made it. Thank you for keeping the lights on: the good chairs are over there.')
  return { guild, channel, admin, members: [ada, ben] }
}
