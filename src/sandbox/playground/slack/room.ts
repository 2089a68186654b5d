import type { Player } from '../view.ts'

/** A Slack workspace as one person's client shows it. */
export interface SlackRoom {
  chat: 'slack'
  workspace: { id: string; name: string; isPaid: boolean }
  players: Player[]
  /** The player looked at: their id, whether their account is active and whether they own the workspace. */
  viewer: { key: string; id: string; isPresent: boolean; isOwner: boolean }
  bot: { id: string; name: string; isInstalled: boolean }
  /** The channels that the viewer is in. */
  channels: ChannelView[]
  directMessages: MessageView[]
  /** The app's Home tab as last published to the viewer. */
  home?: BlockView[]
  people: PersonView[]
  /** Private channels and user groups, with who is in them: what a membership can unlock. */
  doors: DoorView[]
  commands: CommandView[]
}

export interface ChannelView {
  id: string
  name: string
  isPrivate: boolean
  isArchived: boolean
  /** Who is in it, by id. */
  members: string[]
  messages: MessageView[]
}

export interface PersonView {
  id: string
  /** What they are called, and their handle. */
  name: string
  handle: string
  part: 'owner' | 'admin' | 'guest' | 'member' | 'app'
  isActive: boolean
}

/** A private channel or a user group. */
export interface DoorView {
  id: string
  kind: 'channel' | 'group'
  /** With its `#` or `@`. */
  name: string
  members: string[]
  /** A group whose last member went. */
  isDisabled: boolean
}

export interface MessageView {
  /** Its timestamp, which names it within its channel. */
  id: string
  author: { id: string; name: string; isBot: boolean }
  /** Milliseconds since the epoch. */
  at: number
  /** Shown where there are no blocks; in Slack's mrkdwn. */
  text: string
  blocks: BlockView[]
  isEdited: boolean
  isPrivate: boolean
  files: { name: string; size: number; url: string }[]
}

/** Words as they are, or in Slack's mrkdwn. */
export interface WordsView {
  kind: 'words'
  text: string
  isMarkup: boolean
}

export interface PictureView {
  kind: 'picture'
  url: string
  alt: string
}

export type ElementView =
  | { kind: 'button'; id: string; label: string; style: 'primary' | 'danger' | 'plain'; url: string }
  | {
      kind: 'menu'
      id: string
      placeholder: string
      chosen: string
      options: { value: string; label: string; hint: string }[]
    }

export type BlockView =
  | { kind: 'header'; text: string }
  | { kind: 'section'; text?: WordsView; fields: WordsView[]; accessory?: ElementView | PictureView }
  | { kind: 'actions'; elements: ElementView[] }
  | { kind: 'context'; parts: (WordsView | PictureView)[] }
  | { kind: 'image'; picture: PictureView; title: string }
  | { kind: 'divider' }

/** A command that can be typed, with its subcommands spelled out: `premium role`. */
export interface CommandView {
  path: string
  description: string
  options: OptionView[]
}

/** An argument, in the order in which arguments are typed. */
export interface OptionView {
  name: string
  description: string
  type: 'text' | 'number' | 'yes-no' | 'member' | 'role' | 'channel'
  isRequired: boolean
}
