import { newId } from '../core/ids.ts'
import { bury } from '../core/lookup.ts'
import type { Invoice, Subscription } from '../core/objects.ts'
import { closeInvoice, collectInvoice, finalizeInvoice, methodFor } from '../invoices/collect.ts'
import { draftInvoice } from '../invoices/draft.ts'
import type { World } from '../world.ts'
import { periodEnd } from './calendar.ts'
import { periodLines } from './items.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const INCOMPLETE_FOR = 23 * HOUR
const TRIAL_WARNING = 3 * DAY

/** Whether it is over for good. */
export function hasEnded(subscription: Subscription): boolean {
  return subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
}

/** Sees to it that what falls due next on the subscription happens. To be called after everything that moves a date. */
export function watch(world: World, subscription: Subscription) {
  if (hasEnded(subscription)) return
  const {
    trial_end: trialEnd,
    cancel_at: cancelAt,
    pause_collection: pause,
    created,
    status,
    id,
  } = subscription
  const moments = [
    status === 'incomplete' ? created + INCOMPLETE_FOR : undefined,
    status === 'paused' ? undefined : currentEnd(subscription),
    cancelAt ?? undefined,
    pause?.resumes_at ?? undefined,
    status === 'trialing' && trialEnd !== null && !world.warned.has(id)
      ? trialEnd - TRIAL_WARNING
      : undefined,
  ].filter(moment => moment !== undefined)
  if (moments.length === 0) return
  const at = Math.min(...moments)
  if (world.watched.get(id) === at) return
  world.watched.set(id, at)
  world.timers.at(at * 1000, () => {
    // Dates move, and the timers set for the old ones stay behind.
    if (world.watched.get(id) !== at) return
    world.watched.delete(id)
    tick(world, subscription)
    watch(world, subscription)
  })
}

/** When the running period ends, in seconds. */
export function currentEnd(subscription: Subscription): number {
  return subscription.items.data[0]?.current_period_end ?? subscription.billing_cycle_anchor
}

function tick(world: World, subscription: Subscription) {
  const now = world.now()
  const {
    trial_end: trialEnd,
    cancel_at: cancelAt,
    pause_collection: pause,
    created,
    status,
    id,
  } = subscription
  if (hasEnded(subscription)) return
  if (status === 'incomplete' && created + INCOMPLETE_FOR <= now) return expire(world, subscription)
  if (cancelAt !== null && cancelAt <= now) return cancelSubscription(world, subscription)
  if (pause?.resumes_at != null && pause.resumes_at <= now) return unpause(world, subscription)
  if (status === 'trialing' && trialEnd !== null && trialEnd <= now) return endTrial(world, subscription)
  if (
    status === 'trialing' &&
    trialEnd !== null &&
    trialEnd - TRIAL_WARNING <= now &&
    !world.warned.has(id)
  ) {
    world.warned.add(id)
    return world.emit('customer.subscription.trial_will_end', subscription)
  }
  if (status !== 'paused' && status !== 'incomplete' && currentEnd(subscription) <= now)
    renew(world, subscription)
}

function expire(world: World, subscription: Subscription) {
  const invoice = world.invoices.get(subscription.latest_invoice ?? '')
  world.update('customer.subscription.updated', subscription, () => {
    subscription.status = 'incomplete_expired'
    subscription.ended_at = world.now()
  })
  if (invoice?.status === 'open') closeInvoice(world, invoice, 'void')
}

function unpause(world: World, subscription: Subscription) {
  world.update('customer.subscription.updated', subscription, () => {
    subscription.pause_collection = null
  })
}

/** The trial is over: the first paid period begins, or what the subscription says for a missing payment method. */
export function endTrial(world: World, subscription: Subscription) {
  const customer = world.customers.get(subscription.customer)
  const hasMethod =
    subscription.default_payment_method ??
    customer?.invoice_settings.default_payment_method ??
    customer?.default_source
  const behaviour = subscription.trial_settings?.end_behavior.missing_payment_method
  if (!hasMethod && subscription.collection_method === 'charge_automatically' && behaviour === 'cancel')
    return cancelSubscription(world, subscription)
  if (!hasMethod && subscription.collection_method === 'charge_automatically' && behaviour === 'pause') {
    world.update('customer.subscription.updated', subscription, () => {
      subscription.status = 'paused'
    })
    world.emit('customer.subscription.paused', subscription)
    return
  }
  subscription.billing_cycle_anchor = Math.min(subscription.trial_end ?? world.now(), world.now())
  beginPeriod(world, subscription, { status: 'active', reason: 'subscription_cycle' })
}

function renew(world: World, subscription: Subscription) {
  beginPeriod(world, subscription, { status: subscription.status, reason: 'subscription_cycle' })
}

/** Moves the subscription into the period that has begun, and makes its invoice, which stays a draft for a while. */
function beginPeriod(
  world: World,
  subscription: Subscription,
  { status, reason }: { status: Subscription['status']; reason: NonNullable<Invoice['billing_reason']> },
) {
  const recurring = subscription.items.data[0]?.price.recurring
  const start = currentEnd(subscription)
  const end = periodEnd(
    subscription.billing_cycle_anchor,
    recurring?.interval ?? 'month',
    recurring?.interval_count ?? 1,
    start,
  )
  const previous = { start: subscription.items.data[0]?.current_period_start ?? start, end: start }
  const id = newId('in')
  world.update('customer.subscription.updated', subscription, () => {
    subscription.status = status
    subscription.latest_invoice = id
    for (const item of subscription.items.data) {
      item.current_period_start = start
      item.current_period_end = end
    }
  })
  const invoice = cycleInvoice(world, subscription, { id, reason, period: { start, end }, previous })
  dropSpentDiscounts(world, subscription)
  world.timers.at(world.clock.now() + world.settings.draftFor, () => send(world, invoice))
}

function cycleInvoice(
  world: World,
  subscription: Subscription,
  of: {
    id: string
    reason: NonNullable<Invoice['billing_reason']>
    period: { start: number; end: number }
    previous: { start: number; end: number }
  },
): Invoice {
  const customer = world.customers.get(subscription.customer)
  if (!customer) throw new Error(`subscription ${subscription.id} has lost its customer`)
  const invoice = draftInvoice(world, {
    id: of.id,
    customer,
    currency: subscription.currency,
    reason: of.reason,
    subscription,
    discounts: liveDiscounts(world, subscription),
    lines: periodLines(world, subscription, of.period),
    period: of.previous,
    // An unpaid subscription goes on making invoices, but nobody sends them.
    autoAdvance: subscription.status !== 'unpaid',
    sendsInvoice: subscription.collection_method === 'send_invoice',
    ...(subscription.days_until_due === null ? {} : { daysUntilDue: subscription.days_until_due }),
  })
  invoice.automatically_finalizes_at = Math.floor((world.clock.now() + world.settings.draftFor) / 1000)
  return invoice
}

function liveDiscounts(world: World, subscription: Subscription): string[] {
  return subscription.discounts.filter(id => {
    const end = world.discounts.get(id)?.end ?? null
    return end === null || end > world.now()
  })
}

/** Takes off what has done its work: a coupon for one invoice after the first, others when their time is over. */
export function dropSpentDiscounts(world: World, subscription: Subscription) {
  subscription.discounts = liveDiscounts(world, subscription).filter(id => {
    const coupon = world.keptCoupons.get(world.discounts.get(id)?.source.coupon ?? '')
    return coupon?.duration !== 'once'
  })
}

function send(world: World, invoice: Invoice) {
  const subscription = world.subscriptions.get(invoice.parent?.subscription_details?.subscription ?? '')
  if (invoice.status !== 'draft' || invoice.auto_advance !== true || !subscription) return
  const pause = subscription.pause_collection?.behavior
  if (pause === 'keep_as_draft') return
  finalizeInvoice(world, invoice)
  if (world.invoices.get(invoice.id)?.status === 'paid') return
  if (pause === 'void') return closeInvoice(world, invoice, 'void')
  if (pause === 'mark_uncollectible') return closeInvoice(world, invoice, 'uncollectible')
  if (invoice.collection_method === 'send_invoice') return world.emit('invoice.sent', invoice)
  collectInvoice(world, invoice, methodFor(world, invoice), { isPresent: false })
}

interface Ending {
  reason?: 'cancellation_requested' | 'payment_failed' | 'payment_disputed'
  comment?: string | null
  feedback?: string | null
}

/** Ends the subscription now: collection of its invoices stops, what waited for the next invoice is dropped. */
export function cancelSubscription(
  world: World,
  subscription: Subscription,
  { reason = 'cancellation_requested', comment, feedback }: Ending = {},
) {
  const details = subscription.cancellation_details
  subscription.status = 'canceled'
  subscription.canceled_at ??= world.now()
  subscription.ended_at = world.now()
  // "Whether it will, or did, cancel at the end of the period" (docs.stripe.com/api/subscriptions/object).
  subscription.cancel_at_period_end &&= (subscription.cancel_at ?? Number.POSITIVE_INFINITY) <= world.now()
  subscription.cancellation_details = {
    comment: comment ?? details?.comment ?? null,
    feedback: feedback ?? details?.feedback ?? null,
    feedback_option: null,
    reason,
  }
  for (const invoice of world.invoices.newest(subscription.customer)) {
    if (invoice.parent?.subscription_details?.subscription !== subscription.id) continue
    invoice.auto_advance = false
    invoice.next_payment_attempt = null
  }
  for (const item of [...world.invoiceItems.newest(subscription.customer)]) {
    if (item.invoice === null && item.parent?.subscription_details?.subscription === subscription.id)
      bury(world, world.invoiceItems, item)
  }
  world.emit('customer.subscription.deleted', subscription)
}
