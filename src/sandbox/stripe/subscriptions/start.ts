import { newId } from '../core/ids.ts'
import {
  type Customer,
  type Invoice,
  listOf,
  type PaymentMethod,
  type Subscription,
} from '../core/objects.ts'
import { collectInvoice, finalizeInvoice, methodFor } from '../invoices/collect.ts'
import { draftInvoice } from '../invoices/draft.ts'
import type { Attempt, PaymentOutcome } from '../payments/take-payment.ts'
import type { World } from '../world.ts'
import { periodEnd } from './calendar.ts'
import { type Chosen, newItem, periodLines } from './items.ts'
import { dropSpentDiscounts, watch } from './lifecycle.ts'

/** What a subscription is made of; times are seconds. */
export interface SubscriptionOf {
  customer: Customer
  items: Chosen[]
  metadata: Record<string, string>
  trialEnd?: number | undefined
  description?: string | null | undefined
  defaultPaymentMethod?: string | null | undefined
  sendsInvoice?: boolean | undefined
  daysUntilDue?: number | undefined
  anchor?: number | undefined
  missingMethodAtTrialEnd?: 'cancel' | 'create_invoice' | 'pause' | undefined
}

/** A subscription that has not begun to be paid, kept but not yet announced. */
export function newSubscription(world: World, of: SubscriptionOf): Subscription {
  const now = world.now()
  const isTrial = of.trialEnd !== undefined && of.trialEnd > now
  const first = of.items[0]?.price
  const anchor = of.anchor ?? (isTrial ? (of.trialEnd ?? now) : now)
  const end = isTrial
    ? (of.trialEnd ?? now)
    : periodEnd(anchor, first?.recurring?.interval ?? 'month', first?.recurring?.interval_count ?? 1, now)
  const id = newId('sub')
  const subscription: Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { type: 'flexible', flexible: { proration_discounts: 'included' } },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: of.sendsInvoice ? 'send_invoice' : 'charge_automatically',
    created: now,
    currency: first?.currency ?? 'usd',
    customer: of.customer.id,
    customer_account: null,
    days_until_due: of.sendsInvoice ? (of.daysUntilDue ?? 30) : null,
    default_payment_method: of.defaultPaymentMethod ?? null,
    default_source: null,
    default_tax_rates: [],
    description: of.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: listOf(
      `/v1/subscription_items?subscription=${id}`,
      of.items.map(chosen => newItem(world, id, chosen, { start: now, end })),
    ),
    latest_invoice: newId('in'),
    livemode: false,
    managed_payments: { enabled: false },
    metadata: of.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: isTrial ? 'trialing' : 'incomplete',
    test_clock: null,
    transfer_data: null,
    trial_end: isTrial ? (of.trialEnd ?? null) : null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: of.missingMethodAtTrialEnd ?? 'create_invoice',
      },
    },
    trial_start: isTrial ? now : null,
  }
  of.customer.currency ??= subscription.currency
  return world.subscriptions.add(subscription)
}

/** Announces the subscription and makes its first invoice, finalized at once. */
export function openSubscription(world: World, subscription: Subscription, customer: Customer): Invoice {
  world.emit('customer.subscription.created', subscription)
  const item = subscription.items.data[0]
  const period = {
    start: item?.current_period_start ?? world.now(),
    end: item?.current_period_end ?? world.now(),
  }
  const invoice = draftInvoice(world, {
    ...(subscription.latest_invoice === null ? {} : { id: subscription.latest_invoice }),
    customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    subscription,
    discounts: [...subscription.discounts],
    lines: periodLines(world, subscription, period),
    sendsInvoice: subscription.collection_method === 'send_invoice',
    ...(subscription.days_until_due === null ? {} : { daysUntilDue: subscription.days_until_due }),
  })
  finalizeInvoice(world, invoice)
  dropSpentDiscounts(world, subscription)
  watch(world, subscription)
  return invoice
}

/** Opens the subscription and takes its first payment, if there is one to take. */
export function startSubscription(
  world: World,
  subscription: Subscription,
  customer: Customer,
  attempt: Attempt,
  method?: PaymentMethod,
): PaymentOutcome {
  const invoice = openSubscription(world, subscription, customer)
  if (invoice.status === 'paid') return 'succeeded'
  if (subscription.collection_method === 'send_invoice') {
    world.update('customer.subscription.updated', subscription, () => {
      subscription.status = 'active'
    })
    world.emit('invoice.sent', invoice)
    return 'succeeded'
  }
  const outcome = collectInvoice(world, invoice, method ?? methodFor(world, invoice), attempt)
  // A bank debit takes days; the subscription runs meanwhile.
  if (outcome === 'processing') {
    world.update('customer.subscription.updated', subscription, () => {
      subscription.status = 'active'
    })
  }
  return outcome
}
