import type { Api } from '../core/api.ts'
import { newId, randomText } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import type { SetupIntent } from '../core/objects.ts'
import { mergedMetadata } from '../core/params.ts'
import type { World } from '../world.ts'
import { attach, resolveMethod } from './payment-methods.ts'

/** `/v1/setup_intents`. */
export function serveSetupIntents(api: Api, world: World) {
  api.on(
    'POST',
    '/v1/setup_intents',
    'automatic_payment_methods confirm customer description metadata payment_method payment_method_types return_url usage',
    ({ params }) => {
      const customerId = params.text('customer')
      const customer =
        customerId === undefined ? undefined : need(world.customers, 'customer', customerId, 'customer')
      const given = params.text('payment_method')
      const method = given === undefined ? undefined : resolveMethod(world, given, 'payment_method')
      const isDone = method !== undefined && params.flag('confirm') === true
      if (isDone && customer) attach(world, method, customer)
      const intent = newSetupIntent(world, {
        customer: customer?.id ?? null,
        method: method?.id ?? null,
        status: isDone ? 'succeeded' : method ? 'requires_confirmation' : 'requires_payment_method',
      })
      intent.metadata = mergedMetadata({}, params)
      intent.description = params.clearable('description') ?? null
      return intent
    },
  )
  api.on(
    'GET',
    '/v1/setup_intents',
    'created customer limit payment_method starting_after ending_before',
    ({ params }) =>
      page(world.setupIntents, params, {
        url: '/v1/setup_intents',
        noun: 'setup_intent',
        owner: params.text('customer'),
      }),
  )
  api.on('GET', '/v1/setup_intents/:id', 'client_secret', ({ id }) =>
    need(world.setupIntents, 'setup_intent', id),
  )
  api.on('POST', '/v1/setup_intents/:id/cancel', 'cancellation_reason', ({ id }) => {
    const intent = need(world.setupIntents, 'setup_intent', id)
    intent.status = 'canceled'
    world.emit('setup_intent.canceled', intent)
    return intent
  })
}

/** A setup intent, told with its events. */
export function newSetupIntent(
  world: World,
  of: { customer: string | null; method: string | null; status: SetupIntent['status'] },
): SetupIntent {
  const id = newId('seti')
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: world.now(),
    customer: of.customer,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: of.method,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: of.status,
    usage: 'off_session',
  }
  world.setupIntents.add(intent)
  world.emit('setup_intent.created', intent)
  if (of.status === 'succeeded') world.emit('setup_intent.succeeded', intent)
  return intent
}
