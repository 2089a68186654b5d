import type { ActResult } from '../view.ts'
import type { State, Store } from './state.ts'

/** What a chat's part of the page works with. */
export interface ChatClientDeps {
  store: Store
  /** Acts as the current player in this chat. */
  act(wanted: object): Promise<ActResult>
  /** Says something where everybody looks, for a while. */
  toast(words: string): void
  /** Makes somebody else the player. */
  be(player: string): void
  moveClock(): void
}

/** One chat's part of the page; the page shows that of the chat that is open. */
export interface ChatClient<Room> {
  elements: HTMLElement[]
  /** Draws what the player sees; `at` is the sandbox's time in milliseconds. */
  draw(state: State, room: Room, at: number): void
}
