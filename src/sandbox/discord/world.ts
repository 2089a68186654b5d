import type {
  APIDMChannel,
  APIGuildMember,
  APIMessage,
  APIRole,
  APITextChannel,
  APIUser,
  Locale,
  UserFlags,
} from 'discord.js'
import type { Clock } from '../clock.ts'

/** One server. Every user id in `members` has an entry in the world's `users`. */
export interface Guild {
  id: string
  name: string
  ownerId: string
  icon: string | null
  locale: Locale
  roles: Map<string, APIRole>
  channels: Map<string, APITextChannel>
  members: Map<string, APIGuildMember>
}

/** A message as it stands, and whose eyes it is for: ephemeral replies are one person's. */
export interface StoredMessage {
  message: APIMessage
  guildId: string | undefined
  visibleTo: string | undefined
}

/** A file as the bot sent it. */
export interface StoredFile {
  name: string
  type: string
  bytes: Buffer
}

/** A direct channel between the bot and one person. */
export interface DirectChannel {
  channel: APIDMChannel
  userId: string
}

/** What the gateway sends to those sessions that asked for one of `intents` (0: to all of them). */
export interface Dispatch {
  t: string
  d: unknown
  guildId?: string | undefined
  intents: number
  /** Set when only sessions with the Message Content intent may read what it says. */
  hidesContent?: boolean
}

/** Something changed, told to whoever watches: what kind of thing, and where. */
export interface Change {
  type:
    | 'guild'
    | 'role'
    | 'member'
    | 'channel'
    | 'message'
    | 'interaction'
    | 'commands'
    | 'gateway'
    | 'request'
  guildId?: string | undefined
  channelId?: string | undefined
  userId?: string | undefined
  id?: string | undefined
}

/** All that this Discord knows, in memory. Other files read it freely and change it through the edit functions. */
export interface World {
  clock: Clock
  nextId(): string
  /** ISO time on the sandbox's clock. */
  timestamp(): string
  bot: APIUser
  applicationId: string
  users: Map<string, { user: APIUser; locale: Locale }>
  guilds: Map<string, Guild>
  directChannels: Map<string, DirectChannel>
  closedDms: Set<string>
  messages: Map<string, StoredMessage>
  files: Map<string, StoredFile>
  dispatch(event: Dispatch): void
  onDispatch(listener: (event: Dispatch) => void): void
  changed(change: Change): void
  subscribe(listener: (change: Change) => void): () => void
}

/** An empty world with nobody in it but the bot. */
export function createWorld(clock: Clock, nextId: () => string, botName: string): World {
  const gatewayListeners = new Set<(event: Dispatch) => void>()
  const watchers = new Set<(change: Change) => void>()
  const id = nextId()
  return {
    clock,
    nextId,
    timestamp: () => new Date(clock.now()).toISOString().replace('Z', '000+00:00'),
    bot: { ...newUser(id, botName), discriminator: '0001', bot: true },
    applicationId: id,
    users: new Map(),
    guilds: new Map(),
    directChannels: new Map(),
    closedDms: new Set(),
    messages: new Map(),
    files: new Map(),
    dispatch(event) {
      for (const listener of gatewayListeners) listener(event)
    },
    onDispatch: listener => void gatewayListeners.add(listener),
    changed(change) {
      for (const watcher of [...watchers]) watcher(change)
    },
    subscribe(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
}

/** A user object with nothing special about it. */
export function newUser(id: string, username: string, globalName: string | null = null): APIUser {
  return {
    id,
    username,
    discriminator: '0',
    global_name: globalName,
    avatar: null,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    public_flags: 0 as UserFlags,
  }
}

/** The guild, or an error in words for whoever scripts the stand-in (not the bot). */
export function guildOf(world: World, guildId: string): Guild {
  const guild = world.guilds.get(guildId)
  if (!guild) throw new Error(`There is no guild ${guildId}`)
  return guild
}

/** Whether the bot is in the guild at this moment. */
export function botIsIn(world: World, guild: Guild): boolean {
  return guild.members.has(world.bot.id)
}
