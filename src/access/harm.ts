import type { CommunityId } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import { bold, code, type Text, text } from '../text.ts'
import type { Notices } from './notices.ts'
import type { Cause } from './queue.ts'
import type { CommunitySettings } from './settings.ts'
import type { Difference } from './sweep.ts'

/** What would have taken access from too many at once, and waits for an admin. */
export interface HeldBack {
  /** Milliseconds since the epoch. */
  at: number
  cause: Cause
  /** How many would lose access. */
  losing: number
  /** How many hold anything from the bot. */
  holders: number
  /** Settings that aren't applied until an admin confirms. */
  settings?: CommunitySettings
}

interface Entry {
  held?: HeldBack
  /** How many may lose access until then, as an admin confirmed. */
  allowed?: { losing: number; until: number }
}

/** The cap on harm: what would take access from many people stops, is told once, and waits for an admin. */
export interface Harm {
  /** Whether this many of that many may not lose access without an admin's word. */
  isTooMuch(community: CommunityId, losing: number, holders: number): Promise<boolean>
  /** Keeps what was stopped, and tells the log channel unless it knows. */
  hold(community: CommunityId, held: HeldBack): Promise<void>
  /** What waits; `undefined` when nothing does. */
  held(community: CommunityId): Promise<HeldBack | undefined>
  /** An admin's word that so many may lose access, good for an hour. */
  allow(community: CommunityId, losing: number): Promise<void>
  /** Nothing waits any more. */
  release(community: CommunityId): Promise<void>
}

const mostPeople = 10
const mostShare = 1 / 5
const wordHoldsMs = 60 * 60_000

/** Whether somebody would be left with less than they hold: a role that only takes another's place is no harm. */
export const losesAccess = ({ missing, surplus }: Pick<Difference, 'missing' | 'surplus'>): boolean =>
  surplus.length > missing.length

export function createHarm({
  store,
  notices,
  now,
}: {
  store: Store
  notices: Pick<Notices, 'log'>
  now: () => number
}): Harm {
  const entries: Collection<Entry> = store.collection('harm')
  return {
    async isTooMuch(community, losing, holders) {
      if (losing <= mostPeople || losing <= holders * mostShare) return false
      const { allowed } = (await entries.get(community)) ?? {}
      return !allowed || allowed.until <= now() || losing > allowed.losing
    },
    async hold(community, held) {
      let isNews = true
      await entries.update(community, (entry = {}) => {
        isNews = !entry.held || isOfSettings(entry.held) !== isOfSettings(held)
        // A proposal waits beside what a sweep finds: confirming it looks at everybody anyway.
        return {
          ...entry,
          held: { ...held, ...(entry.held?.settings && !held.settings && { settings: entry.held.settings }) },
        }
      })
      if (isNews) await notices.log(community, stopLine(held))
    },
    held: async community => (await entries.get(community))?.held,
    async allow(community, losing) {
      await entries.set(community, { allowed: { losing, until: now() + wordHoldsMs } })
    },
    async release(community) {
      await entries.update(community, entry => {
        if (!entry?.allowed || entry.allowed.until <= now()) return undefined
        return { allowed: entry.allowed }
      })
    },
  }
}

const isOfSettings = (held: HeldBack | undefined) => held?.settings !== undefined

/** What was stopped and what an admin does about it, in one line. */
const stopLine = ({ losing, holders, settings }: HeldBack): Text =>
  settings
    ? text`${bold('Stopped')}: a changed setting would take access from ${losing} of ${holders} people. Nothing is changed until an admin confirms it in ${code('/premium status')}.`
    : text`${bold('Stopped')}: ${losing} of ${holders} people would lose access now. They keep it until an admin confirms that in ${code('/premium status')}. If that can't be right, check Stripe first.`
