import type { Api } from '../core/api.ts'
import { invalid } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import type { Charge, Refund } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'

/** `/v1/refunds`. */
export function serveRefunds(api: Api, world: World) {
  api.on(
    'POST',
    '/v1/refunds',
    'charge amount payment_intent reason metadata refund_application_fee reverse_transfer instructions_email currency customer origin',
    ({ params }) => {
      const charge = chargeOf(world, params)
      const reason = params.oneOf('reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null
      const refund = createRefund(world, charge, {
        amount: params.integer('amount'),
        reason,
        metadata: mergedMetadata({}, params),
      })
      return refund
    },
  )
  api.on(
    'GET',
    '/v1/refunds',
    'charge created limit payment_intent starting_after ending_before',
    ({ params }) => {
      const charge = params.text('charge')
      const intent = params.text('payment_intent')
      return page(world.refunds, params, {
        url: '/v1/refunds',
        noun: 'refund',
        keep: refund =>
          (charge === undefined || refund.charge === charge) &&
          (intent === undefined || refund.payment_intent === intent),
      })
    },
  )
  api.on('GET', '/v1/refunds/:id', '', ({ id }) => need(world.refunds, 'refund', id))
  api.on('POST', '/v1/refunds/:id', 'metadata', ({ id, params }) => {
    const refund = need(world.refunds, 'refund', id)
    world.update('refund.updated', refund, () => {
      refund.metadata = mergedMetadata(refund.metadata ?? {}, params)
    })
    return refund
  })
}

function chargeOf(world: World, params: Reader): Charge {
  const id = params.text('charge')
  if (id !== undefined) return need(world.charges, 'charge', id, 'charge')
  const intentId = params.text('payment_intent')
  if (intentId === undefined)
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  const intent = need(world.paymentIntents, 'payment_intent', intentId, 'payment_intent')
  const charge = intent.latest_charge === null ? undefined : world.charges.get(intent.latest_charge)
  if (!charge || charge.status === 'failed')
    throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    })
  return charge
}

/** Gives back what is left of the charge, or `amount` of it. Throws Stripe's refusals for what can't be given back. */
export function createRefund(
  world: World,
  charge: Charge,
  {
    amount,
    reason = null,
    metadata = {},
  }: { amount?: number | undefined; reason?: Refund['reason']; metadata?: Record<string, string> } = {},
): Refund {
  const left = charge.amount - charge.amount_refunded
  if (charge.status !== 'succeeded')
    throw invalid(`Charge ${charge.id} has not succeeded and can't be refunded.`)
  if (left === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  const given = amount ?? left
  if (given < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      param: 'amount',
      code: 'parameter_invalid_integer',
    })
  if (given > left)
    throw invalid(`Refund amount (${given}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    })
  for (const dispute of world.disputes.newest()) {
    if (dispute.charge === charge.id && !dispute.is_charge_refundable && dispute.status !== 'won')
      throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
        code: 'charge_disputed',
      })
  }
  const behaviour = world.behaviours.get(charge.payment_method ?? '')
  const fate = behaviour?.kind === 'pays' ? behaviour.refund : undefined
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount: given,
    balance_transaction: newId('txn'),
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      type: 'card',
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: fate === 'pends' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  world.refunds.add(refund)
  world.update('charge.refunded', charge, () => {
    charge.amount_refunded += given
    charge.refunded = charge.amount_refunded === charge.amount
  })
  world.emit('refund.created', refund)
  world.emit('charge.refund.updated', refund)
  if (fate)
    world.timers.at(world.clock.now() + world.settings.refundTakes, () => {
      if (fate === 'fails') comeBack(world, charge, refund)
      else
        settle(world, refund, () => {
          refund.status = 'succeeded'
        })
    })
  return refund
}

// The bank sent the money back: nothing of it was given after all (docs.stripe.com/refunds#failed-refunds).
function comeBack(world: World, charge: Charge, refund: Refund) {
  charge.amount_refunded -= refund.amount
  charge.refunded = false
  settle(world, refund, () => {
    refund.status = 'failed'
    refund.failure_reason = 'expired_or_canceled_card'
    refund.failure_balance_transaction = newId('txn')
  })
  world.emit('refund.failed', refund)
}

function settle(world: World, refund: Refund, change: () => void) {
  world.update('refund.updated', refund, change)
  world.emit('charge.refund.updated', refund)
}
