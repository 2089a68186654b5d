import { type APIRole, type APIRoleTags, GatewayIntentBits, type RoleFlags } from 'discord.js'
import { type Guild, guildOf, type World } from './world.ts'

/** A role to be made. Without a position it comes at the bottom, just above `@everyone`, as in Discord's client. */
export interface NewRole {
  name: string
  permissions?: bigint
  position?: number
  managed?: boolean
  color?: number
  hoist?: boolean
  mentionable?: boolean
  tags?: APIRoleTags
}

/** Adds a role and tells the bot of it, and of every role that had to move up for it. */
export function addRole(world: World, guildId: string, wanted: NewRole): APIRole {
  const guild = guildOf(world, guildId)
  const before = positions(guild)
  const role = insertRole(world, guild, wanted)
  tell(world, guild, 'GUILD_ROLE_CREATE', { guild_id: guildId, role })
  tellMoved(world, guild, before)
  world.changed({ type: 'role', guildId, id: role.id })
  return role
}

/** Changes what a role is called, looks like or allows. */
export function updateRole(
  world: World,
  guildId: string,
  roleId: string,
  patch: Partial<Omit<NewRole, 'position'>>,
): APIRole {
  const guild = guildOf(world, guildId)
  const role = roleOf(guild, roleId)
  const { permissions, color, ...rest } = patch
  Object.assign(role, rest)
  if (permissions !== undefined) role.permissions = permissions.toString()
  if (color !== undefined) Object.assign(role, { color, colors: colorsOf(color) })
  tell(world, guild, 'GUILD_ROLE_UPDATE', { guild_id: guildId, role })
  world.changed({ type: 'role', guildId, id: roleId })
  return role
}

/** Moves a role to a position (1 is the lowest); the others make room. */
export function moveRole(world: World, guildId: string, roleId: string, position: number): void {
  const guild = guildOf(world, guildId)
  const role = roleOf(guild, roleId)
  const before = positions(guild)
  takeRoleOut(guild, roleId)
  place(guild, role, position)
  tellMoved(world, guild, before)
  world.changed({ type: 'role', guildId, id: roleId })
}

/** Deletes a role; whoever held it holds it no more. */
export function deleteRole(world: World, guildId: string, roleId: string): void {
  const guild = guildOf(world, guildId)
  roleOf(guild, roleId)
  takeRoleOut(guild, roleId)
  tell(world, guild, 'GUILD_ROLE_DELETE', { guild_id: guildId, role_id: roleId })
  for (const member of guild.members.values()) {
    member.roles = member.roles.filter(held => held !== roleId)
  }
  world.changed({ type: 'role', guildId, id: roleId })
}

/** Puts a new role into the guild without telling anybody. */
export function insertRole(world: World, guild: Guild, wanted: NewRole & { id?: string }): APIRole {
  const color = wanted.color ?? 0
  const role: APIRole = {
    id: wanted.id ?? world.nextId(),
    name: wanted.name,
    color,
    colors: colorsOf(color),
    hoist: wanted.hoist ?? false,
    icon: null,
    unicode_emoji: null,
    position: 0,
    permissions: (wanted.permissions ?? 0n).toString(),
    managed: wanted.managed ?? false,
    mentionable: wanted.mentionable ?? false,
    ...(wanted.tags && { tags: wanted.tags }),
    flags: 0 as RoleFlags,
  }
  place(guild, role, wanted.position ?? 1)
  return role
}

/** Takes a role out of the list without telling anybody, and closes the gap. */
export function takeRoleOut(guild: Guild, roleId: string): void {
  guild.roles.delete(roleId)
  renumber(guild, inOrder(guild))
}

function place(guild: Guild, role: APIRole, position: number): void {
  const order = inOrder(guild)
  order.splice(Math.min(position, order.length), 0, role)
  guild.roles.set(role.id, role)
  renumber(guild, order)
}

function renumber(guild: Guild, order: APIRole[]): void {
  for (const [position, role] of order.entries()) {
    role.position = position
    guild.roles.set(role.id, role)
  }
}

function inOrder(guild: Guild): APIRole[] {
  return [...guild.roles.values()].sort((a, b) => a.position - b.position)
}

function roleOf(guild: Guild, roleId: string): APIRole {
  const role = guild.roles.get(roleId)
  if (!role || roleId === guild.id) throw new Error(`There is no such role in ${guild.name}: ${roleId}`)
  return role
}

function positions(guild: Guild): Map<string, number> {
  return new Map([...guild.roles.values()].map(role => [role.id, role.position]))
}

function tellMoved(world: World, guild: Guild, before: Map<string, number>): void {
  for (const role of guild.roles.values()) {
    const was = before.get(role.id)
    if (was !== undefined && was !== role.position) {
      tell(world, guild, 'GUILD_ROLE_UPDATE', { guild_id: guild.id, role })
    }
  }
}

function tell(world: World, guild: Guild, t: string, d: object): void {
  world.dispatch({ t, d, guildId: guild.id, intents: GatewayIntentBits.Guilds })
}

function colorsOf(color: number): APIRole['colors'] {
  return { primary_color: color, secondary_color: null, tertiary_color: null }
}
