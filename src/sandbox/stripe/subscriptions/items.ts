import { createPrice } from '../catalog/prices.ts'
import { invalid } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { need } from '../core/lookup.ts'
import { money } from '../core/money.ts'
import type { InvoiceLine, Plan, Price, Subscription, SubscriptionItem } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'

/** What a subscription is made of, before it has items of its own. */
export interface Chosen {
  price: Price
  quantity: number
  metadata?: Record<string, string>
}

/** Reads `items` of a new subscription. Throws Stripe's refusal for a price that can't be subscribed to. */
export function chosenItems(world: World, items: Reader[]): Chosen[] {
  return items.map(item => {
    const metadata = mergedMetadata({}, item)
    return { price: recurringPrice(world, item), quantity: item.integer('quantity') ?? 1, metadata }
  })
}

/** The price that an item names, or makes with `price_data`; it must be active and recurring. */
export function recurringPrice(world: World, item: Reader): Price {
  const fresh = item.inside('price_data')
  const price = fresh
    ? createPrice(world, fresh)
    : need(world.prices, 'price', item.text('price') ?? item.required('plan'), item.at('price'))
  if (!price.active)
    throw invalid('The price specified is inactive. This field only accepts active prices.', {
      param: item.at('price'),
    })
  if (!price.recurring)
    throw invalid(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param: item.at('price') },
    )
  return price
}

/** All prices of a subscription bill in one currency and one rhythm. Throws Stripe's refusal otherwise. */
export function checkTogether(prices: readonly Price[]) {
  const [first, ...others] = prices
  for (const price of others) {
    if (price.currency !== first?.currency)
      throw invalid(
        `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${first?.currency}\`.`,
      )
    if (
      price.recurring?.interval !== first.recurring?.interval ||
      price.recurring?.interval_count !== first.recurring?.interval_count
    )
      throw invalid(
        'Currently, all plans on a subscription must use the same billing interval. (The plans you selected have different intervals.)',
      )
  }
}

/** An item of a subscription, for one period. */
export function newItem(
  world: World,
  subscription: string,
  chosen: Chosen,
  period: { start: number; end: number },
): SubscriptionItem {
  return world.subscriptionItems.add({
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: world.now(),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: chosen.metadata ?? {},
    plan: planOf(chosen.price),
    price: chosen.price,
    quantity: chosen.quantity,
    subscription,
    tax_rates: [],
  })
}

/** The older shape of the same price, which items still carry. */
export function planOf(price: Price): Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: null,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: price.recurring?.usage_type ?? 'licensed',
  }
}

/** What an item costs for one period, in the currency's smallest unit. */
export function itemAmount(item: { price: Price; quantity?: number }): number {
  return Math.round(Number(item.price.unit_amount_decimal ?? 0) * (item.quantity ?? 1))
}

/** The lines of a subscription's invoice for one period; during a trial they cost nothing. */
export function periodLines(
  world: World,
  subscription: Subscription,
  period: { start: number; end: number },
): InvoiceLine[] {
  const isTrial = subscription.status === 'trialing'
  return subscription.items.data.map(item => {
    const amount = isTrial ? 0 : itemAmount(item)
    const name = world.products.get(item.price.product)?.name ?? item.price.product
    const cost = money(Number(item.price.unit_amount_decimal ?? 0), item.price.currency)
    return {
      id: newId('il'),
      object: 'line_item',
      amount,
      currency: item.price.currency,
      description: isTrial
        ? `Trial period for ${name}`
        : `${item.quantity ?? 1} × ${name} (at ${cost} / ${item.price.recurring?.interval})`,
      discount_amounts: [],
      discountable: true,
      discounts: [],
      invoice: null,
      livemode: false,
      metadata: { ...subscription.metadata },
      parent: {
        type: 'subscription_item_details',
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: null,
          proration: false,
          proration_details: null,
          subscription: subscription.id,
          subscription_item: item.id,
        },
      },
      period,
      pretax_credit_amounts: [],
      pricing: {
        type: 'price_details',
        price_details: { price: item.price.id, product: item.price.product },
        unit_amount_decimal: item.price.unit_amount_decimal,
      },
      quantity: item.quantity ?? 1,
      quantity_decimal: String(item.quantity ?? 1),
      subscription: subscription.id,
      subtotal: amount,
      taxes: [],
    }
  })
}
