import { completeSession, type Paid } from '../checkout/complete.ts'
import type { CheckoutSession, PaymentIntent } from '../core/objects.ts'
import { invoiceOf, settle } from '../invoices/collect.ts'
import type { World } from '../world.ts'
import { type PaymentOutcome, refuseAuthentication, takePayment } from './take-payment.ts'

/** The payer answers the bank's question for a session: with a yes it completes, with a no it stays open. */
export function confirmSession(world: World, session: CheckoutSession, isConfirmed: boolean): Paid {
  const payment = world.unconfirmed.get(session.id)
  world.unconfirmed.delete(session.id)
  if (!payment) return { outcome: 'declined', message: 'There is no payment to confirm.' }
  if (!isConfirmed)
    return {
      outcome: 'declined',
      message:
        'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    }
  return completeSession(world, session, { ...payment, isAuthenticated: true })
}

/** The payer answers the bank's question for a payment that was made without them; an invoice it pays follows. */
export function confirmIntent(world: World, intent: PaymentIntent, isConfirmed: boolean): PaymentOutcome {
  const method = intent.payment_method === null ? undefined : world.paymentMethods.get(intent.payment_method)
  if (intent.status !== 'requires_action' || !method)
    return intent.status === 'succeeded' ? 'succeeded' : 'failed'
  const attempt = { isPresent: true, isAuthenticated: isConfirmed }
  const outcome = isConfirmed ? takePayment(world, intent, method, attempt) : 'failed'
  if (!isConfirmed) refuseAuthentication(world, intent, method)
  const invoice = invoiceOf(world, intent)
  if (invoice?.status === 'open') settle(world, invoice, outcome, attempt)
  return outcome
}
