import type { Plan } from '../plan.ts'

/** What the bot reads of a Stripe subscription. Times are milliseconds since the epoch. */
export interface Subscription {
  id: string
  customer: string
  /** Stripe's own word; one that isn't known here pays for nothing. */
  status: string
  /** `plan` is absent where the price has no lookup key. */
  items: { id: string; priceId: string; productId: string; plan: Plan | undefined }[]
  startedAt: number
  /** Its first payment is under way, as a bank debit is for days, or has failed: nothing was ever paid. */
  awaitsFirstPayment: boolean
  /** When the paid period ends and, unless it ends then, renews. */
  periodEndsAt: number | undefined
  trialEndsAt: number | undefined
  /** When it is going to end, if that is decided. */
  endsAt: number | undefined
  /** When the newest invoice became due. */
  invoicedAt: number | undefined
  /** The newest invoice; while nothing was paid with it and the paid one before it was taken back, that one. */
  latestInvoice: string | undefined
  /** The paid invoice that a full refund or a lost dispute took back. */
  endedInvoice: string | undefined
  /** Set while a payment is overdue: the oldest open invoice, and whether the bank wants to be asked. */
  owed: { invoice: string; since: number; needsConfirmation: boolean } | undefined
}

/** "These subscriptions pay for these plans, until then." */
export interface Entitlement {
  /** Lookup keys of the plans that are paid for. */
  plans: string[]
  /** The subscriptions that pay for them. */
  by: string[]
  /** When this answer changes by itself, without an event from Stripe. */
  changesAt: number | undefined
}

const dayMs = 86_400_000

/** What Stripe's answer pays for at `now`; the grace of a `past_due` renewal ends on the millisecond. */
export function entitle(
  subscriptions: readonly Subscription[],
  { now, graceDays }: { now: number; graceDays: number },
): Entitlement {
  const plans = new Set<string>()
  const by: string[] = []
  let changesAt: number | undefined
  for (const subscription of subscriptions) {
    const holdsUntil = heldUntil(subscription, graceDays)
    if (holdsUntil <= now) continue
    if (Number.isFinite(holdsUntil)) changesAt = Math.min(changesAt ?? holdsUntil, holdsUntil)
    by.push(subscription.id)
    for (const { plan } of subscription.items) if (plan) plans.add(plan.lookupKey)
  }
  return { plans: [...plans].sort(), by, changesAt }
}

// docs.stripe.com/billing/subscriptions/overview#subscription-statuses
function heldUntil(subscription: Subscription, graceDays: number): number {
  const { status, latestInvoice, endedInvoice, owed, invoicedAt, startedAt, awaitsFirstPayment } =
    subscription
  if (awaitsFirstPayment) return Number.NEGATIVE_INFINITY
  if (endedInvoice !== undefined && endedInvoice === latestInvoice) return Number.NEGATIVE_INFINITY
  if (status === 'active' || status === 'trialing') return Number.POSITIVE_INFINITY
  // With no invoice open it is being paid at this moment, or was given up: that is never a reason to end sooner.
  if (status === 'past_due') return (owed?.since ?? invoicedAt ?? startedAt) + graceDays * dayMs
  return Number.NEGATIVE_INFINITY
}

/** Whether it is for a plan at all: what else a customer of the account pays for is no membership. */
export const isForPlan = ({ items }: Subscription): boolean => items.some(({ plan }) => plan !== undefined)

/** Whether this subscription stands in the way of selling another one. */
export const blocksAnother = ({ status }: Subscription): boolean =>
  status === 'active' ||
  status === 'trialing' ||
  status === 'past_due' ||
  status === 'unpaid' ||
  status === 'paused'
