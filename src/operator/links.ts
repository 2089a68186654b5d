import { type Membership, newcomer } from '../access/membership.ts'
import type { Billing } from '../billing/billing.ts'
import type { MemberId } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import { openMarks } from './marks.ts'

/** Somebody's place in the store, as Stripe's metadata says it should be. */
export interface Place {
  member: MemberId
  customer: string
  /** Lookup keys of what they pay for now. */
  plans: string[]
  /** Lookup keys of the plans whose roles, where they hold them, count as given by the bot. */
  inherited: string[]
}

/** Puts members into the store, for the next start of the bot: nobody looks at them in this process. */
export interface Links {
  /** Writes down a member whom the store doesn't know, so that nothing they have already is news to them. */
  remember(place: Place): Promise<boolean>
  /** Lets roles of somebody whom the store knows count as the bot's, where it can't know who gave them. */
  adopt(place: Place): Promise<boolean>
  /** Makes the store agree with Stripe on a customer; `false` where it did before. */
  link(place: Place): Promise<boolean>
}

/**
 * Of the plans that Stripe knows somebody by, those whose roles the store can't know of: all where the bot gave them none, else
 * what they came to pay for after the store last heard of them.
 */
export const unaccounted = ({ given, plans }: Membership, inherited: readonly string[]): string[] =>
  inherited.filter(plan => given.length === 0 || !plans.includes(plan))

/** `command` is the cause that the looks are noted with. */
export function openLinks(deps: { billing: Billing; store: Store; command: string }): Links {
  const { billing, store, command } = deps
  const memberships: Collection<Membership> = store.collection('memberships')
  const mark = openMarks(store, command)

  const change = async (
    member: MemberId,
    how: (stored: Membership | undefined) => Membership | undefined,
  ) => {
    let hasChanged = false
    await memberships.update(member, stored => {
      const changed = how(stored)
      hasChanged = changed !== undefined
      return changed ?? stored
    })
    return hasChanged
  }

  return {
    remember: ({ member, plans, inherited }) =>
      change(member, stored => {
        if (!stored) return { ...newcomer, plans, inherited }
        // Somebody with two customers, of whom the first was met a moment ago.
        const isNew = stored.verifiedAt === undefined && stored.inherited !== undefined
        const added = inherited.filter(plan => !stored.inherited?.includes(plan))
        if (!isNew || added.length === 0) return undefined
        return { ...stored, inherited: [...(stored.inherited ?? []), ...added].sort() }
      }),
    async adopt({ member, inherited }) {
      // Marked first: whatever is cut off in between is done by the next run.
      await mark(member)
      return change(member, stored => {
        const plans = stored ? unaccounted(stored, inherited) : []
        return stored && plans.length ? { ...stored, inherited: plans } : undefined
      })
    },
    async link({ member, customer }) {
      const known = await billing.customers.known(customer)
      if (known === member) return false
      await mark(member)
      if (known) {
        await mark(known)
        await billing.customers.relink(customer)
      } else await billing.customers.link(member, customer)
      return true
    },
  }
}
