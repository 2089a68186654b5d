import type { Api } from '../core/api.ts'
import { unknownParameter } from '../core/api.ts'
import { invalid, missing } from '../core/errors.ts'
import { page } from '../core/list.ts'
import { bury, currencyOf, need } from '../core/lookup.ts'
import { listOf } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import { paymentError } from '../payments/payment-intents.ts'
import { resolveMethod } from '../payments/payment-methods.ts'
import type { World } from '../world.ts'
import {
  closeInvoice,
  collectInvoice,
  finalizeInvoice,
  intentOf,
  markPaid,
  methodFor,
  needsAction,
  notOpen,
  paymentsOf,
} from './collect.ts'
import { draftInvoice } from './draft.ts'

const FIELDS =
  'auto_advance automatic_tax collection_method custom_fields days_until_due default_payment_method description discounts due_date footer metadata payment_settings statement_descriptor'

/** `/v1/invoices` and `/v1/invoice_payments`. */
export function serveInvoices(api: Api, world: World) {
  world.included.set('invoice.payments', id =>
    listOf(`/v1/invoice_payments?invoice=${id}`, paymentsOf(world, id)),
  )
  world.included.set('invoice.confirmation_secret', id => {
    const invoice = world.invoices.get(id)
    const secret = invoice ? intentOf(world, invoice)?.client_secret : undefined
    return secret ? { client_secret: secret, type: 'payment_intent' } : null
  })

  api.on(
    'POST',
    '/v1/invoices',
    `${FIELDS} currency customer pending_invoice_items_behavior subscription`,
    ({ params }) => createInvoice(world, params),
  )
  api.on(
    'GET',
    '/v1/invoices',
    'collection_method created customer due_date limit starting_after ending_before status subscription',
    ({ params }) => {
      const status = params.oneOf('status', ['draft', 'open', 'paid', 'uncollectible', 'void'])
      const subscription = params.text('subscription')
      const customer = params.text('customer')
      if (customer !== undefined && !world.customers.get(customer) && !world.stubs.has(customer))
        need(world.customers, 'customer', customer, 'customer')
      return page(world.invoices, params, {
        url: '/v1/invoices',
        noun: 'invoice',
        owner: customer,
        keep: invoice =>
          (status === undefined || invoice.status === status) &&
          (subscription === undefined || invoice.parent?.subscription_details?.subscription === subscription),
      })
    },
  )
  api.on(
    'GET',
    '/v1/invoices/:id',
    '',
    ({ id }) => world.stubs.get(id) ?? need(world.invoices, 'invoice', id),
  )
  api.on(
    'GET',
    '/v1/invoices/:id/lines',
    'limit starting_after ending_before',
    ({ id }) => need(world.invoices, 'invoice', id).lines,
  )
  api.on('POST', '/v1/invoices/:id', FIELDS, ({ id, params }) => {
    const invoice = need(world.invoices, 'invoice', id)
    world.update('invoice.updated', invoice, () => {
      invoice.metadata = mergedMetadata(invoice.metadata ?? {}, params)
      invoice.description = params.clearable('description') ?? invoice.description
      invoice.auto_advance = params.flag('auto_advance') ?? invoice.auto_advance ?? false
      invoice.default_payment_method =
        params.clearable('default_payment_method') ?? invoice.default_payment_method
    })
    return invoice
  })
  api.on('POST', '/v1/invoices/:id/finalize', 'auto_advance', ({ id }) => {
    const invoice = need(world.invoices, 'invoice', id)
    finalizeInvoice(world, invoice)
    return invoice
  })
  api.on(
    'POST',
    '/v1/invoices/:id/pay',
    'forgive mandate off_session paid_out_of_band payment_method source',
    ({ id, params }) => payInvoice(world, id, params),
  )
  api.on('POST', '/v1/invoices/:id/send', '', ({ id }) => {
    const invoice = need(world.invoices, 'invoice', id)
    if (invoice.status === 'draft') finalizeInvoice(world, invoice)
    world.emit('invoice.sent', invoice)
    return invoice
  })
  api.on('POST', '/v1/invoices/:id/void', '', ({ id }) => {
    const invoice = need(world.invoices, 'invoice', id)
    closeInvoice(world, invoice, 'void')
    return invoice
  })
  api.on('POST', '/v1/invoices/:id/mark_uncollectible', '', ({ id }) => {
    const invoice = need(world.invoices, 'invoice', id)
    closeInvoice(world, invoice, 'uncollectible')
    return invoice
  })
  api.on('DELETE', '/v1/invoices/:id', '', ({ id }) => {
    const invoice = need(world.invoices, 'invoice', id)
    if (invoice.status !== 'draft') throw invalid('You can only delete draft invoices.')
    const stub = bury(world, world.invoices, invoice)
    for (const item of world.invoiceItems.newest(invoice.customer ?? ''))
      if (item.invoice === id) item.invoice = null
    world.emit('invoice.deleted', invoice)
    return stub
  })

  api.on(
    'GET',
    '/v1/invoice_payments',
    'created invoice limit payment starting_after ending_before status',
    ({ params }) => {
      const invoice = params.text('invoice')
      const status = params.oneOf('status', ['canceled', 'open', 'paid'])
      const intent = paymentFilter(params)
      return page(world.invoicePayments, params, {
        url: '/v1/invoice_payments',
        noun: 'invoice_payment',
        owner: invoice,
        keep: payment =>
          (status === undefined || payment.status === status) &&
          (intent === undefined || payment.payment.payment_intent === intent),
      })
    },
  )
  api.on('GET', '/v1/invoice_payments/:id', '', ({ id }) =>
    need(world.invoicePayments, 'invoice_payment', id),
  )
}

// The filter goes by payment intent or payment record; a charge is not one of its choices.
function paymentFilter(params: Reader): string | undefined {
  const payment = params.inside('payment')
  if (!payment) return undefined
  for (const name of Object.keys(payment.raw)) {
    if (!['type', 'payment_intent', 'payment_record'].includes(name)) throw unknownParameter(payment.at(name))
  }
  const type = payment.oneOf('type', ['payment_intent', 'payment_record'])
  if (type === undefined) throw missing(payment.at('type'))
  return payment.required(type)
}

function createInvoice(world: World, params: Reader) {
  const customer = need(world.customers, 'customer', params.required('customer'), 'customer')
  const subscriptionId = params.text('subscription')
  const subscription =
    subscriptionId === undefined
      ? undefined
      : need(world.subscriptions, 'subscription', subscriptionId, 'subscription')
  const pending =
    params.oneOf('pending_invoice_items_behavior', ['exclude', 'include']) === 'include' ||
    subscription !== undefined
  const daysUntilDue = params.integer('days_until_due')
  return draftInvoice(world, {
    customer,
    currency: currencyOf(
      params.text('currency') ?? firstPendingCurrency(world, customer.id) ?? customer.currency ?? 'usd',
    ),
    reason: 'manual',
    pending: pending ? 'all' : 'none',
    autoAdvance: params.flag('auto_advance') ?? false,
    description: params.clearable('description') ?? null,
    metadata: mergedMetadata({}, params),
    sendsInvoice:
      params.oneOf('collection_method', ['charge_automatically', 'send_invoice']) === 'send_invoice',
    ...(subscription ? { subscription } : {}),
    ...(daysUntilDue === undefined ? {} : { daysUntilDue }),
  })
}

function firstPendingCurrency(world: World, customer: string): string | undefined {
  for (const item of world.invoiceItems.newest(customer)) if (item.invoice === null) return item.currency
  return undefined
}

function payInvoice(world: World, id: string, params: Reader) {
  const invoice = need(world.invoices, 'invoice', id)
  if (invoice.status === 'draft') finalizeInvoice(world, invoice)
  else if (invoice.status !== 'open') throw notOpen(invoice)
  if (world.invoices.get(id)?.status === 'paid') return invoice
  if (params.flag('paid_out_of_band')) {
    markPaid(world, invoice, true)
    return invoice
  }
  const given = params.text('payment_method')
  const method =
    given === undefined ? methodFor(world, invoice) : resolveMethod(world, given, 'payment_method')
  if (!method)
    throw invalid(
      'There is no `default_payment_method` set on this Customer or Invoice. Please either supply a payment method or set `default_payment_method` on the Customer.',
      { code: 'missing' },
    )
  const outcome = collectInvoice(world, invoice, method, { isPresent: params.flag('off_session') === false })
  const intent = intentOf(world, invoice)
  if (outcome === 'failed' && intent) throw paymentError(world, intent)
  if (outcome === 'requires_action') throw needsAction(intent)
  return invoice
}
