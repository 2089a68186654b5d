import type { Api } from '../core/api.ts'
import { invalid, missing } from '../core/errors.ts'
import { newId, randomText } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { bury, currencyOf, need } from '../core/lookup.ts'
import type { Coupon, Discount, PromotionCode } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import { addInterval } from '../subscriptions/calendar.ts'
import type { World } from '../world.ts'

/** `/v1/coupons` and `/v1/promotion_codes`. */
export function serveCoupons(api: Api, world: World) {
  world.included.set('coupon.applies_to', () => null)
  const create =
    'amount_off applies_to currency currency_options duration duration_in_months id max_redemptions metadata name percent_off redeem_by'
  api.on('POST', '/v1/coupons', create, ({ params }) => createCoupon(world, params))
  api.on('GET', '/v1/coupons', 'created limit starting_after ending_before', ({ params }) =>
    page(world.coupons, params, { url: '/v1/coupons', noun: 'coupon' }),
  )
  api.on('GET', '/v1/coupons/:id', '', ({ id }) => world.stubs.get(id) ?? need(world.coupons, 'coupon', id))
  api.on('POST', '/v1/coupons/:id', 'currency_options metadata name', ({ id, params }) => {
    const coupon = need(world.coupons, 'coupon', id)
    world.update('coupon.updated', coupon, () => {
      coupon.metadata = mergedMetadata(coupon.metadata ?? {}, params)
      coupon.name = params.clearable('name') ?? coupon.name
    })
    return coupon
  })
  api.on('DELETE', '/v1/coupons/:id', '', ({ id }) => {
    const coupon = need(world.coupons, 'coupon', id)
    coupon.valid = false
    const stub = bury(world, world.coupons, coupon)
    world.emit('coupon.deleted', coupon)
    return stub
  })

  const code =
    'active code customer customer_account expires_at max_redemptions metadata promotion restrictions'
  api.on('POST', '/v1/promotion_codes', code, ({ params }) => createPromotionCode(world, params))
  api.on(
    'GET',
    '/v1/promotion_codes',
    'active code coupon created customer limit starting_after ending_before',
    ({ params }) => {
      const active = params.flag('active')
      const text = params.text('code')?.toLowerCase()
      const coupon = params.text('coupon')
      return page(world.promotionCodes, params, {
        url: '/v1/promotion_codes',
        noun: 'promotion code',
        owner: params.text('customer'),
        keep: each =>
          (active === undefined || each.active === active) &&
          (text === undefined || each.code.toLowerCase() === text) &&
          (coupon === undefined || each.promotion.coupon === coupon),
      })
    },
  )
  api.on('GET', '/v1/promotion_codes/:id', '', ({ id }) => need(world.promotionCodes, 'promotion code', id))
  api.on('POST', '/v1/promotion_codes/:id', 'active metadata restrictions', ({ id, params }) => {
    const promotion = need(world.promotionCodes, 'promotion code', id)
    world.update('promotion_code.updated', promotion, () => {
      promotion.active = params.flag('active') ?? promotion.active
      promotion.metadata = mergedMetadata(promotion.metadata ?? {}, params)
    })
    return promotion
  })
}

function createCoupon(world: World, params: Reader): Coupon {
  const percent = params.decimal('percent_off')
  const amount = params.integer('amount_off')
  if (percent === undefined && amount === undefined)
    throw invalid('Must provide percent_off or amount_off.', { code: 'parameter_missing' })
  if (percent !== undefined && (percent <= 0 || percent > 100))
    throw invalid('Invalid percent_off: must be between 0 and 100.', { param: 'percent_off' })
  const duration = params.oneOf('duration', ['forever', 'once', 'repeating']) ?? 'once'
  const months = params.integer('duration_in_months')
  if (duration === 'repeating' && months === undefined) throw missing('duration_in_months')
  const id = params.text('id') ?? randomText(8)
  if (world.coupons.get(id))
    throw invalid('Coupon already exists.', { code: 'resource_already_exists', param: 'id' })
  const coupon: Coupon = {
    id,
    object: 'coupon',
    amount_off: amount ?? null,
    created: world.now(),
    currency: amount === undefined ? null : currencyOf(params.required('currency')),
    duration,
    duration_in_months: months ?? null,
    livemode: false,
    max_redemptions: params.integer('max_redemptions') ?? null,
    metadata: mergedMetadata({}, params),
    name: params.clearable('name') ?? null,
    percent_off: percent ?? null,
    redeem_by: params.integer('redeem_by') ?? null,
    times_redeemed: 0,
    valid: true,
  }
  const products = params.inside('applies_to')?.texts('products')
  if (products) coupon.applies_to = { products }
  world.coupons.add(coupon)
  world.keptCoupons.set(id, coupon)
  world.emit('coupon.created', coupon)
  return coupon
}

function createPromotionCode(world: World, params: Reader): PromotionCode {
  const promotion = params.inside('promotion')
  if (!promotion) throw missing('promotion')
  const coupon = need(world.coupons, 'coupon', promotion.required('coupon'), 'promotion[coupon]')
  const code = params.text('code') ?? randomText(8).toUpperCase()
  for (const other of world.promotionCodes.newest()) {
    if (other.active && other.code.toLowerCase() === code.toLowerCase())
      throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' })
  }
  const restrictions = params.inside('restrictions')
  const made: PromotionCode = {
    id: newId('promo'),
    object: 'promotion_code',
    active: params.flag('active') ?? true,
    code,
    created: world.now(),
    customer: params.text('customer') ?? null,
    customer_account: null,
    expires_at: params.integer('expires_at') ?? null,
    livemode: false,
    max_redemptions: params.integer('max_redemptions') ?? null,
    metadata: mergedMetadata({}, params),
    promotion: { type: 'coupon', coupon: coupon.id },
    restrictions: {
      first_time_transaction: restrictions?.flag('first_time_transaction') ?? false,
      minimum_amount: restrictions?.integer('minimum_amount') ?? null,
      minimum_amount_currency: restrictions?.text('minimum_amount_currency') ?? null,
    },
    times_redeemed: 0,
  }
  world.promotionCodes.add(made)
  world.emit('promotion_code.created', made)
  return made
}

/** The active promotion code that a customer may use now, by its text or id, or undefined. */
export function usablePromotion(
  world: World,
  text: string,
  customer: string | null,
): PromotionCode | undefined {
  for (const each of world.promotionCodes.newest()) {
    if (each.id !== text && each.code.toLowerCase() !== text.trim().toLowerCase()) continue
    if (!each.active || (each.expires_at !== null && each.expires_at <= world.now())) continue
    if (each.customer !== null && each.customer !== customer) continue
    if (each.restrictions.first_time_transaction && hasPaid(world, customer)) continue
    if (each.max_redemptions !== null && each.times_redeemed >= each.max_redemptions) continue
    const coupon = world.coupons.get(each.promotion.coupon ?? '')
    if (coupon && isRedeemable(world, coupon)) return each
  }
  return undefined
}

function hasPaid(world: World, customer: string | null): boolean {
  if (customer === null) return false
  for (const charge of world.charges.newest(customer)) if (charge.status === 'succeeded') return true
  return false
}

/** Whether the coupon can still be applied. */
export function isRedeemable(world: World, coupon: Coupon): boolean {
  if (coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions) return false
  return coupon.valid && (coupon.redeem_by === null || coupon.redeem_by > world.now())
}

/** Applies a coupon to a subscription or an invoice: counts its use and says until when it holds. */
export function redeem(
  world: World,
  of: {
    coupon: Coupon
    promotion?: PromotionCode | undefined
    customer: string
    subscription?: string
    session?: string
  },
): Discount {
  const { coupon, promotion } = of
  if (!isRedeemable(world, coupon))
    throw invalid(`Coupon expired: ${coupon.id}`, { code: 'coupon_expired', param: 'coupon' })
  coupon.times_redeemed += 1
  if (promotion) promotion.times_redeemed += 1
  const months = coupon.duration === 'repeating' ? (coupon.duration_in_months ?? 1) : undefined
  const now = world.now()
  return world.discounts.add({
    id: newId('di'),
    object: 'discount',
    checkout_session: of.session ?? null,
    customer: of.customer,
    customer_account: null,
    end: months === undefined ? null : addInterval(now, 'month', months),
    invoice: null,
    invoice_item: null,
    promotion_code: promotion?.id ?? null,
    source: { type: 'coupon', coupon: coupon.id },
    start: now,
    subscription: of.subscription ?? null,
    subscription_item: null,
  })
}

/** Reads `discounts` of a request: coupons and promotion codes, applied to the customer's subscription. */
export function redeemDiscounts(
  world: World,
  params: Reader,
  of: { customer: string; subscription?: string },
): string[] {
  const applied: string[] = []
  for (const each of params.each('discounts') ?? []) {
    const couponId = each.text('coupon')
    const promotionId = each.text('promotion_code')
    const promotion =
      promotionId === undefined
        ? undefined
        : need(world.promotionCodes, 'promotion code', promotionId, each.at('promotion_code'))
    const coupon = need(
      world.coupons,
      'coupon',
      couponId ?? promotion?.promotion.coupon ?? '',
      each.at('coupon'),
    )
    applied.push(redeem(world, { ...of, coupon, promotion }).id)
  }
  return applied
}
