import { invalid, StripeRefusal } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { Invoice, InvoicePayment, PaymentIntent, PaymentMethod } from '../core/objects.ts'
import { cancelIntent, newPaymentIntent } from '../payments/payment-intents.ts'
import { type Attempt, type PaymentOutcome, takePayment } from '../payments/take-payment.ts'
import type { World } from '../world.ts'
import { reckon } from './totals.ts'

/** The draft becomes a bill: it gets its number, its page and the payment it waits for. Nothing due is paid at once. */
export function finalizeInvoice(world: World, invoice: Invoice) {
  if (invoice.status !== 'draft')
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    })
  const customer = world.customers.get(invoice.customer ?? '')
  invoice.starting_balance = customer?.balance ?? 0
  reckon(world, invoice)
  const sequence = customer?.next_invoice_sequence ?? 1
  invoice.status = 'open'
  invoice.number = `${customer?.invoice_prefix ?? 'STANDIN'}-${String(sequence).padStart(4, '0')}`
  invoice.effective_at = world.now()
  invoice.status_transitions.finalized_at = world.now()
  invoice.automatically_finalizes_at = null
  invoice.hosted_invoice_url = `${world.origin}/i/${invoice.id}`
  invoice.invoice_pdf = `${world.origin}/i/${invoice.id}/pdf`
  if (customer) {
    customer.next_invoice_sequence = sequence + 1
    customer.balance = Math.min(0, invoice.starting_balance + invoice.total)
    invoice.ending_balance = customer.balance
  }
  if (invoice.amount_due > 0) requestPayment(world, invoice)
  if (invoice.due_date !== null)
    world.timers.at(invoice.due_date * 1000, () => {
      if (invoice.status !== 'open') return
      world.emit('invoice.overdue', invoice)
      world.hooks.invoiceOverdue(invoice)
    })
  world.emit('invoice.finalized', invoice)
  if (invoice.amount_due === 0) markPaid(world, invoice)
}

function requestPayment(world: World, invoice: Invoice): PaymentIntent {
  const intent = newPaymentIntent(world, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    description:
      invoice.billing_reason === 'subscription_create'
        ? 'Subscription creation'
        : invoice.parent
          ? 'Subscription update'
          : 'Payment for Invoice',
  })
  world.billed.set(intent.id, invoice.id)
  world.invoicePayments.add({
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_remaining,
    created: world.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
  world.emit('payment_intent.created', intent)
  return intent
}

/** The payments of an invoice, the newest first. */
export function paymentsOf(world: World, invoice: string): InvoicePayment[] {
  return [...world.invoicePayments.newest(invoice)]
}

/** The payment intent that an open invoice waits for, or paid by. */
export function intentOf(world: World, invoice: Invoice): PaymentIntent | undefined {
  const payment = paymentsOf(world, invoice.id)[0]
  return payment?.payment.payment_intent === undefined
    ? undefined
    : world.paymentIntents.get(payment.payment.payment_intent)
}

/** The invoice whose payment this is, or undefined for a payment of its own. */
export function invoiceOf(world: World, intent: PaymentIntent): Invoice | undefined {
  return world.invoices.get(world.billed.get(intent.id) ?? '')
}

/** What the invoice would be charged to: its subscription's method before the customer's. */
export function methodFor(world: World, invoice: Invoice): PaymentMethod | undefined {
  const subscription = world.subscriptions.get(invoice.parent?.subscription_details?.subscription ?? '')
  const customer = world.customers.get(invoice.customer ?? '')
  const id =
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    customer?.invoice_settings.default_payment_method ??
    customer?.default_source
  return id ? world.paymentMethods.get(id) : undefined
}

/** Tries to take the money of an open invoice, and tells what came of it. */
export function collectInvoice(
  world: World,
  invoice: Invoice,
  method: PaymentMethod | undefined,
  attempt: Attempt,
): PaymentOutcome {
  if (invoice.status !== 'open') throw notOpen(invoice)
  const intent = intentOf(world, invoice) ?? requestPayment(world, invoice)
  if (intent.status === 'processing') return 'processing'
  invoice.attempted = true
  if (!method) {
    invoice.attempt_count += 1
    failed(world, invoice, attempt)
    return 'failed'
  }
  if (!attempt.isAuthenticated) invoice.attempt_count += 1
  const outcome = takePayment(world, intent, method, attempt)
  settle(world, invoice, outcome, attempt)
  return outcome
}

/** What an invoice becomes when its payment ended so. */
export function settle(world: World, invoice: Invoice, outcome: PaymentOutcome, attempt: Attempt) {
  if (outcome === 'succeeded') markPaid(world, invoice)
  if (outcome === 'failed') failed(world, invoice, attempt)
  if (outcome === 'requires_action') {
    world.emit('invoice.payment_action_required', invoice)
    // Someone who isn't there can't confirm, so Stripe counts it as a failure too.
    if (!attempt.isPresent) failed(world, invoice, attempt)
  }
}

// What the member tries by hand neither uses up a retry nor puts one off.
function failed(world: World, invoice: Invoice, { isPresent }: Attempt) {
  if (!isPresent) world.hooks.planRetry(invoice)
  world.emit('invoice.payment_failed', invoice)
  world.hooks.invoiceFailed(invoice, isPresent)
}

/** The invoice is paid: by its payment, by credit, or because nothing is due. */
export function markPaid(world: World, invoice: Invoice, outOfBand = false) {
  const intent = intentOf(world, invoice)
  invoice.status = 'paid'
  invoice.attempted = true
  invoice.amount_paid = outOfBand ? 0 : invoice.amount_due
  invoice.amount_remaining = 0
  invoice.next_payment_attempt = null
  invoice.status_transitions.paid_at = world.now()
  for (const payment of paymentsOf(world, invoice.id)) {
    payment.status = 'paid'
    payment.amount_paid = payment.amount_requested
    payment.status_transitions.paid_at = world.now()
    world.emit('invoice_payment.paid', payment)
  }
  if (outOfBand && intent) cancelIntent(world, intent, null)
  world.emit('invoice.paid', invoice)
  if (!outOfBand) world.emit('invoice.payment_succeeded', invoice)
  world.hooks.invoicePaid(invoice)
}

/** Nobody is to pay this any more: `void` takes it back, `uncollectible` gives it up. */
export function closeInvoice(world: World, invoice: Invoice, status: 'void' | 'uncollectible') {
  if (invoice.status !== 'open' && !(status === 'void' && invoice.status === 'uncollectible'))
    throw notOpen(invoice)
  const intent = intentOf(world, invoice)
  invoice.status = status
  invoice.next_payment_attempt = null
  invoice.auto_advance = false
  if (status === 'void') {
    invoice.status_transitions.voided_at = world.now()
    invoice.amount_remaining = 0
    if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
      cancelIntent(world, intent, 'void_invoice')
    for (const payment of paymentsOf(world, invoice.id)) {
      payment.status = 'canceled'
      payment.status_transitions.canceled_at = world.now()
    }
  } else invoice.status_transitions.marked_uncollectible_at = world.now()
  world.emit(status === 'void' ? 'invoice.voided' : 'invoice.marked_uncollectible', invoice)
  world.hooks.invoiceClosed(invoice)
}

/** The refusal for an invoice that can't be paid, voided or given up any more. */
export function notOpen(invoice: Invoice): StripeRefusal {
  if (invoice.status === 'paid') return invalid('Invoice is already paid')
  return invalid(`You can only pass in open invoices. This invoice isn't open.`)
}

/** The API's answer to a payment that waits for the payer to confirm with the bank. */
export function needsAction(intent: PaymentIntent | undefined): StripeRefusal {
  return new StripeRefusal(402, {
    type: 'card_error',
    code: 'invoice_payment_intent_requires_action',
    message:
      'Payment for this invoice requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice. For more details see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
    ...(intent ? { payment_intent: { ...intent } } : {}),
  })
}
