import type { Api } from '../core/api.ts'
import { invalid, StripeRefusal } from '../core/errors.ts'
import { newId, randomText } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { currencyOf, need } from '../core/lookup.ts'
import type { PaymentIntent } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'
import { attach, resolveMethod } from './payment-methods.ts'
import { takePayment } from './take-payment.ts'

const FIELDS =
  'amount currency customer description metadata payment_method payment_method_types receipt_email setup_future_usage shipping statement_descriptor statement_descriptor_suffix payment_method_options automatic_payment_methods transfer_data transfer_group application_fee_amount'

/** `/v1/payment_intents`. */
export function servePaymentIntents(api: Api, world: World) {
  const create = `${FIELDS} capture_method confirm confirmation_method off_session return_url error_on_requires_action mandate_data use_stripe_sdk payment_method_data`
  api.on('POST', '/v1/payment_intents', create, ({ params }) => {
    const amount = params.integer('amount')
    if (amount === undefined)
      throw invalid('Missing required param: amount.', { param: 'amount', code: 'parameter_missing' })
    const customer = params.text('customer')
    if (customer !== undefined) need(world.customers, 'customer', customer, 'customer')
    const intent = newPaymentIntent(world, {
      amount,
      currency: currencyOf(params.required('currency')),
      customer: customer ?? null,
    })
    intent.description = params.clearable('description') ?? null
    intent.metadata = mergedMetadata({}, params)
    intent.payment_method_types = params.texts('payment_method_types') ?? ['card', 'link']
    intent.setup_future_usage = params.oneOf('setup_future_usage', ['off_session', 'on_session']) ?? null
    const method = params.text('payment_method')
    if (method !== undefined) {
      intent.payment_method = resolveMethod(world, method, 'payment_method').id
      intent.status = 'requires_confirmation'
    }
    world.emit('payment_intent.created', intent)
    if (params.flag('confirm')) confirm(world, intent, params)
    return intent
  })
  api.on('GET', '/v1/payment_intents', 'created customer limit starting_after ending_before', ({ params }) =>
    page(world.paymentIntents, params, {
      url: '/v1/payment_intents',
      noun: 'payment_intent',
      owner: params.text('customer'),
    }),
  )
  api.on('GET', '/v1/payment_intents/:id', 'client_secret', ({ id }) =>
    need(world.paymentIntents, 'payment_intent', id),
  )
  api.on('POST', '/v1/payment_intents/:id', FIELDS, ({ id, params }) => {
    const intent = need(world.paymentIntents, 'payment_intent', id)
    intent.metadata = mergedMetadata(intent.metadata, params)
    intent.description = params.clearable('description') ?? intent.description
    world.touch(intent)
    return intent
  })
  const confirming =
    'payment_method return_url off_session error_on_requires_action mandate_data use_stripe_sdk payment_method_options payment_method_types receipt_email setup_future_usage shipping'
  api.on('POST', '/v1/payment_intents/:id/confirm', confirming, ({ id, params }) => {
    const intent = need(world.paymentIntents, 'payment_intent', id)
    const method = params.text('payment_method')
    if (method !== undefined) intent.payment_method = resolveMethod(world, method, 'payment_method').id
    confirm(world, intent, params)
    return intent
  })
  api.on('POST', '/v1/payment_intents/:id/cancel', 'cancellation_reason', ({ id, params }) => {
    const intent = need(world.paymentIntents, 'payment_intent', id)
    if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent, 'cancel')
    cancelIntent(
      world,
      intent,
      params.oneOf('cancellation_reason', [
        'abandoned',
        'duplicate',
        'fraudulent',
        'requested_by_customer',
      ]) ?? null,
    )
    return intent
  })
}

function confirm(world: World, intent: PaymentIntent, params: Reader) {
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent, 'confirm')
  if (intent.payment_method === null)
    throw invalid(
      'You cannot confirm this PaymentIntent because it’s missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.',
      { code: 'payment_intent_unexpected_state' },
    )
  const outcome = takePayment(
    world,
    intent,
    need(world.paymentMethods, 'PaymentMethod', intent.payment_method),
    { isPresent: params.flag('off_session') !== true },
  )
  if (outcome === 'failed') throw paymentError(world, intent)
  const customer = intent.customer === null ? undefined : world.customers.get(intent.customer)
  if (intent.setup_future_usage && customer && intent.payment_method)
    attach(world, need(world.paymentMethods, 'PaymentMethod', intent.payment_method), customer)
}

/** What the API answers when the payment failed: the card error with the payment intent inside. */
export function paymentError(world: World, intent: PaymentIntent): StripeRefusal {
  const error = intent.last_payment_error
  return new StripeRefusal(402, {
    type: 'card_error',
    ...(error?.code === undefined ? {} : { code: error.code }),
    ...(error?.decline_code === undefined ? {} : { decline_code: error.decline_code }),
    ...(intent.latest_charge === null ? {} : { charge: intent.latest_charge }),
    message: error?.message ?? 'Your card was declined.',
    payment_intent: { ...intent },
    payment_method: intent.payment_method === null ? null : world.paymentMethods.get(intent.payment_method),
  })
}

function unexpectedState(intent: PaymentIntent, verb: string) {
  return invalid(`You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`, {
    code: 'payment_intent_unexpected_state',
  })
}

/** Ends a payment intent that nobody will pay. */
export function cancelIntent(
  world: World,
  intent: PaymentIntent,
  reason: PaymentIntent['cancellation_reason'],
) {
  intent.status = 'canceled'
  intent.canceled_at = world.now()
  intent.cancellation_reason = reason
  intent.next_action = null
  world.emit('payment_intent.canceled', intent)
}

/** A payment intent that waits for a payment method, not yet announced. */
export function newPaymentIntent(
  world: World,
  of: { amount: number; currency: string; customer: string | null; description?: string },
): PaymentIntent {
  if (of.amount < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      param: 'amount',
      code: 'parameter_invalid_integer',
    })
  const id = newId('pi')
  return world.paymentIntents.add({
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: of.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: world.now(),
    currency: of.currency,
    customer: of.customer,
    customer_account: null,
    description: of.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  })
}
