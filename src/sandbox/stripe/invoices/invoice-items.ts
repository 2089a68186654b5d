import type { Api } from '../core/api.ts'
import { invalid } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { bury, currencyOf, need } from '../core/lookup.ts'
import type { InvoiceItem, Price } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'
import { addItem } from './draft.ts'
import { reckon } from './totals.ts'

/** `/v1/invoiceitems`. */
export function serveInvoiceItems(api: Api, world: World) {
  const create =
    'amount currency customer description discountable discounts invoice metadata period price_data pricing quantity quantity_decimal subscription tax_behavior tax_code tax_rates unit_amount_decimal'
  api.on('POST', '/v1/invoiceitems', create, ({ params }) => {
    const item = createItem(world, params)
    const target = params.text('invoice')
    if (target !== undefined) {
      const invoice = need(world.invoices, 'invoice', target, 'invoice')
      if (invoice.status !== 'draft')
        throw invalid('You can only add invoice items to draft invoices.', { param: 'invoice' })
      addItem(invoice, item)
      reckon(world, invoice)
    }
    world.emit('invoiceitem.created', item)
    return item
  })
  api.on(
    'GET',
    '/v1/invoiceitems',
    'created customer invoice limit pending starting_after ending_before',
    ({ params }) => {
      const invoice = params.text('invoice')
      const pending = params.flag('pending')
      return page(world.invoiceItems, params, {
        url: '/v1/invoiceitems',
        noun: 'invoiceitem',
        owner: params.text('customer'),
        keep: item =>
          (invoice === undefined || item.invoice === invoice) &&
          (pending === undefined || (item.invoice === null) === pending),
      })
    },
  )
  api.on('GET', '/v1/invoiceitems/:id', '', ({ id }) => need(world.invoiceItems, 'invoiceitem', id))
  api.on('DELETE', '/v1/invoiceitems/:id', '', ({ id }) => {
    const item = need(world.invoiceItems, 'invoiceitem', id)
    if (item.invoice !== null)
      throw invalid('You can only delete invoice items that are not attached to an invoice.')
    const stub = bury(world, world.invoiceItems, item)
    world.emit('invoiceitem.deleted', item)
    return stub
  })
}

function createItem(world: World, params: Reader): InvoiceItem {
  const customer = need(world.customers, 'customer', params.required('customer'), 'customer')
  const priceId = params.inside('pricing')?.text('price')
  const price = priceId === undefined ? undefined : need(world.prices, 'price', priceId, 'pricing[price]')
  const quantity = params.integer('quantity') ?? 1
  const unit = price?.unit_amount ?? Number(params.text('unit_amount_decimal') ?? Number.NaN)
  const amount = params.integer('amount') ?? unit * quantity
  if (Number.isNaN(amount))
    throw invalid('You must specify one of: amount, pricing, price_data.', { code: 'parameter_missing' })
  const subscription = params.text('subscription')
  if (subscription !== undefined) need(world.subscriptions, 'subscription', subscription, 'subscription')
  const period = params.inside('period')
  return addInvoiceItem(world, {
    customer: customer.id,
    currency: price?.currency ?? currencyOf(params.text('currency') ?? customer.currency ?? 'usd'),
    amount,
    quantity,
    price,
    description: params.clearable('description') ?? null,
    subscription,
    metadata: mergedMetadata({}, params),
    period: { start: period?.integer('start') ?? world.now(), end: period?.integer('end') ?? world.now() },
    isProration: false,
  })
}

/** What an invoice item is made of; times are seconds. */
export interface ItemOf {
  customer: string
  currency: string
  amount: number
  quantity: number
  description: string | null
  period: { start: number; end: number }
  isProration: boolean
  price?: Price | undefined
  subscription?: string | undefined
  metadata?: Record<string, string>
}

/** Keeps an item that waits for the customer's next invoice, not yet announced. */
export function addInvoiceItem(world: World, of: ItemOf): InvoiceItem {
  const unit = of.price?.unit_amount_decimal ?? String(of.amount)
  return world.invoiceItems.add({
    id: newId('ii'),
    object: 'invoiceitem',
    amount: of.amount,
    currency: of.currency,
    customer: of.customer,
    customer_account: null,
    date: world.now(),
    description: of.description,
    discountable: !of.isProration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: of.metadata ?? {},
    net_amount: of.amount,
    parent:
      of.subscription === undefined
        ? null
        : { type: 'subscription_details', subscription_details: { subscription: of.subscription } },
    period: of.period,
    pricing: {
      type: 'price_details',
      unit_amount_decimal: unit,
      ...(of.price ? { price_details: { price: of.price.id, product: of.price.product } } : {}),
    },
    proration: of.isProration,
    quantity: of.quantity,
    quantity_decimal: String(of.quantity),
    tax_rates: [],
    test_clock: null,
  })
}
