import type Stripe from 'stripe'
import { type MemberId, parseMember } from '../member.ts'
import { planOf } from './catalog.ts'
import type { Subscription } from './entitlement.ts'
import { type Ask, isUnknown } from './stripe.ts'

/** What customers have subscribed to, as Stripe says it at this moment. */
export interface Subscriptions {
  /**
   * Every subscription of these customers that isn't canceled. One read a customer, and more only while a
   * payment is not there. Throws where Stripe doesn't answer: an error never means "has none".
   */
  of(customers: readonly string[]): Promise<Subscription[]>
  /** Every customer of the account with a subscription that isn't canceled, and the member their metadata names. */
  everybody(): Promise<Map<string, { member: MemberId | undefined; subscriptions: Subscription[] }>>
}

export function createSubscriptions(deps: {
  stripe: Stripe
  ask: Ask
  /** False: what was given back is read as if it hadn't been. */
  refundEndsAccess: boolean
}): Subscriptions {
  const { stripe, ask, refundEndsAccess } = deps
  const ofOne = async (customer: string): Promise<Subscription[]> => {
    try {
      return await list(customer)
    } catch (error) {
      // Stripe may know nothing any more of a customer that was deleted; only if it says so itself, nothing is paid for.
      if (isUnknown(error) && (await ask(() => stripe.customers.retrieve(customer))).deleted) return []
      throw error
    }
  }

  const list = (customer: string) =>
    ask(async () => {
      const subscriptions: Subscription[] = []
      for await (const subscription of stripe.subscriptions.list({
        customer,
        limit: 100,
        expand: ['data.latest_invoice'],
      }))
        subscriptions.push(read(subscription))
      await addInvoices(customer, subscriptions)
      return subscriptions
    })

  const read = (subscription: Stripe.Subscription): Subscription =>
    refundEndsAccess
      ? subscriptionOf(subscription)
      : { ...subscriptionOf(subscription), endedInvoice: undefined }

  const addInvoices = async (customer: string, subscriptions: Subscription[]) => {
    const overdue = subscriptions.filter(isOverdue)
    if (overdue.length) await addOwed(customer, overdue)
    for (const subscription of subscriptions) {
      const { id, endedInvoice, latestInvoice } = subscription
      if (subscription.awaitsFirstPayment)
        subscription.awaitsFirstPayment = (await newestPaidInvoice(stripe, id)) === undefined
      if (!endedInvoice || endedInvoice === latestInvoice) continue
      // An invoice that isn't paid yet gives nothing back: what was taken stays so until one is.
      if ((await newestPaidInvoice(stripe, id)) === endedInvoice) subscription.latestInvoice = endedInvoice
    }
  }

  // No field says since when a subscription is past due, and latest_invoice moves each cycle: the oldest open invoice does.
  const addOwed = async (customer: string, overdue: Subscription[]) => {
    for await (const invoice of stripe.invoices.list({ customer, status: 'open', limit: 100 })) {
      const subscription = overdue.find(({ id }) => id === subscriptionIdOf(invoice))
      const since = seconds(dueSince(invoice))
      if (!subscription || (subscription.owed && subscription.owed.since <= since)) continue
      subscription.owed = { invoice: invoice.id ?? '', since, needsConfirmation: false }
    }
    for (const { owed } of overdue) if (owed) owed.needsConfirmation = await needsConfirmation(owed.invoice)
  }

  // A question of its own: from a list of invoices this lies a level deeper than Stripe expands
  // (docs.stripe.com/api/expanding_objects).
  const needsConfirmation = async (invoice: string) => {
    const { data } = await stripe.invoicePayments.list({ invoice, expand: ['data.payment.payment_intent'] })
    return data.some(({ payment: { payment_intent: intent } }) => {
      return typeof intent === 'object' && intent.status === 'requires_action'
    })
  }

  const everybody: Subscriptions['everybody'] = () =>
    ask(async () => {
      const found: Awaited<ReturnType<Subscriptions['everybody']>> = new Map()
      for await (const subscription of stripe.subscriptions.list({
        limit: 100,
        expand: ['data.customer', 'data.latest_invoice'],
      })) {
        const customer = idOf(subscription.customer) ?? ''
        const entry = found.get(customer) ?? { member: chatMemberOf(subscription), subscriptions: [] }
        entry.member ??= chatMemberOf(subscription)
        entry.subscriptions.push(read(subscription))
        found.set(customer, entry)
      }
      for (const [customer, { subscriptions }] of found) await addInvoices(customer, subscriptions)
      return found
    })

  return {
    everybody,
    async of(customers) {
      const lists = await Promise.all(customers.map(ofOne))
      return lists.flat()
    },
  }
}

/** Our reading of Stripe's subscription, from the shapes of the pinned version. */
export function subscriptionOf(subscription: Stripe.Subscription): Subscription {
  const [first] = subscription.items.data
  const { latest_invoice: invoice } = subscription
  const endsAt =
    subscription.cancel_at ?? (subscription.cancel_at_period_end ? first?.current_period_end : undefined)
  return {
    id: subscription.id,
    customer: idOf(subscription.customer) ?? '',
    status: subscription.status,
    items: subscription.items.data.map(({ id, price }) => ({
      id,
      priceId: price.id,
      productId: idOf(price.product) ?? '',
      plan: planOf(price),
    })),
    startedAt: seconds(subscription.start_date),
    awaitsFirstPayment: isInDoubt(subscription),
    periodEndsAt: optionalSeconds(first?.current_period_end),
    trialEndsAt: optionalSeconds(subscription.trial_end),
    endsAt: optionalSeconds(endsAt),
    invoicedAt: invoice && typeof invoice === 'object' ? seconds(dueSince(invoice)) : undefined,
    latestInvoice: idOf(invoice),
    endedInvoice: subscription.metadata.chat_ended_invoice || undefined,
    owed: undefined,
  }
}

/** The newest invoice of a subscription that was paid, credit apart. */
export async function newestPaidInvoice(stripe: Stripe, subscription: string): Promise<string | undefined> {
  for await (const invoice of stripe.invoices.list({ subscription, status: 'paid', limit: 10 }))
    if (asksForMoney(invoice)) return invoice.id
  return undefined
}

/** The subscription an invoice is for; `undefined` for a one-off. */
export const subscriptionIdOf = (invoice: Stripe.Invoice): string | undefined =>
  idOf(invoice.parent?.subscription_details?.subscription)

/** The id of something that Stripe hands over as an id or, expanded, as the whole object. */
export const idOf = (thing: string | { id?: string } | null | undefined): string | undefined =>
  typeof thing === 'string' ? thing : thing?.id

// One that was sent by letter has its term first; any other was due when it was made final.
const dueSince = ({ due_date, status_transitions, created }: Stripe.Invoice) =>
  due_date ?? status_transitions.finalized_at ?? created

const isOverdue = ({ status }: Subscription) => status === 'past_due' || status === 'unpaid'

// Where a customer and a subscription both name somebody, the customer's word stands.
function chatMemberOf({ customer, metadata }: Stripe.Subscription): MemberId | undefined {
  const customerMetadata = typeof customer === 'string' || customer.deleted ? undefined : customer.metadata
  return (parseMember(customerMetadata?.chat_member) ?? parseMember(metadata.chat_member))?.member
}

// Stripe calls a subscription active while a bank debit is under way, past due when that fails, and active again once the bill
// is given up. One that is billed by letter has its term to be paid in.
function isInDoubt({ status, collection_method, latest_invoice: invoice }: Stripe.Subscription): boolean {
  if (!invoice || typeof invoice === 'string' || collection_method === 'send_invoice') return false
  const isUnpaid = /^(open|void|uncollectible)$/.test(invoice.status ?? '')
  return /^(active|past_due)$/.test(status) && (isUnpaid || !asksForMoney(invoice))
}

// Moving to a cheaper plan makes an invoice of credit, which Stripe calls paid.
const asksForMoney = ({ total, billing_reason }: Stripe.Invoice) =>
  total > 0 || billing_reason !== 'subscription_update'

const seconds = (unix: number): number => unix * 1000
const optionalSeconds = (unix: number | null | undefined) => (unix ? unix * 1000 : undefined)
