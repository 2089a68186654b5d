import { redeem, usablePromotion } from '../catalog/coupons.ts'
import type { CheckoutSession, Customer, PaymentMethod } from '../core/objects.ts'
import { newCustomer } from '../customers/customers.ts'
import { intentOf } from '../invoices/collect.ts'
import { newPaymentIntent } from '../payments/payment-intents.ts'
import { attach, newMethod } from '../payments/payment-methods.ts'
import { newSetupIntent } from '../payments/setup-intents.ts'
import { failPayment, takePayment } from '../payments/take-payment.ts'
import type { TestMethod } from '../payments/test-cards.ts'
import { newSubscription, startSubscription } from '../subscriptions/start.ts'
import type { CheckoutPlan, World } from '../world.ts'
import { details } from './create.ts'
import { planOf, totals } from './totals.ts'

/** What somebody does on the hosted page. */
export interface Payment {
  method: TestMethod
  email?: string | undefined
  name?: string | undefined
  /** True when the bank has confirmed the payer. */
  isAuthenticated?: boolean
}

/** How the page's form ended. `action` is the address where the payer confirms with the bank. */
export type Paid =
  | { outcome: 'complete'; session: CheckoutSession }
  | { outcome: 'declined'; message: string }
  | { outcome: 'action'; url: string }
  | { outcome: 'closed'; message: string }

/** Puts a promotion code on an open session, or takes it off. Answers why not, when it can't be used. */
export function applyPromotion(world: World, session: CheckoutSession, code: string): string | undefined {
  const plan = planOf(world, session)
  delete plan.coupon
  delete plan.promotion
  const promotion =
    code.trim() === '' || !session.allow_promotion_codes
      ? undefined
      : usablePromotion(world, code, session.customer)
  const { minimum_amount: minimum } = promotion?.restrictions ?? { minimum_amount: null }
  const isEnough = minimum === null || totals(world, plan).subtotal >= minimum
  if (promotion?.promotion.coupon && isEnough) {
    plan.coupon = promotion.promotion.coupon
    plan.promotion = promotion.id
  }
  const sums = totals(world, plan)
  session.amount_subtotal = sums.subtotal
  session.amount_total = sums.total
  session.total_details = { amount_discount: sums.discount, amount_shipping: 0, amount_tax: 0 }
  session.discounts = plan.promotion === undefined ? null : [{ coupon: null, promotion_code: plan.promotion }]
  world.touch(session)
  return code.trim() !== '' && plan.promotion === undefined ? 'This code is invalid.' : undefined
}

/** Pays an open session: makes the customer, the subscription or payment, and all their events, as Checkout does. */
export function completeSession(world: World, session: CheckoutSession, payment: Payment): Paid {
  if (session.status !== 'open')
    return {
      outcome: 'closed',
      message:
        session.status === 'complete' ? 'You are all done here.' : 'This Checkout Session has expired.',
    }
  const plan = planOf(world, session)
  const { behaviour } = payment.method
  const due = totals(world, plan).total
  if (behaviour.kind === 'declines') {
    if (due > 0) recordDecline(world, session, payment, due)
    return { outcome: 'declined', message: behaviour.message }
  }
  if (
    (behaviour.kind === 'authenticates-once' || behaviour.kind === 'authenticates-always') &&
    !payment.isAuthenticated
  ) {
    world.unconfirmed.set(session.id, payment)
    return { outcome: 'action', url: `${world.origin}/c/pay/${session.id}/authenticate` }
  }

  const customer = customerOf(world, session, payment)
  const method = newMethod(world, payment.method)
  method.billing_details.email = payment.email ?? customer?.email ?? null
  method.billing_details.name = payment.name ?? null
  session.customer = customer?.id ?? null
  session.customer_details = details(
    payment.email ?? customer?.email ?? null,
    payment.name ?? customer?.name ?? null,
  )
  if (customer && session.mode !== 'payment') attach(world, method, customer)
  if (session.mode === 'subscription' && customer) subscribe(world, session, plan, customer, method, payment)
  else if (session.mode === 'payment') payOnce(world, session, plan, method, payment)
  else if (customer)
    session.setup_intent = newSetupIntent(world, {
      customer: customer.id,
      method: method.id,
      status: 'succeeded',
    }).id
  session.status = 'complete'
  session.url = null
  world.emit('checkout.session.completed', session)
  return { outcome: 'complete', session }
}

function customerOf(world: World, session: CheckoutSession, { email, name }: Payment): Customer | undefined {
  const known = session.customer === null ? undefined : world.customers.get(session.customer)
  if (known) {
    if (name && !known.name) {
      world.update('customer.updated', known, () => {
        known.name = name
      })
    }
    return known
  }
  if (session.mode === 'payment' && session.customer_creation !== 'always') return undefined
  const customer = world.customers.add(
    newCustomer(world, { email: email ?? session.customer_email ?? null, name: name ?? null }),
  )
  world.emit('customer.created', customer)
  return customer
}

function subscribe(
  world: World,
  session: CheckoutSession,
  plan: CheckoutPlan,
  customer: Customer,
  method: PaymentMethod,
  payment: Payment,
) {
  const subscription = newSubscription(world, {
    customer,
    items: plan.items.filter(item => item.price.recurring),
    metadata: { ...plan.subscription.metadata },
    trialEnd: plan.subscription.trialEnd,
    description: plan.subscription.description,
    defaultPaymentMethod: method.id,
  })
  const coupon = plan.coupon === undefined ? undefined : world.coupons.get(plan.coupon)
  if (coupon) {
    const promotion = plan.promotion === undefined ? undefined : world.promotionCodes.get(plan.promotion)
    subscription.discounts = [
      redeem(world, {
        coupon,
        promotion,
        customer: customer.id,
        subscription: subscription.id,
        session: session.id,
      }).id,
    ]
  }
  const outcome = startSubscription(
    world,
    subscription,
    customer,
    { isPresent: true, isCheckout: true, isAuthenticated: payment.isAuthenticated ?? false },
    method,
  )
  const invoice = world.invoices.get(subscription.latest_invoice ?? '')
  session.subscription = subscription.id
  session.invoice = invoice?.id ?? null
  session.payment_status =
    outcome === 'processing' ? 'unpaid' : invoice && invoice.amount_paid > 0 ? 'paid' : 'no_payment_required'
  const intent = invoice ? intentOf(world, invoice) : undefined
  if (intent) world.paidBy.set(intent.id, session.id)
}

function payOnce(
  world: World,
  session: CheckoutSession,
  plan: CheckoutPlan,
  method: PaymentMethod,
  payment: Payment,
) {
  const { total } = totals(world, plan)
  if (total === 0) {
    session.payment_status = 'no_payment_required'
    return
  }
  const intent = newPaymentIntent(world, {
    amount: total,
    currency: session.currency ?? 'usd',
    customer: session.customer,
  })
  intent.metadata = { ...plan.payment.metadata }
  intent.setup_future_usage = plan.payment.setupFutureUsage ?? null
  session.payment_intent = intent.id
  world.paidBy.set(intent.id, session.id)
  world.emit('payment_intent.created', intent)
  const outcome = takePayment(world, intent, method, {
    isPresent: true,
    isCheckout: true,
    isAuthenticated: payment.isAuthenticated ?? false,
  })
  session.payment_status = outcome === 'succeeded' ? 'paid' : 'unpaid'
}

// A refused card leaves a failed payment behind, and the session open for another try.
function recordDecline(world: World, session: CheckoutSession, payment: Payment, due: number) {
  if (payment.method.behaviour.kind !== 'declines') return
  const intent = newPaymentIntent(world, {
    amount: due,
    currency: session.currency ?? 'usd',
    customer: session.customer,
  })
  failPayment(world, intent, newMethod(world, payment.method), payment.method.behaviour)
}

/** Tells the session of a bank debit how its payment ended, days after it was completed. */
export function settleSession(world: World, intentId: string, isPaid: boolean) {
  const session = world.sessions.get(world.paidBy.get(intentId) ?? '')
  if (!session) return
  if (isPaid) session.payment_status = 'paid'
  world.emit(
    isPaid ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed',
    session,
  )
}
