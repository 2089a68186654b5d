import { invalid, missing } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { currencyOf, need } from '../core/lookup.ts'
import { leastCharge, money } from '../core/money.ts'
import type { CheckoutSession } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import { checkOneCurrency } from '../customers/currency.ts'
import type { World } from '../world.ts'
import { readPlan } from './plan.ts'
import { totals } from './totals.ts'

const HOUR = 3600
// Stripe's addresses go on for some four hundred characters that its page reads in the browser; now and then that makes them
// longer than a button in Discord may be.
const fragment = (nth: number) => 'fid%2FstandInForStripe'.repeat(20).slice(0, nth % 4 === 3 ? 440 : 390)
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
  const plan = readPlan(world, params, mode, customer?.id ?? null)
  const currency =
    plan.items[0]?.price.currency ?? (params.has('currency') ? currencyOf(params.required('currency')) : null)
  if (mode === 'subscription' && customer && currency) checkOneCurrency(world, customer.id, currency)
  const now = world.now()
  const id = newId('cs')
  const sums = totals(world, plan)
  if (currency && sums.total > 0 && sums.total < leastCharge(currency))
    throw invalid(
      `The Checkout Session's total amount due must add up to at least ${money(leastCharge(currency), currency)} ${currency}`,
      { code: 'amount_too_small' },
    )
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
    url: `${world.origin}/c/pay/${id}#${fragment(world.sessions.size)}`,
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
