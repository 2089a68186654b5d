import { invalid } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { bury } from '../core/lookup.ts'
import type { InvoiceItem, Subscription, SubscriptionItem } from '../core/objects.ts'
import type { Reader } from '../core/params.ts'
import { collectInvoice, finalizeInvoice, methodFor } from '../invoices/collect.ts'
import { draftInvoice } from '../invoices/draft.ts'
import { addInvoiceItem } from '../invoices/invoice-items.ts'
import type { World } from '../world.ts'
import { periodEnd } from './calendar.ts'
import { checkTogether, itemAmount, newItem, periodLines, planOf, recurringPrice } from './items.ts'
import { currentEnd, dropSpentDiscounts, watch } from './lifecycle.ts'

/** What a change of plan does with the rest of the period. */
export type Proration = 'create_prorations' | 'always_invoice' | 'none'

/**
 * Changes prices and quantities. With the same rhythm the rest of the period is prorated onto the next invoice (or billed at
 * once); with another rhythm a new period begins now and is billed at once (docs.stripe.com/billing/subscriptions/prorations).
 */
export function changeItems(
  world: World,
  subscription: Subscription,
  changes: Reader[],
  { proration, restarts }: { proration: Proration; restarts: boolean },
) {
  const before = subscription.items.data.map(item => ({ price: item.price, quantity: item.quantity ?? 1 }))
  const rhythm = rhythmOf(subscription)
  const now = world.now()
  const oldEnd = currentEnd(subscription)
  const oldStart = subscription.items.data[0]?.current_period_start ?? now
  const share = oldEnd > oldStart ? Math.max(0, oldEnd - now) / (oldEnd - oldStart) : 0

  for (const change of changes) applyChange(world, subscription, change, { start: oldStart, end: oldEnd })
  if (subscription.items.data.length === 0)
    throw invalid(
      'A subscription must have at least one active plan. To cancel the subscription, please use the cancel API endpoint on subscriptions.',
    )
  checkTogether(subscription.items.data.map(item => item.price))
  if (subscription.status === 'trialing') return () => {}

  const beginsAnew = restarts || rhythm !== rhythmOf(subscription)
  const items: InvoiceItem[] = []
  if (proration !== 'none') {
    for (const old of before) items.push(prorated(world, subscription, old, -share, 'Unused time on', oldEnd))
    if (!beginsAnew)
      for (const item of subscription.items.data)
        items.push(prorated(world, subscription, item, share, 'Remaining time on', oldEnd))
  }
  if (beginsAnew) restart(subscription, now)
  return () => {
    for (const item of items) world.emit('invoiceitem.created', item)
    if (beginsAnew) billNow(world, subscription, true)
    else if (proration === 'always_invoice') billNow(world, subscription, false)
    watch(world, subscription)
  }
}

function rhythmOf(subscription: Subscription): string {
  const recurring = subscription.items.data[0]?.price.recurring
  return `${recurring?.interval}/${recurring?.interval_count}`
}

function applyChange(
  world: World,
  subscription: Subscription,
  change: Reader,
  period: { start: number; end: number },
) {
  const id = change.text('id')
  const items = subscription.items.data
  if (id === undefined) {
    const price = recurringPrice(world, change)
    if (items.some(item => item.price.id === price.id))
      throw invalid(`Cannot add multiple subscription items with the same plan: ${price.id}`, {
        param: change.at('price'),
      })
    items.push(newItem(world, subscription.id, { price, quantity: change.integer('quantity') ?? 1 }, period))
    return
  }
  const item = items.find(each => each.id === id)
  if (!item)
    throw invalid(`No such subscription_item: '${id}'`, { param: change.at('id'), code: 'resource_missing' })
  if (change.flag('deleted')) {
    items.splice(items.indexOf(item), 1)
    bury(world, world.subscriptionItems, item)
    return
  }
  if (change.has('price') || change.has('price_data') || change.has('plan')) {
    const price = recurringPrice(world, change)
    if (price.currency !== subscription.currency)
      throw invalid(
        `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${subscription.currency}\`.`,
        { param: change.at('price') },
      )
    item.price = price
    item.plan = planOf(price)
  }
  item.quantity = change.integer('quantity') ?? item.quantity ?? 1
}

function prorated(
  world: World,
  subscription: Subscription,
  item: Pick<SubscriptionItem, 'price' | 'quantity'>,
  share: number,
  words: string,
  until: number,
): InvoiceItem {
  const now = world.now()
  const name = world.products.get(item.price.product)?.name ?? item.price.product
  const day = new Date(now * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return addInvoiceItem(world, {
    customer: subscription.customer,
    currency: subscription.currency,
    amount: Math.round(itemAmount(item) * share),
    quantity: item.quantity ?? 1,
    description: `${words} ${name} after ${day}`,
    period: { start: now, end: until },
    isProration: true,
    price: item.price,
    subscription: subscription.id,
  })
}

/** A new period begins now, and with it a new rhythm. */
function restart(subscription: Subscription, now: number) {
  const recurring = subscription.items.data[0]?.price.recurring
  const end = periodEnd(now, recurring?.interval ?? 'month', recurring?.interval_count ?? 1, now)
  subscription.billing_cycle_anchor = now
  for (const item of subscription.items.data) {
    item.current_period_start = now
    item.current_period_end = end
  }
}

/** Bills what waits for the subscription's next invoice at once, with the period that began when `withPeriod`. */
function billNow(world: World, subscription: Subscription, withPeriod: boolean) {
  const customer = world.customers.get(subscription.customer)
  if (!customer) return
  const item = subscription.items.data[0]
  const period = {
    start: item?.current_period_start ?? world.now(),
    end: item?.current_period_end ?? world.now(),
  }
  const id = newId('in')
  world.update('customer.subscription.updated', subscription, () => {
    subscription.latest_invoice = id
  })
  const invoice = draftInvoice(world, {
    id,
    customer,
    currency: subscription.currency,
    reason: 'subscription_update',
    subscription,
    discounts: [...subscription.discounts],
    lines: withPeriod ? periodLines(world, subscription, period) : [],
    sendsInvoice: subscription.collection_method === 'send_invoice',
  })
  dropSpentDiscounts(world, subscription)
  finalizeInvoice(world, invoice)
  if (world.invoices.get(id)?.status !== 'open' || invoice.collection_method === 'send_invoice') return
  collectInvoice(world, invoice, methodFor(world, invoice), { isPresent: false })
}
