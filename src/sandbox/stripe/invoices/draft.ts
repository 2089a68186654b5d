import { newId } from '../core/ids.ts'
import {
  type Customer,
  type Invoice,
  type InvoiceItem,
  type InvoiceLine,
  listOf,
  type Subscription,
} from '../core/objects.ts'
import type { World } from '../world.ts'
import { reckon } from './totals.ts'

/** What an invoice is drafted of; times are seconds. */
export interface DraftOf {
  /** An id that was given out before. */
  id?: string
  customer: Customer
  currency: string
  reason: NonNullable<Invoice['billing_reason']>
  subscription?: Subscription
  lines?: InvoiceLine[]
  period?: { start: number; end: number }
  /** Which pending items of the customer come onto it. */
  pending?: 'all' | 'none'
  discounts?: string[]
  autoAdvance?: boolean
  description?: string | null
  metadata?: Record<string, string>
  sendsInvoice?: boolean
  daysUntilDue?: number
}

/** Makes a draft invoice with its lines and totals, and tells `invoice.created`. */
export function draftInvoice(world: World, of: DraftOf): Invoice {
  const { customer, subscription } = of
  const now = world.now()
  const id = of.id ?? newId('in')
  const invoice: Invoice = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Stand-in for Stripe',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: of.autoAdvance ?? true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: of.reason,
    collection_method: of.sendsInvoice ? 'send_invoice' : 'charge_automatically',
    created: now,
    currency: of.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: of.description ?? null,
    discounts: of.discounts ?? [],
    due_date: of.sendsInvoice ? now + (of.daysUntilDue ?? 30) * 86_400 : null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: listOf(`/v1/invoices/${id}/lines`, of.lines ?? []),
    livemode: false,
    metadata: of.metadata ?? {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: subscription
      ? {
          type: 'subscription_details',
          quote_details: null,
          subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
        }
      : null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: of.period?.end ?? now,
    period_start: of.period?.start ?? now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  }
  for (const line of invoice.lines.data) line.invoice = id
  if (of.pending !== 'none') addPendingItems(world, invoice, subscription)
  world.invoices.add(invoice)
  reckon(world, invoice)
  world.emit('invoice.created', invoice)
  return invoice
}

// An item made for a subscription waits for that subscription's invoice; any other for the customer's next one.
function addPendingItems(world: World, invoice: Invoice, subscription?: Subscription) {
  const waiting = [...world.invoiceItems.newest(invoice.customer ?? '')].reverse()
  for (const item of waiting) {
    const meant = item.parent?.subscription_details?.subscription
    if (item.invoice !== null || item.currency !== invoice.currency) continue
    if (meant !== undefined && meant !== subscription?.id) continue
    addItem(invoice, item)
  }
}

/** Puts an invoice item onto a draft as a line. */
export function addItem(invoice: Invoice, item: InvoiceItem) {
  item.invoice = invoice.id
  const subscription = item.parent?.subscription_details?.subscription ?? null
  invoice.lines.data.push({
    id: newId('il'),
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: item.metadata ?? {},
    parent: {
      type: 'invoice_item_details',
      invoice_item_details: {
        invoice_item: item.id,
        proration: item.proration,
        proration_details: null,
        subscription,
      },
      subscription_item_details: null,
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: String(item.quantity),
    subscription,
    subtotal: item.amount,
    taxes: [],
  })
}
