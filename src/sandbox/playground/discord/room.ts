import type { Player } from '../view.ts'

/** A Discord server as one person's client shows it. */
export interface DiscordRoom {
  chat: 'discord'
  server: { id: string; name: string }
  players: Player[]
  /** The player looked at: their id, and whether they are in the server and may administer it. */
  viewer: { key: string; id: string; isPresent: boolean; isAdmin: boolean }
  bot: { id: string; name: string; isOnline: boolean }
  channels: ChannelView[]
  directMessages: MessageView[]
  /** Highest first, without `@everyone`. */
  roles: RoleView[]
  members: MemberView[]
  /** Players who have left. */
  away: { id: string; name: string }[]
  commands: CommandView[]
}

/** A channel that the viewer sees, or one whose name they see with a lock. */
export interface ChannelView {
  id: string
  name: string
  topic: string
  isPrivate: boolean
  messages: MessageView[]
}

export interface RoleView {
  id: string
  name: string
  /** `#rrggbb`; empty for a role without a colour. */
  color: string
  isHoisted: boolean
  /** Discord's own or an app's: nobody gives it by hand. */
  isManaged: boolean
  isBots: boolean
}

export interface MemberView {
  id: string
  name: string
  username: string
  /** The colour of their highest coloured role. */
  color: string
  /** Highest first. */
  roles: string[]
  isBot: boolean
}

export interface MessageView {
  id: string
  author: { id: string; name: string; isBot: boolean }
  /** Milliseconds since the epoch. */
  at: number
  text: string
  isEdited: boolean
  isPrivate: boolean
  isThinking: boolean
  /** The command that this answers. */
  command?: { by: string; byId: string; name: string }
  embeds: EmbedView[]
  files: { name: string; size: number; url: string }[]
  rows: ComponentView[][]
}

export interface EmbedView {
  title: string
  url: string
  text: string
  color: string
  image: string
  thumbnail: string
  footer: string
  fields: { name: string; value: string; isInline: boolean }[]
}

export type ComponentView =
  | {
      kind: 'button'
      id: string
      label: string
      style: 'primary' | 'secondary' | 'success' | 'destructive'
      isDisabled: boolean
    }
  | { kind: 'link'; label: string; url: string; isDisabled: boolean }
  | {
      kind: 'menu'
      id: string
      placeholder: string
      isDisabled: boolean
      most: number
      options: { value: string; label: string; hint: string; isChosen: boolean }[]
    }

/** A command that can be typed, with its subcommands spelled out: `premium role`. */
export interface CommandView {
  path: string
  description: string
  options: OptionView[]
}

export interface OptionView {
  name: string
  description: string
  type: 'text' | 'number' | 'boolean' | 'user' | 'role' | 'channel'
  isRequired: boolean
  /** The bot completes it. */
  isCompleted: boolean
  choices: { name: string; value: string }[]
}
