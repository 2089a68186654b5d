import type { PaymentIntent, PaymentMethod } from '../core/objects.ts'
import { openDispute } from '../payments/disputes.ts'
import type { World } from '../world.ts'
import { type ChargeOutcome, newCharge } from './charges.ts'
import { DECLINED } from './test-cards.ts'

/** How an attempt stands: `processing` is a bank debit under way, `requires_action` waits for 3-D Secure. */
export type PaymentOutcome = 'succeeded' | 'processing' | 'requires_action' | 'failed'

/** The circumstances in which a method is charged. */
export interface Attempt {
  /** True when the payer sits in front of a page, false for what Stripe charges by itself. */
  isPresent: boolean
  /** True on a hosted Checkout, where a card that fails later is still good. */
  isCheckout?: boolean
  /** True when the bank has just confirmed the payer. */
  isAuthenticated?: boolean
}

/** Charges the method for the payment intent and tells the events of it. Whoever has the intent of an invoice settles that after. */
export function takePayment(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  attempt: Attempt,
): PaymentOutcome {
  const behaviour = world.behaviours.get(method.id) ?? { kind: 'pays' }
  intent.payment_method = method.id
  intent.payment_method_types = [method.type]
  intent.last_payment_error = null
  intent.next_action = null
  switch (behaviour.kind) {
    case 'declines':
      return failPayment(world, intent, method, behaviour)
    case 'declines-later':
      return attempt.isCheckout
        ? succeed(world, intent, method)
        : failPayment(world, intent, method, DECLINED)
    case 'authenticates-once':
      return attempt.isAuthenticated || !attempt.isPresent
        ? succeed(world, intent, method)
        : askForAction(world, intent)
    case 'authenticates-always':
      return attempt.isAuthenticated ? succeed(world, intent, method) : askForAction(world, intent)
    case 'debits':
    case 'debit-fails':
      return debit(world, intent, method, behaviour.kind === 'debits')
    case 'disputes': {
      const outcome = succeed(world, intent, method)
      const charge = intent.latest_charge === null ? undefined : world.charges.get(intent.latest_charge)
      if (charge)
        openDispute(
          world,
          charge,
          behaviour.inquiry
            ? { status: 'warning_needs_response', reason: 'general' }
            : { status: 'needs_response', reason: 'fraudulent' },
        )
      return outcome
    }
    case 'pays':
      return succeed(world, intent, method)
  }
}

function succeed(world: World, intent: PaymentIntent, method: PaymentMethod): PaymentOutcome {
  const charge = newCharge(world, intent, method, { status: 'succeeded' })
  intent.latest_charge = charge.id
  intent.status = 'succeeded'
  intent.amount_received = intent.amount
  world.emit('charge.succeeded', charge)
  world.emit('payment_intent.succeeded', intent)
  return 'succeeded'
}

function askForAction(world: World, intent: PaymentIntent): PaymentOutcome {
  intent.status = 'requires_action'
  intent.next_action = {
    type: 'redirect_to_url',
    redirect_to_url: { return_url: null, url: `${world.origin}/authenticate/${intent.id}` },
  }
  world.emit('payment_intent.requires_action', intent)
  return 'requires_action'
}

/** The payment is refused: by the bank, or because the payer did not confirm it. */
export function failPayment(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  why: { code: string; declineCode?: string; message: string },
): PaymentOutcome {
  const outcome: ChargeOutcome = {
    status: 'failed',
    code: why.code,
    message: why.message,
    ...(why.declineCode === undefined ? {} : { declineCode: why.declineCode }),
  }
  const charge = newCharge(world, intent, method, outcome)
  intent.latest_charge = charge.id
  refuse(intent, method, why, charge.id)
  world.emit('charge.failed', charge)
  world.emit('payment_intent.payment_failed', intent)
  return 'failed'
}

function refuse(
  intent: PaymentIntent,
  method: PaymentMethod,
  why: { code: string; declineCode?: string; message: string },
  charge?: string,
) {
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.next_action = null
  intent.processing = null
  intent.last_payment_error = {
    type: 'card_error',
    code: why.code,
    ...(why.declineCode === undefined ? {} : { decline_code: why.declineCode }),
    ...(charge === undefined ? {} : { charge }),
    doc_url: `https://stripe.com/docs/error-codes/${why.code.replaceAll('_', '-')}`,
    message: why.message,
    payment_method: method,
  }
}

/** The payer did not confirm with the bank: nothing was charged. */
export function refuseAuthentication(world: World, intent: PaymentIntent, method: PaymentMethod) {
  refuse(intent, method, {
    code: 'payment_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
  })
  world.emit('payment_intent.payment_failed', intent)
}

function debit(world: World, intent: PaymentIntent, method: PaymentMethod, isGood: boolean): PaymentOutcome {
  const charge = newCharge(world, intent, method, { status: 'pending' })
  intent.latest_charge = charge.id
  intent.status = 'processing'
  world.emit('charge.pending', charge)
  world.emit('payment_intent.processing', intent)
  world.timers.at(world.clock.now() + world.settings.debitTakes, () => settleDebit(world, intent, isGood))
  return 'processing'
}

/** Ends a bank debit that is under way; one that has ended already stays as it is. */
export function settleDebit(world: World, intent: PaymentIntent, isGood: boolean) {
  const charge = intent.latest_charge === null ? undefined : world.charges.get(intent.latest_charge)
  const method = intent.payment_method === null ? undefined : world.paymentMethods.get(intent.payment_method)
  if (intent.status !== 'processing' || !charge || !method) return
  if (isGood) {
    charge.status = 'succeeded'
    intent.status = 'succeeded'
    intent.amount_received = intent.amount
    world.emit('charge.succeeded', charge)
    world.emit('payment_intent.succeeded', intent)
  } else {
    const why = {
      code: 'insufficient_funds',
      message: 'The customer’s account has insufficient funds to cover this payment.',
    }
    charge.status = 'failed'
    charge.paid = false
    charge.failure_code = why.code
    charge.failure_message = why.message
    refuse(intent, method, why, charge.id)
    world.emit('charge.failed', charge)
    world.emit('payment_intent.payment_failed', intent)
  }
  world.hooks.paymentSettled(intent)
}
