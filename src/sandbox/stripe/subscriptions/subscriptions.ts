import { redeemDiscounts } from '../catalog/coupons.ts'
import { or } from '../catalog/products.ts'
import type { Api, Call } from '../core/api.ts'
import { invalid, missing } from '../core/errors.ts'
import { page, range } from '../core/list.ts'
import { bury, need } from '../core/lookup.ts'
import { listOf, type Subscription } from '../core/objects.ts'
import { mergedMetadata } from '../core/params.ts'
import { checkOneCurrency } from '../customers/currency.ts'
import { intentOf } from '../invoices/collect.ts'
import { paymentError } from '../payments/payment-intents.ts'
import type { World } from '../world.ts'
import { checkTogether, chosenItems } from './items.ts'
import { cancelSubscription, currentEnd, hasEnded, watch } from './lifecycle.ts'
import { newSubscription, openSubscription, startSubscription } from './start.ts'
import { readCancellation, updateSubscription } from './update.ts'

const SHARED =
  'items metadata cancel_at cancel_at_period_end collection_method days_until_due default_payment_method description discounts trial_end trial_settings payment_behavior payment_settings off_session proration_behavior automatic_tax invoice_settings billing_cycle_anchor default_tax_rates add_invoice_items trial_from_plan'
const STATUSES = [
  'active',
  'all',
  'canceled',
  'ended',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const

/** `/v1/subscriptions` and `/v1/subscription_items`. */
export function serveSubscriptions(api: Api, world: World) {
  api.on(
    'POST',
    '/v1/subscriptions',
    `${SHARED} customer currency trial_period_days billing_mode backdate_start_date`,
    call => create(world, call),
  )
  const list =
    'collection_method created current_period_end current_period_start customer limit plan price starting_after ending_before status test_clock'
  api.on('GET', '/v1/subscriptions', list, ({ params }) => {
    const status = params.oneOf('status', STATUSES)
    const price = params.text('price') ?? params.text('plan')
    const customer = params.text('customer')
    const isEndInRange = range(params, 'current_period_end')
    const isStartInRange = range(params, 'current_period_start')
    if (customer !== undefined && !world.stubs.has(customer))
      need(world.customers, 'customer', customer, 'customer')
    return page(world.subscriptions, params, {
      url: '/v1/subscriptions',
      noun: 'subscription',
      owner: customer,
      keep: each =>
        matches(each, status) &&
        (price === undefined || each.items.data.some(item => item.price.id === price)) &&
        isEndInRange(currentEnd(each)) &&
        isStartInRange(each.items.data[0]?.current_period_start ?? 0),
    })
  })
  api.on('GET', '/v1/subscriptions/:id', '', ({ id }) => need(world.subscriptions, 'subscription', id))
  api.on(
    'POST',
    '/v1/subscriptions/:id',
    `${SHARED} cancellation_details pause_collection proration_date`,
    ({ id, params }) => updateSubscription(world, need(world.subscriptions, 'subscription', id), params),
  )
  api.on('DELETE', '/v1/subscriptions/:id', 'cancellation_details invoice_now prorate', ({ id, params }) => {
    const subscription = need(world.subscriptions, 'subscription', id)
    if (hasEnded(subscription))
      throw invalid(`No such subscription: '${id}'`, { param: 'id', code: 'resource_missing', status: 404 })
    cancelSubscription(world, subscription, readCancellation(params))
    return subscription
  })
  api.on(
    'POST',
    '/v1/subscriptions/:id/resume',
    'billing_cycle_anchor proration_behavior proration_date',
    ({ id }) => {
      const subscription = need(world.subscriptions, 'subscription', id)
      if (subscription.status !== 'paused') throw invalid(`Subscription ${id} is not paused.`)
      world.update('customer.subscription.updated', subscription, () => {
        subscription.status = 'active'
      })
      world.emit('customer.subscription.resumed', subscription)
      watch(world, subscription)
      return subscription
    },
  )

  api.on('GET', '/v1/subscription_items', 'subscription limit starting_after ending_before', ({ params }) => {
    const subscription = need(
      world.subscriptions,
      'subscription',
      params.required('subscription'),
      'subscription',
    )
    return listOf('/v1/subscription_items', subscription.items.data)
  })
  api.on('GET', '/v1/subscription_items/:id', '', ({ id }) =>
    need(world.subscriptionItems, 'subscription_item', id),
  )
  api.on('POST', '/v1/subscription_items/:id', 'metadata', ({ id, params }) => {
    const item = need(world.subscriptionItems, 'subscription_item', id)
    item.metadata = mergedMetadata(item.metadata, params)
    return item
  })
}

function matches(subscription: Subscription, status: (typeof STATUSES)[number] | undefined): boolean {
  if (status === undefined) return subscription.status !== 'canceled'
  if (status === 'all') return true
  if (status === 'ended') return hasEnded(subscription)
  return subscription.status === status
}

function create(world: World, { params }: Call): Subscription {
  const customer = need(world.customers, 'customer', params.required('customer'), 'customer')
  const items = params.each('items')
  if (!items || items.length === 0) throw missing('items')
  const chosen = chosenItems(world, items)
  checkTogether(chosen.map(item => item.price))
  for (const { price } of chosen) checkOneCurrency(world, customer.id, price.currency)
  const behaviour =
    params.oneOf('payment_behavior', [
      'allow_incomplete',
      'default_incomplete',
      'error_if_incomplete',
      'pending_if_incomplete',
    ]) ?? 'allow_incomplete'
  const days = params.integer('trial_period_days')
  const trialEnd = days === undefined ? params.integer('trial_end') : world.now() + days * 86_400
  const sendsInvoice =
    params.oneOf('collection_method', ['charge_automatically', 'send_invoice']) === 'send_invoice'
  const method = params.text('default_payment_method')
  if (method !== undefined) need(world.paymentMethods, 'PaymentMethod', method, 'default_payment_method')
  const isTrial = trialEnd !== undefined && trialEnd > world.now()
  const hasMethod = method ?? customer.invoice_settings.default_payment_method ?? customer.default_source
  if (
    !hasMethod &&
    !isTrial &&
    !sendsInvoice &&
    behaviour !== 'default_incomplete' &&
    chosen.some(item => item.price.unit_amount !== 0)
  )
    throw invalid(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
      { code: 'resource_missing' },
    )

  const subscription = newSubscription(world, {
    customer,
    items: chosen,
    metadata: mergedMetadata({}, params),
    trialEnd,
    description: params.clearable('description'),
    defaultPaymentMethod: method,
    sendsInvoice,
    daysUntilDue: params.integer('days_until_due'),
    anchor: params.integer('billing_cycle_anchor'),
    missingMethodAtTrialEnd: params
      .inside('trial_settings')
      ?.inside('end_behavior')
      ?.oneOf('missing_payment_method', ['cancel', 'create_invoice', 'pause']),
  })
  subscription.discounts = redeemDiscounts(world, params, {
    customer: customer.id,
    subscription: subscription.id,
  })
  subscription.cancel_at = or(params.integer('cancel_at'), null)
  if (params.flag('cancel_at_period_end')) {
    subscription.cancel_at_period_end = true
    subscription.cancel_at = currentEnd(subscription)
  }

  if (behaviour === 'default_incomplete') {
    openSubscription(world, subscription, customer)
    return subscription
  }
  const outcome = startSubscription(world, subscription, customer, {
    isPresent: params.flag('off_session') !== true,
  })
  if (outcome === 'failed' && behaviour === 'error_if_incomplete') throw discard(world, subscription)
  return subscription
}

// The caller asked for all or nothing, so nothing of it stays.
function discard(world: World, subscription: Subscription) {
  const invoice = world.invoices.get(subscription.latest_invoice ?? '')
  const intent = invoice ? intentOf(world, invoice) : undefined
  bury(world, world.subscriptions, subscription)
  return intent ? paymentError(world, intent) : invalid('The payment failed.')
}
