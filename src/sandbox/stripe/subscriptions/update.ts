import { redeemDiscounts } from '../catalog/coupons.ts'
import { or } from '../catalog/products.ts'
import { invalid } from '../core/errors.ts'
import { need } from '../core/lookup.ts'
import type { Subscription } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'
import { changeItems } from './change.ts'
import { currentEnd, endTrial, hasEnded, watch } from './lifecycle.ts'

const FEEDBACK = [
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
] as const

/** `subscriptions.update`: one `customer.subscription.updated` for all that changed, then what the change bills. */
export function updateSubscription(world: World, subscription: Subscription, params: Reader): Subscription {
  if (hasEnded(subscription)) {
    const others = Object.keys(params.raw).filter(
      name => !['metadata', 'cancellation_details', 'expand'].includes(name),
    )
    if (others.length > 0)
      throw invalid('A canceled subscription can only update its cancellation_details and metadata.')
  }
  const proration =
    params.oneOf('proration_behavior', ['always_invoice', 'create_prorations', 'none']) ?? 'create_prorations'
  const anchor = params.oneOf('billing_cycle_anchor', ['now', 'unchanged'])
  const items = params.each('items')
  let bill = () => {}
  world.update('customer.subscription.updated', subscription, () => {
    setFields(world, subscription, params)
    setEnd(subscription, params, world.now())
    setTrial(subscription, params, world.now())
    if (items || anchor === 'now')
      bill = changeItems(world, subscription, items ?? [], { proration, restarts: anchor === 'now' })
  })
  bill()
  if (subscription.status === 'trialing' && (subscription.trial_end ?? 0) <= world.now())
    endTrial(world, subscription)
  watch(world, subscription)
  return subscription
}

function setFields(world: World, subscription: Subscription, params: Reader) {
  const method = params.text('default_payment_method')
  if (method) need(world.paymentMethods, 'PaymentMethod', method, 'default_payment_method')
  const pause = params.inside('pause_collection')
  const details = params.inside('cancellation_details')
  subscription.metadata = mergedMetadata(subscription.metadata, params)
  subscription.description = or(params.clearable('description'), subscription.description)
  subscription.default_payment_method = or(
    params.clearable('default_payment_method'),
    subscription.default_payment_method,
  )
  subscription.collection_method =
    params.oneOf('collection_method', ['charge_automatically', 'send_invoice']) ??
    subscription.collection_method
  subscription.days_until_due = params.integer('days_until_due') ?? subscription.days_until_due
  if (params.raw.pause_collection === '') subscription.pause_collection = null
  if (pause) {
    const behavior = pause.oneOf('behavior', ['keep_as_draft', 'mark_uncollectible', 'void'])
    if (behavior)
      subscription.pause_collection = { behavior, resumes_at: pause.integer('resumes_at') ?? null }
  }
  if (params.has('discounts'))
    subscription.discounts = redeemDiscounts(world, params, {
      customer: subscription.customer,
      subscription: subscription.id,
    })
  if (details) {
    const { comment, feedback } = readCancellation(params)
    const old = subscription.cancellation_details
    subscription.cancellation_details = {
      comment: comment ?? old?.comment ?? null,
      feedback: feedback ?? old?.feedback ?? null,
      feedback_option: null,
      reason: old?.reason ?? null,
    }
  }
}

/** What a cancellation says of its why. */
export function readCancellation(params: Reader): { comment?: string; feedback?: string } {
  const details = params.inside('cancellation_details')
  const comment = details?.text('comment')
  const feedback = details?.oneOf('feedback', FEEDBACK)
  return { ...(comment === undefined ? {} : { comment }), ...(feedback === undefined ? {} : { feedback }) }
}

function setEnd(subscription: Subscription, params: Reader, now: number) {
  const atPeriodEnd = params.flag('cancel_at_period_end')
  if (atPeriodEnd !== undefined && params.has('cancel_at') && params.raw.cancel_at !== '')
    throw invalid('You may only specify one of these parameters: cancel_at, cancel_at_period_end.')
  if (atPeriodEnd === true) endAt(subscription, currentEnd(subscription), now, true)
  if (atPeriodEnd === false && subscription.cancel_at_period_end) keepOn(subscription)
  if (!params.has('cancel_at')) return
  const at = params.text('cancel_at')
  if (at === '') keepOn(subscription)
  else if (at === 'min_period_end' || at === 'max_period_end')
    endAt(subscription, currentEnd(subscription), now, false)
  else endAt(subscription, params.integer('cancel_at') ?? now, now, false)
}

/** The subscription will end at that time (seconds); `atPeriodEnd` is how the API's flag says it. */
export function endAt(subscription: Subscription, at: number, now: number, atPeriodEnd: boolean) {
  subscription.cancel_at = at
  subscription.cancel_at_period_end = atPeriodEnd
  subscription.canceled_at = now
  subscription.cancellation_details = {
    comment: subscription.cancellation_details?.comment ?? null,
    feedback: subscription.cancellation_details?.feedback ?? null,
    feedback_option: null,
    reason: 'cancellation_requested',
  }
}

/** A planned end is taken back. */
export function keepOn(subscription: Subscription) {
  subscription.cancel_at = null
  subscription.cancel_at_period_end = false
  subscription.canceled_at = null
  subscription.cancellation_details = { comment: null, feedback: null, feedback_option: null, reason: null }
}

function setTrial(subscription: Subscription, params: Reader, now: number) {
  if (!params.has('trial_end')) return
  const end = params.text('trial_end') === 'now' ? now : params.integer('trial_end')
  if (end === undefined || (end <= now && subscription.status !== 'trialing')) return
  subscription.trial_end = end
  subscription.trial_start ??= now
  if (end > now) subscription.status = 'trialing'
  subscription.billing_cycle_anchor = end
  for (const item of subscription.items.data) item.current_period_end = end
}
