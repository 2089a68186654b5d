import { applyPromotion, completeSession, type Paid } from './checkout/complete.ts'
import type { Charge, CheckoutSession, Dispute, Invoice, PaymentIntent, Refund } from './core/objects.ts'
import { intentOf } from './invoices/collect.ts'
import { confirmIntent, confirmSession } from './payments/confirm.ts'
import { closeDispute, openDispute } from './payments/disputes.ts'
import { createRefund } from './payments/refunds.ts'
import { type PaymentOutcome, settleDebit } from './payments/take-payment.ts'
import { findTestMethod, type TestMethod } from './payments/test-cards.ts'
import { changeMethod, payOpenInvoice } from './portal/actions.ts'
import type { World } from './world.ts'

/** What the people around the account do: payers, their banks, the account's owner. Everything takes ids, or addresses of the hosted pages. */
export interface Driver {
  /**
   * Pays a Checkout Session as its page's form does. `card` is a test number or Stripe's name of a test method
   * (`pm_card_visa` when left out). A card that asks for confirmation answers `action`: then `authenticate` it.
   */
  pay(session: string, how?: { card?: string; promotionCode?: string; email?: string; name?: string }): Paid
  /** The payer answers the bank's question for a session, an invoice or a payment intent. */
  authenticate(target: string, isConfirmed?: boolean): Paid | PaymentOutcome
  /** Pays an open invoice as the portal does, with another card when one is named. */
  payInvoice(invoice: string, how?: { card?: string }): PaymentOutcome
  /** From now on the customer's payments go to that test method: a `pm_card_chargeCustomerFail` lets renewals fail. */
  changeCard(customer: string, card: string): void
  /** Ends a bank debit that is under way, without waiting for the clock. */
  settleDebit(invoiceOrIntent: string, isPaid?: boolean): void
  /** Gives a charge's money back, or that of an invoice; all that is left unless `amount` says less. */
  refund(chargeOrInvoice: string, amount?: number): Refund
  /** A cardholder disputes a charge, or the charge of an invoice. An inquiry takes no money. */
  dispute(chargeOrInvoice: string, how?: { inquiry?: boolean; amount?: number }): Dispute
  closeDispute(dispute: string, status: 'won' | 'lost' | 'warning_closed'): Dispute
}

/** The driver of one account. It throws for ids that are not there, and what the API would refuse. */
export function createDriver(world: World): Driver {
  function session(text: string): CheckoutSession {
    const id = /cs_test_[A-Za-z0-9]+/.exec(text)?.[0] ?? text
    return found(world.sessions.get(id), text)
  }

  function intent(id: string): PaymentIntent {
    const invoice = world.invoices.get(id)
    return found(
      invoice ? intentOf(world, invoice) : world.paymentIntents.get(/pi_[A-Za-z0-9]+/.exec(id)?.[0] ?? id),
      id,
    )
  }

  function charge(id: string): Charge {
    const direct = world.charges.get(id)
    return direct ?? found(world.charges.get(intent(id).latest_charge ?? ''), id)
  }

  return {
    pay(target, { card = 'pm_card_visa', promotionCode, email, name } = {}) {
      const chosen = session(target)
      if (promotionCode !== undefined) {
        const problem = applyPromotion(world, chosen, promotionCode)
        if (problem) return { outcome: 'declined', message: problem }
      }
      return completeSession(world, chosen, { method: testMethod(card), email, name })
    },
    authenticate(target, isConfirmed = true) {
      if (target.includes('cs_test_')) return confirmSession(world, session(target), isConfirmed)
      return confirmIntent(world, intent(target), isConfirmed)
    },
    payInvoice(id, { card } = {}) {
      const invoice: Invoice = found(world.invoices.get(id), id)
      return payOpenInvoice(world, invoice, card === undefined ? undefined : testMethod(card))
    },
    changeCard(id, card) {
      changeMethod(world, found(world.customers.get(id), id), testMethod(card))
    },
    settleDebit(id, isPaid = true) {
      settleDebit(world, intent(id), isPaid)
    },
    refund: (id, amount) => createRefund(world, charge(id), { amount }),
    dispute(id, { inquiry = false, amount } = {}) {
      const how = inquiry
        ? { status: 'warning_needs_response', reason: 'general' }
        : { status: 'needs_response', reason: 'fraudulent' }
      return openDispute(world, charge(id), { ...how, ...(amount === undefined ? {} : { amount }) })
    },
    closeDispute(id, status) {
      const dispute: Dispute = found(world.disputes.get(id), id)
      closeDispute(world, dispute, status)
      return dispute
    },
  }
}

function found<T>(thing: T | undefined, id: string): T {
  if (thing === undefined) throw new Error(`the Stripe stand-in knows no ${id}`)
  return thing
}

function testMethod(card: string): TestMethod {
  return found(findTestMethod(card), card)
}
