import {
  type APIOverwrite,
  type APITextChannel,
  type ChannelFlags,
  ChannelType,
  GatewayIntentBits,
  Locale,
} from 'discord.js'
import { createMember } from './member-edits.ts'
import { BOT_PERMISSIONS, EVERYONE_PERMISSIONS } from './permissions.ts'
import { insertRole, takeRoleOut } from './role-edits.ts'
import { guildCreateBody } from './wire.ts'
import { type Guild, guildOf, newUser, type World } from './world.ts'

/** How a new server looks. The owner is made when not given. */
export interface NewGuild {
  name: string
  ownerId?: string
  icon?: string
  locale?: Locale
  /** What the bot's own role allows; its default is what the bot's invite link asks for. */
  botPermissions?: bigint
  /** Whether the bot is invited at once (default), or the server exists without it. */
  withBot?: boolean
}

/** Makes a server with `@everyone`, a #general channel, its owner, and the bot at the bottom of the roles. */
export function addGuild(world: World, wanted: NewGuild): Guild {
  const id = world.nextId()
  const ownerId = wanted.ownerId ?? world.nextId()
  const guild: Guild = {
    id,
    name: wanted.name,
    ownerId,
    icon: wanted.icon ?? null,
    locale: wanted.locale ?? Locale.EnglishUS,
    roles: new Map(),
    channels: new Map(),
    members: new Map(),
  }
  world.guilds.set(id, guild)
  insertRole(world, guild, { id, name: '@everyone', permissions: EVERYONE_PERMISSIONS, position: 0 })
  if (!world.users.has(ownerId)) {
    world.users.set(ownerId, { user: newUser(ownerId, 'owner', 'Owner'), locale: guild.locale })
  }
  createMember(world, guild, ownerId)
  createChannel(world, guild, { name: 'general' })
  if (wanted.withBot !== false) inviteBot(world, id, wanted.botPermissions)
  else world.changed({ type: 'guild', guildId: id })
  return guild
}

/** Invites the bot, as its link does: its own managed role comes at the bottom, and GUILD_CREATE goes out. */
export function inviteBot(world: World, guildId: string, permissions = BOT_PERMISSIONS): void {
  const guild = guildOf(world, guildId)
  if (guild.members.has(world.bot.id)) return
  const role = insertRole(world, guild, {
    name: world.bot.username,
    permissions,
    managed: true,
    tags: { bot_id: world.bot.id },
  })
  const member = createMember(world, guild, world.bot.id)
  member.roles = [role.id]
  world.dispatch({
    t: 'GUILD_CREATE',
    d: guildCreateBody(world, guild),
    guildId,
    intents: GatewayIntentBits.Guilds,
  })
  world.changed({ type: 'guild', guildId })
}

/** Kicks the bot: its role goes with it, and it is told with GUILD_DELETE. */
export function kickBot(world: World, guildId: string): void {
  const guild = guildOf(world, guildId)
  if (!guild.members.delete(world.bot.id)) return
  for (const role of guild.roles.values()) {
    if (role.tags?.bot_id === world.bot.id) takeRoleOut(guild, role.id)
  }
  world.dispatch({ t: 'GUILD_DELETE', d: { id: guildId }, guildId, intents: GatewayIntentBits.Guilds })
  world.changed({ type: 'guild', guildId })
}

/** A text channel to be made; with `overwrites`, it is closed or opened to some. */
export interface NewChannel {
  name: string
  topic?: string
  overwrites?: APIOverwrite[]
}

/** Adds a text channel and tells the bot. */
export function addChannel(world: World, guildId: string, wanted: NewChannel): APITextChannel {
  const guild = guildOf(world, guildId)
  const channel = createChannel(world, guild, wanted)
  world.dispatch({ t: 'CHANNEL_CREATE', d: channel, guildId, intents: GatewayIntentBits.Guilds })
  world.changed({ type: 'channel', guildId, channelId: channel.id })
  return channel
}

/** Deletes a channel with all its messages and tells the bot. */
export function removeChannel(world: World, guildId: string, channelId: string): void {
  const guild = guildOf(world, guildId)
  const channel = guild.channels.get(channelId)
  if (!channel) throw new Error(`There is no channel ${channelId} in ${guild.name}`)
  guild.channels.delete(channelId)
  for (const [id, stored] of world.messages) {
    if (stored.message.channel_id === channelId) world.messages.delete(id)
  }
  world.dispatch({ t: 'CHANNEL_DELETE', d: channel, guildId, intents: GatewayIntentBits.Guilds })
  world.changed({ type: 'channel', guildId, channelId })
}

function createChannel(world: World, guild: Guild, wanted: NewChannel): APITextChannel {
  const channel: APITextChannel = {
    id: world.nextId(),
    type: ChannelType.GuildText,
    guild_id: guild.id,
    name: wanted.name,
    position: guild.channels.size,
    permission_overwrites: wanted.overwrites ?? [],
    parent_id: null,
    nsfw: false,
    topic: wanted.topic ?? null,
    rate_limit_per_user: 0,
    last_message_id: null,
    flags: 0 as ChannelFlags,
  }
  guild.channels.set(channel.id, channel)
  return channel
}
