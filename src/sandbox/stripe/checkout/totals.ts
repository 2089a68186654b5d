import { newId } from '../core/ids.ts'
import type { CheckoutSession, Coupon, LineItem } from '../core/objects.ts'
import { itemAmount } from '../subscriptions/items.ts'
import type { CheckoutPlan, World } from '../world.ts'

/** Sums in the currency's smallest unit. */
export interface Totals {
  subtotal: number
  discount: number
  total: number
}

/** What is due today for what a session sells: recurring items cost nothing during a trial. */
export function totals(world: World, plan: CheckoutPlan): Totals {
  const isTrial = plan.subscription.trialEnd !== undefined
  const subtotal = plan.items.reduce(
    (sum, item) => sum + (isTrial && item.price.recurring ? 0 : itemAmount(item)),
    0,
  )
  const coupon = plan.coupon === undefined ? undefined : world.coupons.get(plan.coupon)
  const discount = coupon ? couponAmount(coupon, subtotal, plan.items[0]?.price.currency ?? '') : 0
  return { subtotal, discount, total: subtotal - discount }
}

/** What a coupon takes off an amount. */
function couponAmount(coupon: Coupon, amount: number, currency: string): number {
  const off =
    coupon.percent_off === null
      ? coupon.currency === currency
        ? (coupon.amount_off ?? 0)
        : 0
      : Math.round((amount * coupon.percent_off) / 100)
  return Math.min(off, amount)
}

/** The session's items as Stripe lists them. */
export function lineItems(world: World, plan: CheckoutPlan): LineItem[] {
  const { subtotal, discount } = totals(world, plan)
  return plan.items.map(({ price, quantity }) => {
    const amount =
      plan.subscription.trialEnd !== undefined && price.recurring ? 0 : itemAmount({ price, quantity })
    const off = subtotal === 0 ? 0 : Math.round((discount * amount) / subtotal)
    return {
      id: newId('li'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: off,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount - off,
      currency: price.currency,
      description: world.products.get(price.product)?.name ?? null,
      metadata: {},
      price,
      quantity,
    }
  })
}

/** What a session sells. Every session has its plan from the start. */
export function planOf(world: World, session: CheckoutSession): CheckoutPlan {
  const plan = world.plans.get(session.id)
  if (!plan) throw new Error(`session ${session.id} has lost its plan`)
  return plan
}
