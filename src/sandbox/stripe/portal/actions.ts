import type { Customer, Invoice, PaymentMethod, PortalSession, Price, Subscription } from '../core/objects.ts'
import { read } from '../core/params.ts'
import { collectInvoice, methodFor } from '../invoices/collect.ts'
import { attach, newMethod } from '../payments/payment-methods.ts'
import type { PaymentOutcome } from '../payments/take-payment.ts'
import type { TestMethod } from '../payments/test-cards.ts'
import { cancelSubscription, currentEnd, hasEnded, watch } from '../subscriptions/lifecycle.ts'
import { endAt, keepOn, updateSubscription } from '../subscriptions/update.ts'
import type { World } from '../world.ts'

/** What the portal shows of its customer. */
export interface PortalView {
  customer: Customer
  subscriptions: Subscription[]
  invoices: Invoice[]
  methods: PaymentMethod[]
  /** The prices that the configuration lets the customer change to. */
  prices: Price[]
}

/** The customer behind a portal link with all that its page shows. */
export function portalView(world: World, session: PortalSession): PortalView | undefined {
  const customer = world.customers.get(session.customer)
  if (!customer) return undefined
  const offers = world.offers.get(session.configuration) ?? []
  return {
    customer,
    subscriptions: [...world.subscriptions.newest(customer.id)].filter(each => !hasEnded(each)),
    invoices: [...world.invoices.newest(customer.id)].filter(each => each.status !== 'draft'),
    methods: [...world.paymentMethods.newest()].filter(each => each.customer === customer.id),
    prices: offers.flatMap(offer => offer.prices).flatMap(id => world.prices.get(id) ?? []),
  }
}

/** Cancels as the portal does: with flexible billing the end is a date, and `cancel_at_period_end` stays false. */
export function cancelInPortal(world: World, subscription: Subscription, when: 'now' | 'at_period_end') {
  if (when === 'now') return cancelSubscription(world, subscription)
  world.update('customer.subscription.updated', subscription, () => {
    const isFlexible = subscription.billing_mode.type === 'flexible'
    endAt(subscription, currentEnd(subscription), world.now(), !isFlexible)
  })
  watch(world, subscription)
}

/** Takes a planned end back. */
export function renewInPortal(world: World, subscription: Subscription) {
  world.update('customer.subscription.updated', subscription, () => keepOn(subscription))
  watch(world, subscription)
}

/** Changes the plan with the proration that the configuration says. */
export function changePlanInPortal(
  world: World,
  session: PortalSession,
  subscription: Subscription,
  price: string,
  quantity = 1,
) {
  const feature = world.portalConfigurations.get(session.configuration)?.features.subscription_update
  const item = subscription.items.data[0]
  if (!item) return
  const endsTrial = subscription.status === 'trialing' && feature?.trial_update_behavior === 'end_trial'
  updateSubscription(
    world,
    subscription,
    read({
      items: { 0: { id: item.id, price, quantity: String(quantity) } },
      proration_behavior: feature?.proration_behavior ?? 'none',
      ...(feature?.billing_cycle_anchor === 'now' ? { billing_cycle_anchor: 'now' } : {}),
      ...(endsTrial ? { trial_end: 'now' } : {}),
    }),
  )
}

/** Makes another card the one that all is charged to. Throws the card error of a bank that refuses it. */
export function changeMethod(world: World, customer: Customer, test: TestMethod): PaymentMethod {
  const method = attach(world, newMethod(world, test), customer)
  world.update('customer.updated', customer, () => {
    customer.invoice_settings.default_payment_method = method.id
  })
  for (const subscription of world.subscriptions.newest(customer.id)) {
    if (hasEnded(subscription) || subscription.default_payment_method === null) continue
    world.update('customer.subscription.updated', subscription, () => {
      subscription.default_payment_method = method.id
    })
  }
  return method
}

/** Pays an open invoice, with another card when one is given. */
export function payOpenInvoice(world: World, invoice: Invoice, test?: TestMethod): PaymentOutcome {
  const customer = world.customers.get(invoice.customer ?? '')
  const method = test && customer ? changeMethod(world, customer, test) : methodFor(world, invoice)
  return collectInvoice(world, invoice, method, { isPresent: true })
}
