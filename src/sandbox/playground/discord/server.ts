import { type APIGuildMember, type APITextChannel, OverwriteType, PermissionFlagsBits } from 'discord.js'
import type { Guild } from '../../discord/index.ts'
import { basePermissions, channelPermissions } from '../../discord/permissions.ts'
import { hexColor } from './messages.ts'
import type { MemberView, RoleView } from './room.ts'

/** The roles as the server's settings list them: highest first. */
export function roleViews(guild: Guild, botUserId: string): RoleView[] {
  return ranked(guild).map(({ id, name, color, hoist, managed, tags }) => ({
    id,
    name,
    color: color ? hexColor(color) : '',
    isHoisted: hoist,
    isManaged: managed,
    isBots: tags?.bot_id === botUserId,
  }))
}

/** The members, by name. */
export function memberViews(guild: Guild): MemberView[] {
  const roles = ranked(guild)
  return [...guild.members.values()]
    .map(member => {
      const held = roles.filter(({ id }) => member.roles.includes(id))
      const colored = held.find(({ color }) => color !== 0)
      return {
        id: member.user.id,
        name: displayName(member),
        username: member.user.username,
        color: colored ? hexColor(colored.color) : '',
        roles: held.map(({ id }) => id),
        isBot: member.user.bot === true,
      }
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** What somebody is called in the server. */
export const displayName = ({ nick, user }: Pick<APIGuildMember, 'nick' | 'user'>): string =>
  nick ?? user.global_name ?? user.username

/** Whether this member's client shows the channel. */
export const sees = (guild: Guild, channel: APITextChannel, member: APIGuildMember): boolean =>
  (channelPermissions(guild, channel, member) & PermissionFlagsBits.ViewChannel) !== 0n

/** Whether the channel is hidden from those without a role. */
export const isPrivate = (guild: Guild, channel: APITextChannel): boolean =>
  (channel.permission_overwrites ?? []).some(
    ({ id, type, deny }) =>
      id === guild.id &&
      type === OverwriteType.Role &&
      (BigInt(deny) & PermissionFlagsBits.ViewChannel) !== 0n,
  )

/** Whether this member may administer the server. */
export const isAdmin = (guild: Guild, member: APIGuildMember): boolean =>
  (basePermissions(guild, member) & PermissionFlagsBits.ManageGuild) !== 0n

function ranked(guild: Guild) {
  return [...guild.roles.values()]
    .filter(({ id }) => id !== guild.id)
    .sort((a, b) => b.position - a.position || (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
}
