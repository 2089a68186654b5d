import type { Api } from '../core/api.ts'
import { invalid, missing, StripeRefusal } from '../core/errors.ts'
import { newId, randomText } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import type { Customer, PaymentMethod } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import { addressOf } from '../customers/address.ts'
import type { World } from '../world.ts'
import { findTestMethod, type TestMethod } from './test-cards.ts'

/** `/v1/payment_methods` and the older sources of a customer. */
export function servePaymentMethods(api: Api, world: World) {
  const create =
    'type card sepa_debit us_bank_account billing_details metadata allow_redisplay customer payment_method'
  api.on('POST', '/v1/payment_methods', create, ({ params }) => {
    const method = newMethod(world, testMethodOf(params))
    const details = params.inside('billing_details')
    if (details) {
      const address = details.inside('address')
      method.billing_details.email = details.clearable('email') ?? null
      method.billing_details.name = details.clearable('name') ?? null
      method.billing_details.phone = details.clearable('phone') ?? null
      if (address) method.billing_details.address = addressOf(address)
    }
    method.metadata = mergedMetadata({}, params)
    return method
  })
  api.on('GET', '/v1/payment_methods', 'customer type limit starting_after ending_before', ({ params }) => {
    const customer = params.text('customer')
    const type = params.text('type')
    return page(world.paymentMethods, params, {
      url: '/v1/payment_methods',
      noun: 'PaymentMethod',
      keep: method =>
        method.customer !== null &&
        (customer === undefined || method.customer === customer) &&
        (type === undefined || method.type === type),
    })
  })
  api.on('GET', '/v1/payment_methods/:id', '', ({ id }) => resolveMethod(world, id))
  api.on(
    'GET',
    '/v1/customers/:id/payment_methods',
    'type limit starting_after ending_before',
    ({ id, params }) => {
      const customer = need(world.customers, 'customer', id)
      const type = params.text('type')
      return page(world.paymentMethods, params, {
        url: `/v1/customers/${id}/payment_methods`,
        noun: 'PaymentMethod',
        keep: method => method.customer === customer.id && (type === undefined || method.type === type),
      })
    },
  )
  api.on('GET', '/v1/customers/:id/payment_methods/:other', '', ({ id, other }) => {
    const method = need(world.paymentMethods, 'PaymentMethod', other)
    if (method.customer !== id)
      throw invalid(`No such PaymentMethod: '${other}'`, {
        param: 'payment_method',
        code: 'resource_missing',
        status: 404,
      })
    return method
  })
  api.on(
    'POST',
    '/v1/payment_methods/:id',
    'billing_details metadata card allow_redisplay',
    ({ id, params }) => {
      const method = need(world.paymentMethods, 'PaymentMethod', id)
      world.update('payment_method.updated', method, () => {
        method.metadata = mergedMetadata(method.metadata ?? {}, params)
      })
      return method
    },
  )
  api.on('POST', '/v1/payment_methods/:id/attach', 'customer', ({ id, params }) =>
    attach(
      world,
      resolveMethod(world, id),
      need(world.customers, 'customer', params.required('customer'), 'customer'),
    ),
  )
  api.on('POST', '/v1/payment_methods/:id/detach', '', ({ id }) => {
    const method = need(world.paymentMethods, 'PaymentMethod', id)
    if (method.customer === null)
      throw invalid(
        'The payment method you provided is not attached to a customer so detachment is impossible.',
      )
    detach(world, method)
    return method
  })
}

/** A kept payment method by its id, or a fresh one of a test method's name. */
export function resolveMethod(world: World, id: string, param?: string): PaymentMethod {
  const kept = world.paymentMethods.get(id)
  if (kept) return kept
  const test = findTestMethod(id)
  if (!test) return need(world.paymentMethods, 'PaymentMethod', id, param)
  return newMethod(world, test)
}

/** A fresh payment method that behaves like the test method. */
export function newMethod(world: World, test: TestMethod): PaymentMethod {
  const method: PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: test.type,
    ...details(world, test),
  }
  world.paymentMethods.add(method)
  world.behaviours.set(method.id, test.behaviour)
  return method
}

function details(world: World, test: TestMethod): Partial<PaymentMethod> {
  const last4 = test.number.slice(-4)
  if (test.type === 'sepa_debit')
    return {
      sepa_debit: {
        bank_code: '19043',
        branch_code: '',
        country: 'AT',
        fingerprint: randomText(16),
        generated_from: null,
        last4,
      },
    }
  if (test.type === 'us_bank_account')
    return {
      us_bank_account: {
        account_holder_type: 'individual',
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        financial_connections_account: null,
        fingerprint: randomText(16),
        last4,
        networks: { preferred: 'ach', supported: ['ach'] },
        routing_number: '110000000',
        status_details: {},
      },
    }
  return {
    card: {
      brand: test.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: test.brand,
      exp_month: new Date(world.clock.now()).getUTCMonth() + 1,
      exp_year: new Date(world.clock.now()).getUTCFullYear() + 2,
      fingerprint: randomText(16),
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: [test.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  }
}

function testMethodOf(params: Reader): TestMethod {
  const type = params.oneOf('type', ['card', 'sepa_debit', 'us_bank_account'])
  if (!type) throw missing('type')
  const inside = params.inside(type)
  const text =
    inside?.text('token') ?? inside?.text('number') ?? inside?.text('iban') ?? inside?.text('account_number')
  if (text === undefined)
    throw missing(
      `${type}[${type === 'card' ? 'number' : type === 'sepa_debit' ? 'iban' : 'account_number'}]`,
    )
  const test = findTestMethod(text)
  if (test && test.type === type) return test
  if (type === 'card') throw noSuchNumber(params, text)
  if (type === 'sepa_debit') return { name: '', number: text, type, brand: '', behaviour: { kind: 'debits' } }
  return { name: '', number: text, type, brand: '', behaviour: { kind: 'debits' } }
}

function noSuchNumber(params: Reader, text: string) {
  if (text.startsWith('tok_'))
    return invalid(`No such token: '${text}'`, { param: params.at('card[token]'), code: 'resource_missing' })
  return new StripeRefusal(402, {
    type: 'card_error',
    code: 'incorrect_number',
    message: 'Your card number is incorrect.',
    param: 'number',
  })
}

/** Attaches the method to the customer, as Stripe does: a card that its bank declines is refused with 402. */
export function attach(world: World, method: PaymentMethod, customer: Customer): PaymentMethod {
  const behaviour = world.behaviours.get(method.id)
  if (behaviour?.kind === 'declines') throw declined(behaviour)
  if (method.customer === customer.id) return method
  if (method.customer !== null)
    throw invalid('The payment method you provided has already been attached to a customer.', {
      param: 'payment_method',
    })
  method.customer = customer.id
  world.emit('payment_method.attached', method)
  return method
}

/** Takes the method off its customer, wherever it was the default. */
function detach(world: World, method: PaymentMethod) {
  const customer = method.customer === null ? undefined : world.customers.get(method.customer)
  method.customer = null
  world.emit('payment_method.detached', method)
  if (customer?.invoice_settings.default_payment_method === method.id) {
    world.update('customer.updated', customer, () => {
      customer.invoice_settings.default_payment_method = null
    })
  }
}

/** The card error that a bank's refusal is answered with. */
function declined({
  code,
  declineCode,
  message,
}: {
  code: string
  declineCode?: string
  message: string
}): StripeRefusal {
  return new StripeRefusal(402, {
    type: 'card_error',
    code,
    ...(declineCode === undefined ? {} : { decline_code: declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
    message,
  })
}
