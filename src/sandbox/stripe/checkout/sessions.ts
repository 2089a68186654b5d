import type { Api } from '../core/api.ts'
import { invalid, StripeRefusal } from '../core/errors.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import { type CheckoutSession, listOf } from '../core/objects.ts'
import { mergedMetadata } from '../core/params.ts'
import { findTestMethod, type TestMethod } from '../payments/test-cards.ts'
import type { World } from '../world.ts'
import { completeSession } from './complete.ts'
import { createSession, expireSession } from './create.ts'
import { lineItems, planOf } from './totals.ts'

const CREATE =
  'adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types automatic_tax billing_address_collection branding_settings cancel_url client_reference_id consent_collection currency custom_fields custom_text customer customer_account customer_creation customer_email customer_update discounts excluded_payment_method_types expires_at integration_identifier invoice_creation line_items locale managed_payments metadata mode name_collection optional_items origin_context payment_intent_data payment_method_collection payment_method_configuration payment_method_data payment_method_options payment_method_types permissions phone_number_collection redirect_on_completion return_url saved_payment_method_options setup_intent_data shipping_address_collection shipping_options submit_type subscription_data success_url tax_id_collection ui_mode wallet_options'

/** `/v1/checkout/sessions`, and the payment page that the Stripe CLI pays by. */
export function serveCheckout(api: Api, world: World) {
  const find = (id: string) => need(world.sessions, 'checkout.session', id)
  world.included.set('checkout.session.line_items', id =>
    listOf(`/v1/checkout/sessions/${id}/line_items`, lineItems(world, planOf(world, find(id)))),
  )
  api.on('POST', '/v1/checkout/sessions', CREATE, ({ params }) => createSession(world, params))
  const list =
    'created customer customer_details limit payment_intent payment_link starting_after ending_before status subscription'
  api.on('GET', '/v1/checkout/sessions', list, ({ params }) => {
    const customer = params.text('customer')
    const status = params.oneOf('status', ['complete', 'expired', 'open'])
    const subscription = params.text('subscription')
    const intent = params.text('payment_intent')
    const email = params.inside('customer_details')?.text('email')
    const keep = (session: CheckoutSession) =>
      (customer === undefined || session.customer === customer) &&
      (status === undefined || session.status === status) &&
      (subscription === undefined || session.subscription === subscription) &&
      (intent === undefined || session.payment_intent === intent) &&
      (email === undefined || session.customer_details?.email === email)
    return page(world.sessions, params, { url: '/v1/checkout/sessions', noun: 'checkout.session', keep })
  })
  api.on('GET', '/v1/checkout/sessions/:id', '', ({ id }) => find(id))
  api.on(
    'POST',
    '/v1/checkout/sessions/:id',
    'collected_information line_items metadata shipping_options',
    ({ id, params }) => {
      const session = find(id)
      if (session.status !== 'open' && !params.has('metadata'))
        throw invalid(
          `Only Checkout Sessions with a status in ["open"] can be updated. This Checkout Session has a status of \`${session.status}\`.`,
        )
      session.metadata = mergedMetadata(session.metadata ?? {}, params)
      world.touch(session)
      return session
    },
  )
  api.on('POST', '/v1/checkout/sessions/:id/expire', '', ({ id }) => {
    const session = find(id)
    if (session.status !== 'open')
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
      )
    expireSession(world, session)
    return session
  })
  api.on('GET', '/v1/checkout/sessions/:id/line_items', 'limit starting_after ending_before', ({ id }) =>
    listOf(`/v1/checkout/sessions/${id}/line_items`, lineItems(world, planOf(world, find(id)))),
  )

  api.on('GET', '/v1/payment_pages/:id', 'key', ({ id }) => paymentPage(find(id)))
  api.on(
    'POST',
    '/v1/payment_pages/:id/confirm',
    'payment_method expected_amount key return_url expected_payment_method_type',
    ({ id, params }) => {
      const session = find(id)
      const expected = params.integer('expected_amount')
      if (expected !== undefined && expected !== session.amount_total)
        throw invalid('The calculated amount did not match the expected amount.', {
          code: 'checkout_amount_mismatch',
          param: 'expected_amount',
        })
      const paid = completeSession(world, session, {
        method: testMethodOf(world, params.required('payment_method')),
        isAuthenticated: true,
      })
      if (paid.outcome === 'declined')
        throw new StripeRefusal(402, { type: 'card_error', code: 'card_declined', message: paid.message })
      if (paid.outcome === 'closed') throw invalid(paid.message, { code: 'payment_pages_already_completed' })
      return paymentPage(session)
    },
  )
}

function paymentPage(session: CheckoutSession) {
  return {
    id: session.id,
    object: 'checkout.session',
    session_id: session.id,
    status: session.status,
    state: session.status === 'open' ? 'active' : 'succeeded',
    payment_status: session.payment_status,
    success_url: session.success_url,
  }
}

// The payment page takes a method made before; what it behaves like is what a fresh one must.
function testMethodOf(world: World, id: string): TestMethod {
  const known = findTestMethod(id)
  if (known) return known
  const method = need(world.paymentMethods, 'PaymentMethod', id, 'payment_method')
  return {
    name: id,
    number: method.card?.last4 ?? method.sepa_debit?.last4 ?? method.us_bank_account?.last4 ?? '',
    type: method.sepa_debit ? 'sepa_debit' : method.us_bank_account ? 'us_bank_account' : 'card',
    brand: method.card?.brand ?? '',
    behaviour: world.behaviours.get(id) ?? { kind: 'pays' },
  }
}
