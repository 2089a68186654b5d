import type { DiscordStandIn } from './discord/index.ts'

/** The server that the playground shows, and its people, by id. */
export interface Lounge {
  guild: string
  channel: string
  admin: string
  members: [string, string]
}

/** Makes a small server: an admin, two members, a role to sell, and roles that the bot must refuse or leave alone. */
export function furnish(discord: DiscordStandIn): Lounge {
  const { id: guild } = discord.addGuild({ name: 'The Velvet Lounge' })
  discord.addRole(guild, { name: 'Premium', color: 0xd4a017, hoist: true })
  discord.addRole(guild, { name: 'Patron', color: 0xb0476a, hoist: true })
  const regular = discord.addRole(guild, { name: 'Regular', color: 0x4a90a4 })
  discord.moveRole(guild, discord.botRole(guild).id, 4)
  const admin = discord.addMember(guild, { username: 'vera', globalName: 'Vera', admin: true }).user.id
  const ada = discord.addMember(guild, { username: 'ada', globalName: 'Ada' }).user.id
  const ben = discord.addMember(guild, { username: 'ben', globalName: 'Ben' }).user.id
  discord.setRoles(guild, ben, [regular.id])
  const channel = [...discord.guild(guild).channels.keys()][0] ?? ''
  return { guild, channel, admin, members: [ada, ben] }
}
