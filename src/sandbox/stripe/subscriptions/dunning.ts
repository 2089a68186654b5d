import type { Invoice, Subscription } from '../core/objects.ts'
import { collectInvoice, methodFor } from '../invoices/collect.ts'
import type { World } from '../world.ts'
import { cancelSubscription, hasEnded, watch } from './lifecycle.ts'

/** Lets subscriptions follow their invoices: paid, failed and retried, given up (docs.stripe.com/billing/revenue-recovery). */
export function followInvoices(world: World) {
  const subscriptionOf = (invoice: Invoice) =>
    world.subscriptions.get(invoice.parent?.subscription_details?.subscription ?? '')

  world.hooks.invoicePaid = invoice => {
    const subscription = subscriptionOf(invoice)
    if (!subscription || hasEnded(subscription)) return
    if (
      subscription.latest_invoice !== invoice.id ||
      subscription.status === 'trialing' ||
      subscription.status === 'paused'
    )
      return
    setStatus(world, subscription, 'active')
  }

  world.hooks.planRetry = invoice => {
    const subscription = subscriptionOf(invoice)
    const tries = world.retries.get(invoice.id) ?? 0
    const wait = world.settings.paymentRetries[tries]
    const isRetried =
      subscription &&
      !hasEnded(subscription) &&
      subscription.status !== 'incomplete' &&
      invoice.auto_advance === true
    invoice.next_payment_attempt =
      isRetried && wait !== undefined ? Math.floor((world.clock.now() + wait) / 1000) : null
    world.retries.set(invoice.id, tries + 1)
  }

  world.hooks.invoiceFailed = (invoice, isPresent) => {
    const subscription = subscriptionOf(invoice)
    if (!subscription || hasEnded(subscription) || subscription.status === 'incomplete' || isPresent) return
    const next = invoice.next_payment_attempt
    if (next === null) return giveUp(world, subscription)
    if (subscription.status !== 'unpaid') setStatus(world, subscription, 'past_due')
    world.timers.at(next * 1000, () => {
      if (invoice.status === 'open' && invoice.next_payment_attempt === next)
        collectInvoice(world, invoice, methodFor(world, invoice), { isPresent: false })
    })
  }

  world.hooks.invoiceOverdue = invoice => {
    const subscription = subscriptionOf(invoice)
    if (subscription?.status === 'active') setStatus(world, subscription, 'past_due')
  }

  world.hooks.invoiceClosed = invoice => {
    const subscription = subscriptionOf(invoice)
    if (!subscription || subscription.latest_invoice !== invoice.id) return
    if (subscription.status === 'past_due' || subscription.status === 'unpaid')
      setStatus(world, subscription, 'active')
  }
}

function giveUp(world: World, subscription: Subscription) {
  const then = world.settings.afterLastRetry
  if (then === 'cancel') cancelSubscription(world, subscription, { reason: 'payment_failed' })
  else setStatus(world, subscription, then)
}

function setStatus(world: World, subscription: Subscription, status: 'active' | 'past_due' | 'unpaid') {
  world.update('customer.subscription.updated', subscription, () => {
    subscription.status = status
  })
  const customer = world.customers.get(subscription.customer)
  if (customer) customer.delinquent = status !== 'active'
  watch(world, subscription)
}
