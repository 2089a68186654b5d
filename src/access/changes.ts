import type { CommunityId, MemberId } from '../member.ts'
import type { Collection } from '../store/store.ts'
import { type Text, text } from '../text.ts'
import { type Harm, type HeldBack, isMany } from './harm.ts'
import type { Journal } from './journal.ts'
import type { Cause } from './mark.ts'
import type { Membership } from './membership.ts'
import type { Queue } from './queue.ts'
import type { CommunitySettings, SettingsBook } from './settings.ts'
import type { Sweep } from './sweep.ts'

/** What became of a changed setting: who is being looked at for it, or how many would lose a paid role. */
export type Changed = { marked: MemberId[]; held?: undefined } | { held: HeldBack; marked?: undefined }

/** Settings that decide who holds what, changed by admins. */
export interface Changes {
  /**
   * Applies a change and marks everybody it may concern; or, where it would take a paid role from too many at once, changes
   * nothing and keeps it until an admin confirms. Throws where Stripe has to be asked and doesn't answer.
   */
  propose(
    community: CommunityId,
    change: (settings: CommunitySettings) => CommunitySettings,
    why: { did: Text; detail: string; by: MemberId },
  ): Promise<Changed>
  /** An admin's word for what was held back; answers whom it marked, and `undefined` when nothing waits. */
  confirm(community: CommunityId, by: MemberId): Promise<MemberId[] | undefined>
  /** Takes back a proposal; answers whether there was anything. */
  discard(community: CommunityId, by: MemberId): Promise<boolean>
}

export function createChanges(deps: {
  settings: SettingsBook
  memberships: Pick<Collection<Membership>, 'entries'>
  sweep: Pick<Sweep, 'compare'>
  harm: Pick<Harm, 'hold' | 'held' | 'allow' | 'drop'>
  journal: Pick<Journal, 'add'>
  queue: Pick<Queue, 'mark'>
  known: (community: CommunityId) => Promise<Set<MemberId>>
  now: () => number
}): Changes {
  const { settings, memberships, sweep, harm, journal, queue, known, now } = deps

  const write = async (community: CommunityId, by: MemberId, did: Text) =>
    journal.add(community, { at: now(), causes: [{ what: 'admin', by }], did })

  const markAll = async (community: CommunityId, cause: Cause): Promise<MemberId[]> => {
    const members = [...(await known(community))]
    await Promise.all(members.map(member => queue.mark(`member:${member}`, cause)))
    return members
  }

  // A community where few hold anything can't lose much: no need to ask Stripe about everybody, say at the first set-up.
  const harmOf = async (community: CommunityId, rules: CommunitySettings) => {
    let holders = 0
    for await (const [, { given }] of memberships.entries(`${community}:`)) if (given.length) holders += 1
    if (!isMany(holders, holders)) return undefined
    const comparison = await sweep.compare(community, { rules })
    const losing = comparison.differences.filter(({ surplus }) => surplus.length > 0).length
    return isMany(losing, holders) ? { losing, holders } : undefined
  }

  return {
    async propose(community, change, { did, detail, by }) {
      const cause: Cause = { what: 'settings', detail, by }
      const wanted = change(await settings.of(community))
      const tooMuch = await harmOf(community, wanted)
      if (tooMuch) {
        const held: HeldBack = { at: now(), cause, ...tooMuch, settings: wanted }
        await harm.hold(community, held)
        await write(
          community,
          by,
          text`asked for: ${did}; held back, ${tooMuch.losing} would lose a paid role`,
        )
        return { held }
      }
      // What an earlier proposal wanted is past: it was made for other settings.
      await harm.drop(community)
      await settings.change(community, change)
      await write(community, by, did)
      return { marked: await markAll(community, cause) }
    },
    async confirm(community, by) {
      const held = await harm.held(community)
      if (!held) return undefined
      await harm.allow(community, held.losing)
      await write(community, by, text`confirmed that ${held.losing} may lose a paid role`)
      const { settings: wanted } = held
      if (!wanted) return []
      const { everyPlan, byPlan } = wanted
      await settings.change(community, now => ({ ...now, everyPlan, byPlan }))
      return markAll(community, { ...held.cause, by })
    },
    async discard(community, by) {
      if (!(await harm.held(community))?.settings) return false
      await harm.drop(community)
      await write(community, by, text`took a proposed setting back`)
      return true
    },
  }
}
