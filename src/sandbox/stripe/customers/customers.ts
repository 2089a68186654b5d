import { or } from '../catalog/products.ts'
import type { Api } from '../core/api.ts'
import { newId, randomText } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { bury, need } from '../core/lookup.ts'
import { type Customer, listOf } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import { attach, resolveMethod } from '../payments/payment-methods.ts'
import { cancelSubscription } from '../subscriptions/lifecycle.ts'
import type { World } from '../world.ts'
import { addressOf } from './address.ts'
import { searchCustomers } from './search.ts'

const FIELDS =
  'address balance business_name cash_balance default_source description email individual_name invoice_prefix invoice_settings metadata name next_invoice_sequence phone preferred_locales shipping source tax tax_exempt'

/** `/v1/customers`. */
export function serveCustomers(api: Api, world: World) {
  world.included.set('customer.subscriptions', id =>
    listOf(
      `/v1/customers/${id}/subscriptions`,
      [...world.subscriptions.newest(id)].filter(subscription => subscription.status !== 'canceled'),
    ),
  )
  world.included.set('customer.sources', id => listOf(`/v1/customers/${id}/sources`, []))
  world.included.set('customer.tax_ids', id => listOf(`/v1/customers/${id}/tax_ids`, []))

  api.on('POST', '/v1/customers', `${FIELDS} payment_method tax_id_data test_clock`, ({ params }) =>
    createCustomer(world, params),
  )
  api.on(
    'GET',
    '/v1/customers',
    'created email limit starting_after ending_before test_clock',
    ({ params }) => {
      const email = params.text('email')
      return page(world.customers, params, {
        url: '/v1/customers',
        noun: 'customer',
        keep: customer => email === undefined || customer.email === email,
      })
    },
  )
  api.on('GET', '/v1/customers/search', 'query limit page', ({ params }) => searchCustomers(world, params))
  api.on(
    'GET',
    '/v1/customers/:id',
    '',
    ({ id }) => world.stubs.get(id) ?? need(world.customers, 'customer', id),
  )
  api.on('POST', '/v1/customers/:id', FIELDS, ({ id, params }) => {
    const customer = need(world.customers, 'customer', id)
    world.update('customer.updated', customer, () => change(world, customer, params))
    return customer
  })
  api.on('DELETE', '/v1/customers/:id', '', ({ id }) => {
    const customer = need(world.customers, 'customer', id)
    for (const subscription of world.subscriptions.newest(id)) {
      if (subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired')
        cancelSubscription(world, subscription)
    }
    const stub = bury(world, world.customers, customer)
    world.emit('customer.deleted', customer)
    return stub
  })
}

/** Makes a customer of the parameters of `customers.create`. */
function createCustomer(world: World, params: Reader): Customer {
  const customer = newCustomer(world, {
    email: params.clearable('email') ?? null,
    name: params.clearable('name') ?? null,
  })
  const method = params.text('payment_method')
  change(world, customer, params)
  world.customers.add(customer)
  world.emit('customer.created', customer)
  if (method !== undefined) {
    const attached = attach(world, resolveMethod(world, method, 'payment_method'), customer)
    // The same shorthand for the default names the method that was just attached.
    if (customer.invoice_settings.default_payment_method === method)
      customer.invoice_settings.default_payment_method = attached.id
  }
  return customer
}

/** A customer as Checkout makes one, not yet kept. */
export function newCustomer(
  world: World,
  { email, name }: { email: string | null; name: string | null },
): Customer {
  return {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}

function change(world: World, customer: Customer, params: Reader) {
  const settings = params.inside('invoice_settings')
  const method = settings?.clearable('default_payment_method')
  const address = params.inside('address')
  customer.balance = params.integer('balance') ?? customer.balance
  customer.description = or(params.clearable('description'), customer.description)
  customer.email = or(params.clearable('email'), customer.email)
  customer.name = or(params.clearable('name'), customer.name ?? null)
  customer.phone = or(params.clearable('phone'), customer.phone ?? null)
  customer.metadata = mergedMetadata(customer.metadata, params)
  customer.preferred_locales = params.texts('preferred_locales') ?? customer.preferred_locales ?? []
  customer.tax_exempt =
    params.oneOf('tax_exempt', ['exempt', 'none', 'reverse']) ?? customer.tax_exempt ?? 'none'
  if (address) customer.address = addressOf(address)
  if (method !== undefined) {
    if (method !== null && !method.startsWith('pm_card_'))
      need(world.paymentMethods, 'PaymentMethod', method, 'invoice_settings[default_payment_method]')
    customer.invoice_settings.default_payment_method = method
  }
}
