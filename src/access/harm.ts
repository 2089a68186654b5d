import type { CommunityId } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import { bold, code, type Text, text } from '../text.ts'
import type { Cause } from './mark.ts'
import type { Notices } from './notices.ts'
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
  /** What a look at everybody found is past; proposed settings still wait. */
  release(community: CommunityId): Promise<void>
  /** Nothing waits any more, proposed settings neither. */
  drop(community: CommunityId): Promise<void>
}

const mostPeople = 10
const mostShare = 1 / 5
const wordHoldsMs = 60 * 60_000

/** Whether somebody would be left with less than they hold: a role that only takes another's place is no harm. */
export const losesAccess = ({ missing, surplus }: Pick<Difference, 'missing' | 'surplus'>): boolean =>
  surplus.length > missing.length

/** Whether so many of so many losing access is more than happens by itself. */
export const isMany = (losing: number, holders: number): boolean =>
  losing > mostPeople && losing > holders * mostShare

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
  const keep = async (community: CommunityId, kept: (entry: Entry) => Entry) => {
    await entries.update(community, entry => {
      if (!entry) return undefined
      const { allowed, held } = kept(entry)
      const next: Entry = {
        ...(held && { held }),
        ...(allowed && allowed.until > now() && { allowed }),
      }
      return Object.keys(next).length ? next : undefined
    })
  }
  return {
    async isTooMuch(community, losing, holders) {
      if (!isMany(losing, holders)) return false
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
          held: entry.held?.settings && !held.settings ? withProposal(held, entry.held) : held,
        }
      })
      if (isNews) await notices.log(community, stopLine(held))
    },
    held: async community => (await entries.get(community))?.held,
    async allow(community, losing) {
      await entries.set(community, { allowed: { losing, until: now() + wordHoldsMs } })
    },
    release: community =>
      keep(community, ({ allowed, held }) => ({
        ...(allowed && { allowed }),
        ...(held?.settings && { held }),
      })),
    drop: community => keep(community, ({ allowed }) => (allowed ? { allowed } : {})),
  }
}

const withProposal = (held: HeldBack, { settings, losing }: HeldBack): HeldBack => ({
  ...held,
  ...(settings && { settings }),
  losing: Math.max(held.losing, losing),
})

const isOfSettings = (held: HeldBack) => held.settings !== undefined

/** What was stopped and what an admin does about it, in one line. */
const stopLine = ({ losing, holders, settings }: HeldBack): Text =>
  settings
    ? text`${bold('Stopped')}: a changed setting would take a paid role from ${losing} of ${holders} people. Nothing is changed until an admin confirms it with ${code('/premium sync')}.`
    : text`${bold('Stopped')}: ${losing} of ${holders} people would lose access now. They keep it until an admin confirms that with ${code('/premium sync')}. If that can't be right, check Stripe first.`
