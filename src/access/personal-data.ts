import type { Customers } from '../billing/customers.ts'
import { blocksAnother } from '../billing/entitlement.ts'
import type { Subscriptions } from '../billing/subscriptions.ts'
import type { MemberId } from '../member.ts'
import type { Collection } from '../store/store.ts'
import { plain } from '../text.ts'
import type { Journal } from './journal.ts'
import type { Membership } from './membership.ts'
import type { Queue } from './queue.ts'
import { withoutExpired } from './wanted.ts'

/** Everything that the store holds about one member. */
export interface StoredData {
  member: MemberId
  /** Their Stripe customers; what Stripe knows of those is Stripe's. */
  customers: string[]
  membership: Membership | undefined
  /** What happened to them, newest first, as words. */
  journal: { at: string; causes: string[]; found: string | undefined; did: string }[]
}

/** What keeps somebody from being forgotten. */
export type Kept = 'subscription' | 'complimentary' | 'roles' | 'looks'

/** A member's right to see what is stored about them, and to have it erased. */
export interface PersonalData {
  of(member: MemberId): Promise<StoredData>
  /** What is in the way of forgetting somebody, as Stripe says now; `undefined` when nothing is. */
  kept(member: MemberId): Promise<Kept | undefined>
  /**
   * Erases membership, journal, marks and links, unless something is in the way. Stripe's customer stays, and with it a way
   * back: whoever subscribes again finds it.
   */
  forget(member: MemberId): Promise<Kept | undefined>
}

export function createPersonalData(deps: {
  billing: { customers: Pick<Customers, 'of' | 'forget'>; subscriptions: Pick<Subscriptions, 'of'> }
  memberships: Pick<Collection<Membership>, 'get' | 'delete'>
  journal: Pick<Journal, 'of' | 'forget'>
  queue: Pick<Queue, 'pending' | 'forget'>
  now: () => number
}): PersonalData {
  const { billing, memberships, journal, queue, now } = deps

  const kept: PersonalData['kept'] = async member => {
    const [customers, stored] = await Promise.all([billing.customers.of(member), memberships.get(member)])
    const subscriptions = await billing.subscriptions.of(customers)
    if (subscriptions.some(blocksAnother)) return 'subscription'
    if (stored && withoutExpired(stored, now()).complimentary) return 'complimentary'
    // What the bot gave it can take back only while it knows that it gave it.
    if (stored?.given.length) return 'roles'
    if (queue.pending(`member:${member}`)) return 'looks'
    return undefined
  }

  return {
    kept,
    async of(member) {
      const [customers, membership, entries] = await Promise.all([
        billing.customers.of(member),
        memberships.get(member),
        journal.of(member),
      ])
      return {
        member,
        customers,
        membership,
        journal: entries.map(({ at, causes, found, did }) => ({
          at: new Date(at).toISOString(),
          causes: causes.map(({ what, detail }) => (detail ? `${what}: ${detail}` : what)),
          found,
          did: plain(did),
        })),
      }
    },
    async forget(member) {
      const inTheWay = await kept(member)
      if (inTheWay) return inTheWay
      // The links last: whoever is cut off in between is found, and can ask again.
      await queue.forget(`member:${member}`)
      await journal.forget(member)
      await memberships.delete(member)
      await billing.customers.forget(member)
      return undefined
    },
  }
}
