import {
  type APIGuildMember,
  type APIRole,
  type APITextChannel,
  OverwriteType,
  PermissionFlagsBits,
} from 'discord.js'
import type { Guild } from './world.ts'

/** Every permission there is. */
export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n)

/** What `@everyone` may do in a new server. */
export const EVERYONE_PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.AddReactions |
  PermissionFlagsBits.ReadMessageHistory |
  PermissionFlagsBits.UseExternalEmojis |
  PermissionFlagsBits.ChangeNickname |
  PermissionFlagsBits.CreateInstantInvite |
  PermissionFlagsBits.Connect |
  PermissionFlagsBits.Speak |
  PermissionFlagsBits.UseApplicationCommands

/** What the invite link asks for unless the caller says otherwise. */
export const BOT_PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.ManageRoles

/** What a member may do in the guild as a whole (docs.discord.com/developers/topics/permissions#permission-overwrites). */
export function basePermissions(guild: Guild, member: APIGuildMember): bigint {
  if (member.user.id === guild.ownerId) return ALL_PERMISSIONS
  let held = BigInt(guild.roles.get(guild.id)?.permissions ?? 0)
  for (const roleId of member.roles) held |= BigInt(guild.roles.get(roleId)?.permissions ?? 0)
  return held & PermissionFlagsBits.Administrator ? ALL_PERMISSIONS : held
}

/** What a member may do in one channel: the guild's permissions, then the channel's overwrites in Discord's order. */
export function channelPermissions(guild: Guild, channel: APITextChannel, member: APIGuildMember): bigint {
  let held = basePermissions(guild, member)
  if (held === ALL_PERMISSIONS) return held
  const overwrites = channel.permission_overwrites ?? []
  const apply = (deny: bigint, allow: bigint) => {
    held = (held & ~deny) | allow
  }
  const everyone = overwrites.find(overwrite => overwrite.id === guild.id)
  if (everyone) apply(BigInt(everyone.deny), BigInt(everyone.allow))
  const ofRoles = overwrites.filter(
    overwrite => overwrite.type === OverwriteType.Role && member.roles.includes(overwrite.id),
  )
  apply(
    ofRoles.reduce((bits, overwrite) => bits | BigInt(overwrite.deny), 0n),
    ofRoles.reduce((bits, overwrite) => bits | BigInt(overwrite.allow), 0n),
  )
  const own = overwrites.find(
    overwrite => overwrite.type === OverwriteType.Member && overwrite.id === member.user.id,
  )
  if (own) apply(BigInt(own.deny), BigInt(own.allow))
  return held & PermissionFlagsBits.ViewChannel ? held : 0n
}

/** Whether role `a` stands above role `b`; of two at the same position the older stands higher. */
function standsAbove(a: APIRole, b: APIRole): boolean {
  return a.position === b.position ? BigInt(a.id) < BigInt(b.id) : a.position > b.position
}

/** The member's highest role; `@everyone` for somebody without any. */
function highestRole(guild: Guild, member: APIGuildMember): APIRole | undefined {
  let highest = guild.roles.get(guild.id)
  for (const roleId of member.roles) {
    const role = guild.roles.get(roleId)
    if (role && (!highest || standsAbove(role, highest))) highest = role
  }
  return highest
}

/** Whether this member may give and take that role: Manage Roles, below their own highest, not managed, not `@everyone`. */
export function mayAssign(guild: Guild, member: APIGuildMember, role: APIRole): boolean {
  if (role.managed || role.id === guild.id) return false
  if (!(basePermissions(guild, member) & PermissionFlagsBits.ManageRoles)) return false
  if (member.user.id === guild.ownerId) return true
  const highest = highestRole(guild, member)
  return highest !== undefined && standsAbove(highest, role)
}
