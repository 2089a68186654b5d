import { isRedeemable, usablePromotion } from '../catalog/coupons.ts'
import { createPrice } from '../catalog/prices.ts'
import { invalid, missing } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { CheckoutSession } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import { type CheckoutPlan, currencyOf, need, type World } from '../world.ts'
import { totals } from './totals.ts'

const HOUR = 3600
const LOCALES =
  'auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(
    ' ',
  )

/** `checkout.sessions.create`: checks what Stripe checks and opens the hosted page. */
export function createSession(world: World, params: Reader): CheckoutSession {
  const mode = params.oneOf('mode', ['payment', 'setup', 'subscription'])
  if (!mode) throw missing('mode')
  const success = params.text('success_url')
  if (
    params.oneOf('ui_mode', [
      'custom',
      'elements',
      'embedded',
      'embedded_page',
      'form',
      'hosted',
      'hosted_page',
    ]) !== undefined &&
    !['hosted', 'hosted_page'].includes(params.text('ui_mode') ?? '')
  )
    throw invalid('Only the hosted page is available here.', { param: 'ui_mode' })
  if (success === undefined || success === '') throw missing('success_url')
  for (const name of ['success_url', 'cancel_url']) checkUrl(params, name)
  if (params.text('customer') && params.text('customer_email'))
    throw invalid('You may only specify one of these parameters: customer, customer_email.')
  const customerId = params.text('customer')
  const customer =
    customerId === undefined ? undefined : need(world.customers, 'customer', customerId, 'customer')
  const email = params.text('customer_email')
  if (email !== undefined && !/^[^@\s]+@[^@\s]+$/.test(email))
    throw invalid(`Invalid email address: ${email}`, { param: 'customer_email', code: 'email_invalid' })
  const plan = planOf(world, params, mode, customer?.id ?? null)
  const currency =
    plan.items[0]?.price.currency ?? (params.has('currency') ? currencyOf(params.required('currency')) : null)
  const now = world.now()
  const id = newId('cs')
  const sums = totals(world, plan)
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: params.flag('allow_promotion_codes') ?? null,
    allowed_payment_method_types: params.texts('allowed_payment_method_types') ?? null,
    amount_subtotal: mode === 'setup' ? null : sums.subtotal,
    amount_total: mode === 'setup' ? null : sums.total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: params.oneOf('billing_address_collection', ['auto', 'required']) ?? null,
    cancel_url: params.text('cancel_url') ?? null,
    client_reference_id: reference(params),
    client_secret: null,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    consent: null,
    consent_collection: null,
    created: now,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer
      ? null
      : mode === 'subscription'
        ? 'always'
        : (params.oneOf('customer_creation', ['always', 'if_required']) ?? 'if_required'),
    customer_details:
      customer || email ? details(customer?.email ?? email ?? null, customer?.name ?? null) : null,
    customer_email: email ?? null,
    discounts:
      plan.coupon === undefined
        ? null
        : [
            {
              coupon: plan.promotion === undefined ? plan.coupon : null,
              promotion_code: plan.promotion ?? null,
            },
          ],
    expires_at: expiry(params, now),
    integration_identifier: params.text('integration_identifier') ?? null,
    invoice: null,
    invoice_creation:
      mode === 'payment'
        ? {
            enabled: false,
            invoice_data: {
              account_tax_ids: null,
              custom_fields: null,
              description: null,
              footer: null,
              issuer: null,
              metadata: {},
              rendering_options: null,
            },
          }
        : null,
    livemode: false,
    locale: localeOf(params),
    managed_payments: { enabled: false },
    metadata: mergedMetadata({}, params),
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection:
      mode === 'subscription'
        ? (params.oneOf('payment_method_collection', ['always', 'if_required']) ?? 'always')
        : 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: params.texts('payment_method_types') ?? ['card', 'link', 'us_bank_account'],
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: params.inside('phone_number_collection')?.flag('enabled') ?? false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.oneOf('submit_type', ['auto', 'book', 'donate', 'pay', 'subscribe']) ?? null,
    subscription: null,
    success_url: success,
    total_details:
      mode === 'setup' ? null : { amount_discount: sums.discount, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${world.origin}/c/pay/${id}`,
    wallet_options: null,
  }
  world.plans.set(id, plan)
  world.sessions.add(session)
  world.touch(session)
  world.timers.at(session.expires_at * 1000, () => expireSession(world, session))
  return session
}

/** Who paid, as the session shows it. */
export function details(
  email: string | null,
  name: string | null,
): NonNullable<CheckoutSession['customer_details']> {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
}

/** An open session is over; one that is not open stays as it is. */
export function expireSession(world: World, session: CheckoutSession) {
  if (session.status !== 'open') return
  session.status = 'expired'
  session.url = null
  world.emit('checkout.session.expired', session)
}

function checkUrl(params: Reader, name: string) {
  const url = params.text(name)
  if (url === undefined || url === '') return
  if (!/^https?:\/\//.test(url))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
      param: name,
      code: 'url_invalid',
    })
  if (!URL.canParse(url) || url.length > 5000)
    throw invalid('Not a valid URL', { param: name, code: 'url_invalid' })
}

function reference(params: Reader): string | null {
  const given = params.text('client_reference_id')
  if (given !== undefined && given.length > 200)
    throw invalid(`Invalid string: must be at most 200 characters`, { param: 'client_reference_id' })
  return given ?? null
}

function localeOf(params: Reader): string | null {
  const given = params.text('locale')
  if (given !== undefined && !LOCALES.includes(given))
    throw invalid(`Invalid locale: must be one of ${LOCALES.join(', ')}`, { param: 'locale' })
  return given ?? null
}

function expiry(params: Reader, now: number): number {
  const given = params.integer('expires_at')
  if (given === undefined) return now + 24 * HOUR
  if (given < now + HOUR / 2)
    throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    })
  if (given > now + 24 * HOUR)
    throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    })
  return given
}

function planOf(
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
