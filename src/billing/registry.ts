import Stripe from 'stripe'
import { type MemberId, parseMember } from '../member.ts'
import { memberOf } from './customers.ts'
import type { Subscription } from './entitlement.ts'
import { patient } from './patience.ts'
import type { Ask } from './stripe.ts'
import { idOf, subscriptionOf } from './subscriptions.ts'

/** A customer as Stripe has it, and whom its metadata names. */
export interface Registered {
  customer: string
  member: MemberId | undefined
  /** The customer's own metadata names them, and not a subscription's alone. */
  isNamed: boolean
  /** What `chat_member` says where that is nobody's name. */
  unreadable: string | undefined
  subscriptions: Subscription[]
}

/** Who is whose customer, read from and written into Stripe itself; for the commands that look at a whole account. */
export interface Registry {
  /** Every customer of the account, a page of a hundred for each question. */
  everybody(): AsyncIterable<Registered>
  /** One customer with what it pays for, or Stripe's words on why there is none. */
  read(customer: string): Promise<Registered | { none: string }>
  /** Writes the member into the customer's metadata. */
  assign(customer: string, member: MemberId): Promise<void>
  /** Lookup keys of the plans that each customer has, or had until `since` at least (milliseconds since the epoch). */
  history(since: number, seen: (subscriptions: number) => void): Promise<Map<string, Set<string>>>
}

export function createRegistry(deps: { stripe: Stripe; ask: Ask }): Registry {
  const { stripe } = deps
  const ask = patient(deps.ask)
  return {
    async *everybody() {
      let after: string | undefined
      for (;;) {
        const page = await ask(() =>
          stripe.customers.list({
            limit: 100,
            expand: ['data.subscriptions'],
            ...(after && { starting_after: after }),
          }),
        )
        for (const customer of page.data) yield registered(customer)
        after = page.data.at(-1)?.id
        if (!page.has_more || !after) return
      }
    },
    read: customer =>
      ask(async () => {
        try {
          const found = await stripe.customers.retrieve(customer, { expand: ['subscriptions'] })
          if (found.deleted) return { none: `${customer} was deleted in Stripe` }
          return registered(found)
        } catch (error) {
          // Here a customer that isn't there says something about the file, not about the account.
          if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
            return { none: error.message }
          throw error
        }
      }),
    async assign(customer, member) {
      await ask(() => stripe.customers.update(customer, { metadata: { chat_member: member } }))
    },
    async history(since, seen) {
      const plans = new Map<string, Set<string>>()
      let after: string | undefined
      let count = 0
      for (;;) {
        const page = await ask(() =>
          stripe.subscriptions.list({
            status: 'all',
            limit: 100,
            ...(after && { starting_after: after }),
          }),
        )
        for (const subscription of page.data) {
          const customer = idOf(subscription.customer)
          if (customer && wasPaid(subscription, since))
            addPlans(plans, customer, subscriptionOf(subscription))
        }
        count += page.data.length
        seen(count)
        after = page.data.at(-1)?.id
        if (!page.has_more || !after) return plans
      }
    },
  }
}

/** What a customer's subscriptions are, in a few words: `active pro_monthly`. */
export const describe = (subscriptions: readonly Subscription[]): string =>
  subscriptions
    .map(({ status, items }) =>
      [status, ...items.map(({ plan }) => plan?.lookupKey ?? 'another price')].join(' '),
    )
    .join(', ') || 'no subscription'

/** Lookup keys of the plans that are paid for, or were until a renewal failed. */
export const plansOf = (subscriptions: readonly Subscription[]): string[] => {
  const live = subscriptions.filter(({ status }) => /^(active|trialing|past_due)$/.test(status))
  return [...new Set(live.flatMap(({ items }) => items.flatMap(({ plan }) => plan?.lookupKey ?? [])))].sort()
}

const wasPaid = ({ status, ended_at }: Stripe.Subscription, since: number) =>
  status !== 'incomplete' &&
  status !== 'incomplete_expired' &&
  (ended_at ?? Number.POSITIVE_INFINITY) * 1000 >= since

function addPlans(plans: Map<string, Set<string>>, customer: string, { items }: Subscription) {
  const had = plans.get(customer) ?? new Set()
  for (const { plan } of items) if (plan) had.add(plan.lookupKey)
  if (had.size) plans.set(customer, had)
}

function registered(customer: Stripe.Customer): Registered {
  const written = customer.metadata.chat_member
  return {
    customer: customer.id,
    member: memberOf(customer),
    isNamed: parseMember(written) !== undefined,
    unreadable: written && !parseMember(written) ? written : undefined,
    subscriptions: (customer.subscriptions?.data ?? []).map(subscriptionOf),
  }
}
