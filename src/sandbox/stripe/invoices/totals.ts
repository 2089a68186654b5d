import type { Coupon, Discount, Invoice } from '../core/objects.ts'
import type { World } from '../world.ts'

/** Works the invoice's sums out of its lines, discounts and the customer's balance. */
export function reckon(world: World, invoice: Invoice) {
  const subtotal = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0)
  for (const line of invoice.lines.data) line.discount_amounts = []
  const amounts: { amount: number; discount: string }[] = []
  let left = subtotal
  for (const id of invoice.discounts) {
    const discount = world.discounts.get(id)
    const coupon = discount ? couponOf(world, discount) : undefined
    if (!discount || !coupon) continue
    const amount = discountOn(invoice, coupon, left)
    left -= amount
    amounts.push({ amount, discount: id })
    const first = invoice.lines.data.find(line => line.discountable)
    first?.discount_amounts?.push({ amount, discount: id })
  }
  const starting = invoice.starting_balance
  invoice.subtotal = subtotal
  invoice.subtotal_excluding_tax = subtotal
  invoice.total_discount_amounts = amounts
  invoice.total_pretax_credit_amounts = amounts.map(each => ({ ...each, type: 'discount' }))
  invoice.total = left
  invoice.total_excluding_tax = left
  // A negative balance is credit the customer has; what is above zero is owed with the next invoice.
  invoice.amount_due = Math.max(0, left + starting)
  invoice.amount_remaining = invoice.amount_due - invoice.amount_paid
}

/** The coupon behind a discount, also when it was deleted meanwhile: who has it keeps it. */
function couponOf(world: World, discount: Discount): Coupon | undefined {
  return discount.source.coupon === null ? undefined : world.keptCoupons.get(discount.source.coupon)
}

function discountOn(invoice: Invoice, coupon: Coupon, left: number): number {
  const products = coupon.applies_to?.products
  const eligible = invoice.lines.data
    .filter(
      line =>
        line.discountable && (!products || products.includes(line.pricing?.price_details?.product ?? '')),
    )
    .reduce((sum, line) => sum + line.amount, 0)
  const wanted =
    coupon.percent_off === null
      ? coupon.currency === invoice.currency
        ? (coupon.amount_off ?? 0)
        : 0
      : Math.round((eligible * coupon.percent_off) / 100)
  return Math.max(0, Math.min(wanted, eligible, left))
}
