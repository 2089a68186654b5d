import Stripe from 'stripe'
import { type MemberId, parseMember } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import { underKey } from './attempts.ts'
import type { Ask } from './stripe.ts'

/** The customers of one member: usually one, several where an operator linked more by hand. */
interface Link {
  customers: string[]
}

/** Who is whose customer. Stripe's metadata is the record, the store a copy that can be made again from it. */
export interface Customers {
  /** The Stripe customers of a member, in the order they were met; empty for somebody who never came to Checkout. */
  of(member: MemberId): Promise<string[]>
  /** The member's customer, found or made; any number of callers at once, in any process, get the same one. */
  ensure(member: MemberId): Promise<string>
  /**
   * The member a customer belongs to; asks Stripe once about one it doesn't know, and remembers strangers for a while.
   * `asksAgain`: about strangers too.
   */
  owner(customer: string, asksAgain?: boolean): Promise<MemberId | undefined>
  /** The same from the store alone. */
  known(customer: string): Promise<MemberId | undefined>
  /** Reads the customer from Stripe again and mends the link; answers whose it is now. */
  relink(customer: string): Promise<MemberId | undefined>
  /** Remembers a customer whose metadata was already read. */
  link(member: MemberId, customer: string): Promise<void>
  /** Erases what the store knows of a member; Stripe's customer stays, and is found again if they come back. */
  forget(member: MemberId): Promise<void>
  /** Everybody who ever had a customer, of one community or of all. */
  members(prefix?: string): AsyncIterable<MemberId>
}

const strangerMs = 10 * 60_000
const mostStrangers = 10_000

export function createCustomers(deps: {
  stripe: Stripe
  ask: Ask
  store: Store
  now: () => number
  /** Told who is going to lose a customer, after it stopped counting for them and before anybody else could tell that it did. */
  lost: (member: MemberId, customer: string) => Promise<void>
}): Customers {
  const { stripe, ask, store, now, lost } = deps
  const links: Collection<Link> = store.collection('customers')
  const owners: Collection<MemberId> = store.collection('owners')
  const strangers = new Map<string, number>()

  const link = async (member: MemberId, customer: string) => {
    await links.update(member, old => ({ customers: [...new Set([...(old?.customers ?? []), customer])] }))
    // Last, because whoever finds it doesn't look any further: a crash in between must not leave a customer half known.
    await owners.set(customer, member)
    strangers.delete(customer)
  }

  const unlink = async (member: MemberId, customer: string) => {
    await links.update(member, old => ({
      customers: (old?.customers ?? []).filter(each => each !== customer),
    }))
    await lost(member, customer)
    // Last again: whoever comes after a crash in between must still find whom it was taken from.
    await owners.delete(customer)
  }

  const read = (customer: string) =>
    ask(() => stripe.customers.retrieve(customer, { expand: ['subscriptions'] }))

  const relink = async (customer: string): Promise<MemberId | undefined> => {
    const before = await owners.get(customer)
    const found = await read(customer)
    const after = found.deleted ? undefined : memberOf(found)
    if (before && before !== after) await unlink(before, customer)
    if (after && before !== after) await link(after, customer)
    if (!after) rememberStranger(customer)
    return after
  }

  const rememberStranger = (customer: string) => {
    const [oldest] = strangers.keys()
    if (oldest && strangers.size >= mostStrangers) strangers.delete(oldest)
    strangers.set(customer, now())
  }

  const of = async (member: MemberId) => (await links.get(member))?.customers ?? []

  const search = async (member: MemberId): Promise<string[]> => {
    const query = `metadata['chat_member']:'${member}'`
    try {
      const { data } = await ask(() => stripe.customers.search({ query, limit: 100 }))
      return data.sort((a, b) => a.created - b.created).map(({ id }) => id)
    } catch (error) {
      // Merchants in India have no search (docs.stripe.com/api/customers/search); there a lost store is found again by the sweep alone.
      if (error instanceof Stripe.errors.StripeInvalidRequestError) return []
      throw error
    }
  }

  const make = async (member: MemberId, notTheirs?: string): Promise<string> => {
    const key = ['customer', member, ...(notTheirs ? [notTheirs] : [])].join(':')
    const { id } = await ask(() =>
      underKey(key, options => stripe.customers.create({ metadata: { chat_member: member } }, options)),
    )
    // For a day the key answers with what it made first, though that may be deleted since, or somebody else's.
    return (await relink(id)) === member ? id : make(member, id)
  }

  return {
    link: async (member, customer) => {
      const [owner, known] = await Promise.all([owners.get(customer), links.get(member)])
      if (owner !== member || !known?.customers.includes(customer)) await link(member, customer)
    },
    relink,
    known: customer => owners.get(customer),
    of,
    async ensure(member) {
      for (const customer of await of(member)) await relink(customer)
      // The search is a minute late: what it finds may be somebody else's by now.
      if ((await of(member)).length === 0) for (const customer of await search(member)) await relink(customer)
      const [first] = await of(member)
      return first ?? make(member)
    },
    async owner(customer, asksAgain = false) {
      const known = await owners.get(customer)
      if (known) return known
      const metAt = asksAgain ? undefined : strangers.get(customer)
      // A time that lies ahead is of a clock that was wrong.
      if (metAt !== undefined && Math.abs(now() - metAt) < strangerMs) return undefined
      return relink(customer)
    },
    async forget(member) {
      await owners.delete(...(await of(member)))
      await links.delete(member)
    },
    async *members(prefix = '') {
      for await (const [member] of links.entries(prefix)) {
        const parsed = parseMember(member)
        if (parsed) yield parsed.member
      }
    },
  }
}

/** Whom a customer's metadata names; a subscription of theirs counts where the customer itself names nobody. */
export function memberOf(customer: Stripe.Customer): MemberId | undefined {
  const names = [
    customer.metadata.chat_member,
    ...(customer.subscriptions?.data ?? []).map(({ metadata }) => metadata.chat_member),
  ]
  return names.map(name => parseMember(name)?.member).find(member => member !== undefined)
}
