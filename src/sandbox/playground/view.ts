import type { DiscordRoom } from './discord/room.ts'
import type { SlackRoom } from './slack/room.ts'
import type { StripeView } from './stripe/view.ts'

/** The chats that the page can show, one tab each. */
export type ChatName = 'discord' | 'slack'

/** Somebody whom the player can be. */
export interface Player {
  /** Stays the same over restarts, unlike ids. */
  key: string
  name: string
  /** What they are there, in a word: `admin`, `member`. */
  part: string
}

/** What one chat looks like to one player. */
export type Room = DiscordRoom | SlackRoom

/** How far the first visit has come. */
export interface Progress {
  isRoleSet: boolean
  isPaid: boolean
  isClockMoved: boolean
}

/** The parts of the page, each sent when it changed. */
export interface Parts {
  room: Room
  stripe: StripeView
  progress: Progress
}

/** What an act answers: nothing more, or a sentence saying why it could not be done. */
export interface ActResult {
  problem?: string
  /** Completions, when they were asked for. */
  choices?: { name: string; value: string }[]
}
