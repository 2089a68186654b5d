import { formatMoney } from '../../../plan.ts'
import type { Customer, Invoice, Subscription } from '../../stripe/core/objects.ts'
import type { StripeStandIn } from '../../stripe/index.ts'
import type { ActResult } from '../view.ts'
import { actInStripe } from './acts.ts'
import type { CustomerView, InvoiceView, StripeView, SubscriptionView } from './view.ts'

const shownDeliveries = 60

/** The Stripe stand-in as the side panel sees and moves it. */
export interface Account {
  view(): StripeView
  /** Does what the panel's buttons ask for; throws an Error in words for what can't be done. */
  act(wanted: unknown): Promise<ActResult>
  watch(changed: () => void): () => void
}

/** `nameOf` gives a member's name from the `chat_member` that Stripe's objects carry. */
export function createAccount(
  stripe: StripeStandIn,
  nameOf: (member: string) => string | undefined,
): Account {
  const failingMethods = new Set<string>()
  const { objects } = stripe

  const customerView = (customer: Customer): CustomerView => {
    const member = customer.metadata.chat_member ?? ''
    return {
      id: customer.id,
      member,
      name: nameOf(member) ?? customer.name ?? customer.email ?? customer.id,
      email: customer.email ?? '',
      isFailing: failingMethods.has(customer.invoice_settings.default_payment_method ?? ''),
      subscriptions: objects.subscriptions
        .filter(subscription => subscription.customer === customer.id)
        .map(subscription => subscriptionView(subscription, stripe)),
      invoices: objects.invoices
        .filter(invoice => invoice.customer === customer.id)
        .map(invoice => invoiceView(invoice, stripe)),
    }
  }

  return {
    view: () => ({
      ahead: Math.round((stripe.clock.now() - Date.now()) / 1000) * 1000,
      customers: objects.customers.map(customerView),
      deliveries: stripe
        .deliveries()
        .slice(0, shownDeliveries)
        .map(({ id, event, type, status, error, attempts, at, pending, nextAt }) => ({
          id,
          event,
          type,
          status: status ?? 0,
          error: error ?? '',
          attempts,
          at,
          isPending: pending,
          nextAt: nextAt ?? 0,
        })),
    }),
    act: wanted => actInStripe({ stripe, failingMethods }, wanted),
    watch: stripe.subscribe,
  }
}

function subscriptionView(subscription: Subscription, stripe: StripeStandIn): SubscriptionView {
  const { id, status, items, cancel_at, ended_at } = subscription
  const item = items.data[0]
  const price = item?.price
  const product = stripe.objects.products.find(each => each.id === price?.product)
  return {
    id,
    status,
    plan: [product?.name, price?.nickname].filter(Boolean).join(' · '),
    price: price
      ? `${formatMoney(price.unit_amount ?? 0, price.currency, 'en-US')} / ${price.recurring?.interval ?? 'once'}`
      : '',
    paidUntil: (item?.current_period_end ?? 0) * 1000,
    endsAt: (ended_at ?? cancel_at ?? 0) * 1000,
    hasEnded: ended_at !== null,
  }
}

function invoiceView(invoice: Invoice, stripe: StripeStandIn): InvoiceView {
  return {
    id: invoice.id,
    number: invoice.number ?? 'Draft',
    amount: formatMoney(invoice.total, invoice.currency, 'en-US'),
    status: isRefunded(invoice, stripe) ? 'refunded' : (invoice.status ?? 'draft'),
    at: invoice.created * 1000,
    page: invoice.hosted_invoice_url ?? '',
  }
}

// Neither the invoice nor its charge names the other: they share a customer, an amount and a moment.
function isRefunded(invoice: Invoice, stripe: StripeStandIn): boolean {
  const paidAt = invoice.status_transitions.paid_at
  return stripe.objects.charges.some(
    charge =>
      charge.refunded &&
      charge.customer === invoice.customer &&
      charge.amount === invoice.amount_paid &&
      paidAt !== null &&
      Math.abs(charge.created - paidAt) < 5,
  )
}
