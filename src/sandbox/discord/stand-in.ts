import type {
  APIApplicationCommand,
  APIGuildMember,
  APIMessage,
  APIRole,
  APITextChannel,
  Locale,
} from 'discord.js'
import type { Clock } from '../clock.ts'
import type { Faults } from './faults.ts'
import type { NewChannel, NewGuild } from './guild-edits.ts'
import type { Interaction } from './interactions.ts'
import type { Invocation } from './invocation.ts'
import type { NewMember } from './member-edits.ts'
import type { Person } from './person.ts'
import type { RateLimitRules } from './rate-limits.ts'
import type { LoggedRequest, Refusals } from './rest.ts'
import type { NewRole } from './role-edits.ts'
import type { Change, Guild, StoredFile } from './world.ts'

/** How the stand-in is made; everything has a default. */
export interface DiscordOptions {
  /** 0, the default, lets the system choose. */
  port?: number
  clock?: Clock
  token?: string
  botName?: string
  /** Waited before each REST request is looked at. */
  latencyMs?: number
  /** Real time for the first response of an interaction; Discord's 3000. */
  deadlineMs?: number
  limits?: Partial<RateLimitRules>
  /** Told of unknown routes and of errors in the stand-in itself. */
  log?: (request: LoggedRequest, why: string) => void
}

/** The intents that must be allowed in Discord's developer portal. */
export type PrivilegedIntent = 'GuildMembers' | 'GuildPresences' | 'MessageContent'

/** A Discord on this machine: REST and gateway for the bot, and a world that people change. */
export interface DiscordStandIn {
  url: string
  /** What discord.js takes as `rest.api`. */
  apiBase: string
  /** The only bot token that is accepted. */
  readonly token: string
  applicationId: string
  botUserId: string
  /** Makes a new token; the old one answers 401 and its gateway sessions close with 4004. */
  resetToken(): string
  addGuild(wanted: NewGuild): Guild
  inviteBot(guildId: string, permissions?: bigint): void
  kickBot(guildId: string): void
  addChannel(guildId: string, wanted: NewChannel): APITextChannel
  removeChannel(guildId: string, channelId: string): void
  addRole(guildId: string, wanted: NewRole): APIRole
  updateRole(guildId: string, roleId: string, patch: Partial<Omit<NewRole, 'position'>>): APIRole
  moveRole(guildId: string, roleId: string, position: number): void
  deleteRole(guildId: string, roleId: string): void
  addMember(guildId: string, wanted: NewMember): APIGuildMember
  removeMember(guildId: string, userId: string): void
  /** Sets a member's roles by hand. */
  setRoles(guildId: string, userId: string, roleIds: string[]): void
  setNickname(guildId: string, userId: string, nick: string | null): void
  guilds(): Guild[]
  guild(guildId: string): Guild
  /** A copy of the member as they are now; undefined for somebody who isn't there. */
  member(guildId: string, userId: string): APIGuildMember | undefined
  /** The bot's own role in this guild. */
  botRole(guildId: string): APIRole
  /** Copies of a channel's messages, oldest first; with `viewerId`, those this person sees. */
  messages(channelId: string, viewerId?: string): APIMessage[]
  /** Copies of the direct messages between the bot and this person. */
  dms(userId: string): APIMessage[]
  /** Closes (or opens) somebody's direct messages to the bot: 50007. */
  closeDms(userId: string, closed?: boolean): void
  /** The file behind an attachment's id. */
  file(attachmentId: string): StoredFile | undefined
  /** Somebody at Discord's client, in the guild's first channel unless said otherwise. */
  as(
    userId: string,
    guildId: string,
    channelId?: string,
    client?: { locale?: Locale; seesAllCommands?: boolean },
  ): Person
  /** Sends the very same interaction to the bot again. */
  redeliver(invocation: Invocation): void
  interactions(): Interaction[]
  /** The commands registered, global and of all guilds. */
  commands(): APIApplicationCommand[]
  /** Closes the gateway's sockets. */
  dropGateway(options: { resumable: boolean }): void
  /** How many gateway sessions are connected. */
  connected(): number
  /** Allows or forbids a privileged intent; GuildMembers alone is allowed at first. */
  allowIntent(intent: PrivilegedIntent, allowed: boolean): void
  faults: Faults
  /** The bot's latest requests, oldest first. */
  requests(): LoggedRequest[]
  /** How many answers Discord would count towards a ban. */
  refusals(): Refusals
  subscribe(listener: (change: Change) => void): () => void
  /** Waits until `find` finds something, looking again at each change; throws after `timeoutMs` (default 5000). */
  until<T>(find: () => T | undefined, timeoutMs?: number): Promise<T>
  close(): Promise<void>
}
