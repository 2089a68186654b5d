import type { types } from '@slack/bolt'
import type { Clock } from '../clock.ts'
import type { Ids } from './ids.ts'
import type { JsonObject } from './json.ts'

/** A workspace, with everybody and everything in it. */
export interface Team {
  readonly id: string
  readonly name: string
  readonly domain: string
  /** User groups exist on paid plans only. */
  paid: boolean
  /** The newest token that the app was given here; works while `installed`. */
  botToken: string
  readonly botUserId: string
  readonly botId: string
  installed: boolean
  /** What the app may do here. */
  scopes: string[]
  readonly preferences: Preferences
  readonly users: Map<string, User>
  readonly channels: Map<string, Channel>
  readonly usergroups: Map<string, UserGroup>
  /** Last published App Home by user. */
  readonly homes: Map<string, View>
}

/** A workspace's settings that make Slack refuse the app. */
export interface Preferences {
  /** Who manages user groups: with `admins` the app gets `permission_denied`. */
  userGroups: 'everyone' | 'admins'
  /** Who removes people from public channels: Slack's default is `admins`, the app gets `restricted_action`. */
  kickFromPublic: 'everyone' | 'admins'
  kickFromPrivate: 'everyone' | 'admins'
  /** Who adds people to channels: with `admins` the app gets `restricted_action`. */
  invite: 'everyone' | 'admins'
  /** Who adds multi-channel guests to channels: with `admins` the app gets `user_is_restricted`. */
  inviteGuests: 'everyone' | 'admins'
  /** Whether the app's Home tab is turned on. */
  homeTab: boolean
}

/** A person or a bot in one workspace. */
export interface User {
  readonly id: string
  readonly teamId: string
  name: string
  realName: string
  isOwner: boolean
  isAdmin: boolean
  guest: 'single' | 'multi' | undefined
  readonly isBot: boolean
  deleted: boolean
  locale: string
  updated: number
}

/** A channel, or with `im` the direct messages between the app and one user. */
export interface Channel {
  readonly id: string
  readonly teamId: string
  name: string
  readonly kind: 'public' | 'private' | 'im'
  readonly isGeneral: boolean
  isArchived: boolean
  readonly created: number
  readonly creator: string
  readonly members: Set<string>
  readonly messages: Message[]
}

/** A user group, mentioned by its handle. */
export interface UserGroup {
  readonly id: string
  readonly teamId: string
  handle: string
  name: string
  description: string
  users: string[]
  disabled: boolean
  readonly created: number
  updated: number
}

/** A message as stored; `ephemeralTo` names the only one who sees it. */
export interface Message {
  readonly teamId: string
  readonly channelId: string
  readonly ts: string
  /** Whom it is from. */
  readonly user: string
  readonly botId: string | undefined
  readonly ephemeralTo: string | undefined
  readonly threadTs: string | undefined
  text: string
  blocks: types.KnownBlock[]
  files: StoredFile[]
  edited: boolean
  deleted: boolean
}

/** An App Home or a modal, as last published, opened or updated. */
export interface View {
  readonly id: string
  readonly teamId: string
  readonly userId: string
  readonly type: 'home' | 'modal'
  blocks: types.KnownBlock[]
  hash: string
  /** Its other fields, as the app gave them: title, submit, callback_id, private_metadata, … */
  fields: JsonObject
  /** What the user chose and typed so far, by block and action. */
  state: Record<string, Record<string, JsonObject>>
}

/** An uploaded file with what is in it. */
export interface StoredFile {
  readonly id: string
  readonly teamId: string
  readonly name: string
  title: string
  readonly length: number
  content: Uint8Array | undefined
}

/** What happened, for whoever watches. */
export type Change =
  | { type: 'team' | 'user' | 'channel' | 'usergroup'; teamId: string; id: string }
  | { type: 'message' | 'message_changed' | 'message_deleted'; teamId: string; message: Message }
  | { type: 'view'; teamId: string; userId: string; view: View }
  | { type: 'event'; teamId: string; event: JsonObject }
  | { type: 'request'; teamId: string | undefined; method: string; error: string | undefined }
  | { type: 'delivery'; teamId: string | undefined; id: string }
  | { type: 'socket'; connections: number }

/** A token's owner, and what became of it. */
interface Token {
  readonly teamId: string
  state: 'active' | 'inactive' | 'revoked'
}

/** Everything that Slack would keep; in memory only. */
export interface World {
  readonly clock: Clock
  readonly ids: Ids
  readonly appId: string
  readonly teams: Map<string, Team>
  readonly tokens: Map<string, Token>
  readonly views: Map<string, View>
  readonly files: Map<string, StoredFile>
  /** Tells the watchers. */
  happened(change: Change): void
  /** Sends an event to the app, through whatever carries it, if the app is installed there. */
  tell(team: Team, event: JsonObject): void
}

/** The workspace of that id. */
export function teamOf(world: World, teamId: string): Team {
  const team = world.teams.get(teamId)
  if (!team) throw new Error(`no workspace ${teamId}`)
  return team
}
