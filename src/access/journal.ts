import type { CommunityId, MemberId, RoleId } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import type { Text } from '../text.ts'
import type { Cause } from './mark.ts'

/** One look, or one thing an admin did. */
export interface JournalEntry {
  at: number
  causes: Cause[]
  /** What Stripe said, in a few words: `active pro_monthly`. */
  found?: string
  /** What was decided: the roles that they should hold. */
  wanted?: RoleId[]
  /** What was done and what the chat answered. */
  did: Text
  /** The problem that stopped it, by its id. */
  stoppedBy?: string
}

/** What happened to whom, for `/premium why`; the last fifty entries of each. */
export interface Journal {
  add(about: MemberId | CommunityId, entry: JournalEntry): Promise<void>
  /** Newest first. */
  of(about: MemberId | CommunityId): Promise<JournalEntry[]>
  forget(about: MemberId): Promise<void>
}

const kept = 50

export function createJournal(store: Store): Journal {
  const entries: Collection<JournalEntry[]> = store.collection('journal')
  return {
    async add(about, entry) {
      await entries.update(about, (old = []) => [entry, ...old].slice(0, kept))
    },
    of: async about => (await entries.get(about)) ?? [],
    forget: about => entries.delete(about),
  }
}
