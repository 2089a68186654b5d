import type { ActResult, ChatName, Room } from './view.ts'

/** A chat that the page can show and act in. A second one is another implementation, and nothing else. */
export interface PlaygroundChat {
  name: ChatName
  /** What this chat is called on its tab. */
  label: string
  /** The chat as the player with that key sees it now; an unknown key is taken for the first player's. */
  room(player: string): Room
  /** Does what the player asks; throws an Error in words for what their client would not let them do. */
  act(player: string, wanted: unknown): Promise<ActResult>
  /** The name of a member, from the `chat_member` that Stripe's objects carry. */
  nameOf(member: string): string | undefined
  /** Whether an admin has chosen what a membership unlocks. */
  isRoleSet(): boolean
  /** The bytes behind a file's id. */
  file(id: string): { name: string; type: string; bytes: Buffer } | undefined
  /** Tells of every change that somebody could see. */
  watch(changed: () => void): () => void
}
