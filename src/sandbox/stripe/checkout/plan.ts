import { isRedeemable, usablePromotion } from '../catalog/coupons.ts'
import { createPrice } from '../catalog/prices.ts'
import { invalid, missing } from '../core/errors.ts'
import { need } from '../core/lookup.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { CheckoutPlan, World } from '../world.ts'

/** What a new session is to sell, with the refusals Stripe has for it. */
export function readPlan(
  world: World,
  params: Reader,
  mode: 'payment' | 'setup' | 'subscription',
  customer: string | null,
): CheckoutPlan {
  const items = (params.each('line_items') ?? []).map(item => {
    const fresh = item.inside('price_data')
    const price = fresh
      ? createPrice(world, fresh)
      : need(world.prices, 'price', item.required('price'), item.at('price'))
    if (!price.active)
      throw invalid('The price specified is inactive. This field only accepts active prices.', {
        param: item.at('price'),
      })
    const quantity = item.integer('quantity') ?? (price.recurring?.usage_type === 'metered' ? 1 : undefined)
    if (quantity === undefined)
      throw invalid(`Quantity is required. Add \`quantity\` to \`${item.at('').replace('[]', '')}\``, {
        param: item.at('quantity'),
      })
    return { price, quantity }
  })
  if (items.length === 0 && mode !== 'setup') throw missing('line_items')
  const [first] = items
  if (items.some(item => item.price.currency !== first?.price.currency))
    throw invalid('All line items must be in the same currency.', { param: 'line_items' })
  if (mode === 'subscription' && !items.some(item => item.price.recurring))
    throw invalid('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    })
  if (mode === 'payment' && items.some(item => item.price.recurring))
    throw invalid(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'line_items' },
    )
  const subscription = params.inside('subscription_data')
  if (subscription && mode !== 'subscription')
    throw invalid('You can not pass `subscription_data` in `payment` mode.', { param: 'subscription_data' })
  const payment = params.inside('payment_intent_data')
  if (payment && mode !== 'payment')
    throw invalid('You can not pass `payment_intent_data` in `subscription` mode.', {
      param: 'payment_intent_data',
    })
  const days = subscription?.integer('trial_period_days')
  const trialEnd = days === undefined ? subscription?.integer('trial_end') : world.now() + days * 86_400
  const description = subscription?.text('description')
  const future = payment?.oneOf('setup_future_usage', ['off_session', 'on_session'])
  return {
    items,
    subscription: {
      metadata: subscription ? mergedMetadata({}, subscription) : {},
      ...(trialEnd === undefined ? {} : { trialEnd }),
      ...(description === undefined ? {} : { description }),
    },
    payment: {
      metadata: payment ? mergedMetadata({}, payment) : {},
      ...(future === undefined ? {} : { setupFutureUsage: future }),
    },
    ...discountOf(world, params, customer),
  }
}

function discountOf(
  world: World,
  params: Reader,
  customer: string | null,
): { coupon?: string; promotion?: string } {
  const discounts = params.each('discounts')
  if (!discounts || discounts.length === 0) return {}
  if (params.has('allow_promotion_codes'))
    throw invalid('You may only specify one of these parameters: allow_promotion_codes, discounts.')
  const [discount] = discounts
  const code = discount?.text('promotion_code')
  const promotion =
    code === undefined
      ? undefined
      : usablePromotion(
          world,
          need(world.promotionCodes, 'promotion code', code, 'discounts[0][promotion_code]').id,
          customer,
        )
  if (code !== undefined && !promotion)
    throw invalid('This promotion code cannot be redeemed.', { param: 'discounts[0][promotion_code]' })
  const coupon = need(
    world.coupons,
    'coupon',
    promotion?.promotion.coupon ?? discount?.text('coupon') ?? '',
    'discounts[0][coupon]',
  )
  if (!isRedeemable(world, coupon))
    throw invalid(`Coupon expired: ${coupon.id}`, { param: 'discounts[0][coupon]', code: 'coupon_expired' })
  return { coupon: coupon.id, ...(promotion ? { promotion: promotion.id } : {}) }
}
