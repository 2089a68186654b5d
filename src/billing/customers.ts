import type Stripe from 'stripe'
import { type MemberId, parseMember } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import { underKey } from './attempts.ts'
import type { Ask } from './stripe.ts'

/** The customers of one member: usually one, several where an operator linked more by hand; and those deleted. */
interface Link {
  customers: string[]
  deleted: string[]
}

/** Who is whose customer. Stripe's metadata is the record, the store a copy that can be made again from it. */
export interface Customers {
  /** The Stripe customers of a member, the one that pays first; empty for somebody who never came to Checkout. */
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
  /** Reads the customer from Stripe again and mends the link; answers everybody whom the change concerns. */
  relink(customer: string): Promise<MemberId[]>
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
}): Customers {
  const { stripe, ask, store, now } = deps
  const links: Collection<Link> = store.collection('customers')
  const owners: Collection<MemberId> = store.collection('owners')
  const strangers = new Map<string, number>()

  const link = async (member: MemberId, customer: string) => {
    await links.update(member, old => ({
      customers: [...new Set([...(old?.customers ?? []), customer])],
      deleted: old?.deleted ?? [],
    }))
    // Last, because whoever finds it doesn't look any further: a crash in between must not leave a customer half known.
    await owners.set(customer, member)
    strangers.delete(customer)
  }

  const unlink = async (member: MemberId, customer: string, isDeleted: boolean) => {
    await links.update(member, old => ({
      customers: (old?.customers ?? []).filter(each => each !== customer),
      deleted: isDeleted ? [...(old?.deleted ?? []), customer] : (old?.deleted ?? []),
    }))
    await owners.delete(customer)
  }

  const read = (customer: string) =>
    ask(() => stripe.customers.retrieve(customer, { expand: ['subscriptions'] }))

  const relink = async (customer: string): Promise<MemberId[]> => {
    const before = await owners.get(customer)
    const found = await read(customer)
    const after = found.deleted ? undefined : memberOf(found)
    if (before && before !== after) await unlink(before, customer, found.deleted === true)
    if (after && before !== after) await link(after, customer)
    if (!after) rememberStranger(customer)
    return [...new Set([before, after])].filter(each => each !== undefined)
  }

  const rememberStranger = (customer: string) => {
    const [oldest] = strangers.keys()
    if (oldest && strangers.size >= mostStrangers) strangers.delete(oldest)
    strangers.set(customer, now())
  }

  const find = async (member: MemberId): Promise<string | undefined> => {
    const { data } = await ask(() =>
      stripe.customers.search({ query: `metadata['chat_member']:'${member}'`, limit: 100 }),
    )
    const oldestFirst = data.sort((a, b) => a.created - b.created).map(({ id }) => id)
    for (const customer of oldestFirst) await link(member, customer)
    return oldestFirst[0]
  }

  const make = async (member: MemberId, deleted: readonly string[]): Promise<string> => {
    // The plain key would answer, for a day, with the customer that was deleted since.
    const key = ['customer', member, ...deleted.slice(-1)].join(':')
    const { id } = await ask(() =>
      underKey(key, options => stripe.customers.create({ metadata: { chat_member: member } }, options)),
    )
    await link(member, id)
    return id
  }

  return {
    link: async (member, customer) => {
      const [owner, known] = await Promise.all([owners.get(customer), links.get(member)])
      if (owner !== member || !known?.customers.includes(customer)) await link(member, customer)
    },
    relink,
    known: customer => owners.get(customer),
    of: async member => (await links.get(member))?.customers ?? [],
    async ensure(member) {
      for (const customer of (await links.get(member))?.customers ?? []) {
        await relink(customer)
      }
      const { customers = [], deleted = [] } = (await links.get(member)) ?? {}
      return customers[0] ?? (await find(member)) ?? (await make(member, deleted))
    },
    async owner(customer, asksAgain = false) {
      const known = await owners.get(customer)
      if (known) return known
      const metAt = asksAgain ? undefined : strangers.get(customer)
      // A time that lies ahead is of a clock that was wrong.
      if (metAt !== undefined && Math.abs(now() - metAt) < strangerMs) return undefined
      await relink(customer)
      return owners.get(customer)
    },
    async forget(member) {
      const customers = (await links.get(member))?.customers ?? []
      await owners.delete(...customers)
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
