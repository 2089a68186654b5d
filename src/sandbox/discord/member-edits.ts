import {
  type APIGuildMember,
  GatewayIntentBits,
  type GuildMemberFlags,
  Locale,
  PermissionFlagsBits,
} from 'discord.js'
import { addRole } from './role-edits.ts'
import { type Guild, guildOf, newUser, type World } from './world.ts'

/** Somebody who joins. With the `id` of a known person, that person joins (again). */
export interface NewMember {
  username?: string
  globalName?: string
  id?: string
  roles?: string[]
  /** Gives the server's "Admin" role, made when there is none. */
  admin?: boolean
  avatar?: string
  locale?: Locale
}

/** Lets somebody join, and tells the bot with GUILD_MEMBER_ADD. */
export function addMember(world: World, guildId: string, wanted: NewMember): APIGuildMember {
  const guild = guildOf(world, guildId)
  const id = wanted.id ?? world.nextId()
  const known = world.users.get(id)
  if (!known) {
    const user = newUser(id, wanted.username ?? `user${id.slice(-4)}`, wanted.globalName ?? null)
    user.avatar = wanted.avatar ?? null
    world.users.set(id, { user, locale: wanted.locale ?? Locale.EnglishUS })
  }
  if (guild.members.has(id)) throw new Error(`${id} is already in ${guild.name}`)
  const member = createMember(world, guild, id)
  member.roles = [...(wanted.roles ?? []), ...(wanted.admin ? [adminRole(world, guild)] : [])]
  world.dispatch({
    t: 'GUILD_MEMBER_ADD',
    d: { ...member, guild_id: guildId },
    guildId,
    intents: GatewayIntentBits.GuildMembers,
  })
  world.changed({ type: 'member', guildId, userId: id })
  return member
}

/** Somebody leaves or is kicked; their roles are lost. The bot is told with GUILD_MEMBER_REMOVE. */
export function removeMember(world: World, guildId: string, userId: string): void {
  const guild = guildOf(world, guildId)
  const member = memberOf(guild, userId)
  guild.members.delete(userId)
  world.dispatch({
    t: 'GUILD_MEMBER_REMOVE',
    d: { guild_id: guildId, user: member.user },
    guildId,
    intents: GatewayIntentBits.GuildMembers,
  })
  world.changed({ type: 'member', guildId, userId })
}

/** Sets all of a member's roles, by hand or by the bot, and tells the bot when that changed anything. */
export function setRoles(world: World, guildId: string, userId: string, roleIds: string[]): void {
  const guild = guildOf(world, guildId)
  const member = memberOf(guild, userId)
  for (const roleId of roleIds) {
    if (!guild.roles.has(roleId)) throw new Error(`There is no role ${roleId} in ${guild.name}`)
  }
  const wanted = [...new Set(roleIds)]
  if (wanted.length === member.roles.length && wanted.every(roleId => member.roles.includes(roleId))) return
  member.roles = wanted
  memberChanged(world, guild, member)
}

/** Sets or clears the nickname. */
export function setNickname(world: World, guildId: string, userId: string, nick: string | null): void {
  const guild = guildOf(world, guildId)
  const member = memberOf(guild, userId)
  member.nick = nick
  memberChanged(world, guild, member)
}

/** Puts a known user into the guild without telling anybody. */
export function createMember(world: World, guild: Guild, userId: string): APIGuildMember {
  const user = userId === world.bot.id ? world.bot : world.users.get(userId)?.user
  if (!user) throw new Error(`There is no user ${userId}`)
  const member: APIGuildMember = {
    user,
    nick: null,
    avatar: null,
    banner: null,
    roles: [],
    joined_at: world.timestamp(),
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    communication_disabled_until: null,
    flags: 0 as GuildMemberFlags,
  }
  guild.members.set(userId, member)
  return member
}

/** The member, or an error in words for whoever scripts the stand-in. */
function memberOf(guild: Guild, userId: string): APIGuildMember {
  const member = guild.members.get(userId)
  if (!member) throw new Error(`${userId} is not in ${guild.name}`)
  return member
}

function memberChanged(world: World, guild: Guild, member: APIGuildMember): void {
  world.dispatch({
    t: 'GUILD_MEMBER_UPDATE',
    d: { ...member, guild_id: guild.id },
    guildId: guild.id,
    // What happens to the bot itself it is told whatever it asked for.
    intents: member.user.id === world.bot.id ? 0 : GatewayIntentBits.GuildMembers,
  })
  world.changed({ type: 'member', guildId: guild.id, userId: member.user.id })
}

function adminRole(world: World, guild: Guild): string {
  const existing = [...guild.roles.values()].find(role => role.name === 'Admin' && !role.managed)
  if (existing) return existing.id
  const permissions = PermissionFlagsBits.Administrator
  return addRole(world, guild.id, { name: 'Admin', permissions, position: guild.roles.size }).id
}
