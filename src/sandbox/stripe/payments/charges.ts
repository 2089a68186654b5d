import type { Api } from '../core/api.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import { type Charge, listOf, type PaymentIntent, type PaymentMethod } from '../core/objects.ts'
import { mergedMetadata } from '../core/params.ts'
import type { World } from '../world.ts'

/** `/v1/charges`: reading only, they come of payment intents. */
export function serveCharges(api: Api, world: World) {
  world.included.set('charge.refunds', id =>
    listOf(
      `/v1/charges/${id}/refunds`,
      [...world.refunds.newest()].filter(refund => refund.charge === id),
    ),
  )
  api.on(
    'GET',
    '/v1/charges',
    'created customer limit payment_intent starting_after ending_before transfer_group',
    ({ params }) => {
      const intent = params.text('payment_intent')
      return page(world.charges, params, {
        url: '/v1/charges',
        noun: 'charge',
        owner: params.text('customer'),
        keep: charge => intent === undefined || charge.payment_intent === intent,
      })
    },
  )
  api.on('GET', '/v1/charges/:id', '', ({ id }) => need(world.charges, 'charge', id))
  api.on(
    'POST',
    '/v1/charges/:id',
    'description metadata receipt_email customer fraud_details shipping transfer_group',
    ({ id, params }) => {
      const charge = need(world.charges, 'charge', id)
      world.update('charge.updated', charge, () => {
        charge.metadata = mergedMetadata(charge.metadata, params)
        charge.description = params.clearable('description') ?? charge.description
      })
      return charge
    },
  )
}

/** How an attempt to take money ended. */
export type ChargeOutcome =
  | { status: 'succeeded' }
  | { status: 'pending' }
  | { status: 'failed'; code: string; declineCode?: string; message: string }

/** A charge of the payment intent, not yet announced. */
export function newCharge(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  outcome: ChargeOutcome,
): Charge {
  const isFailed = outcome.status === 'failed'
  const charge: Charge = {
    id: newId(method.type === 'card' ? 'ch' : 'py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: isFailed ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: outcome.status === 'succeeded' ? newId('txn') : null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'STAND-IN',
    captured: !isFailed,
    created: world.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: isFailed ? outcome.code : null,
    failure_message: isFailed ? outcome.message : null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(outcome),
    paid: !isFailed,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: methodDetails(method),
    receipt_email: null,
    receipt_number: null,
    receipt_url: isFailed ? null : `${world.origin}/receipts/${intent.id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: outcome.status,
    transfer_data: null,
    transfer_group: null,
  }
  return world.charges.add(charge)
}

function outcomeOf(outcome: ChargeOutcome): Charge['outcome'] {
  const isFailed = outcome.status === 'failed'
  return {
    advice_code: isFailed ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: isFailed ? '01' : null,
    network_status: isFailed ? 'declined_by_network' : 'approved_by_network',
    reason: isFailed ? (outcome.declineCode ?? outcome.code) : null,
    risk_level: 'normal',
    seller_message: isFailed
      ? 'The bank did not return any further details with this decline.'
      : 'Payment complete.',
    type: isFailed ? 'issuer_declined' : 'authorized',
  }
}

function methodDetails(method: PaymentMethod): Charge['payment_method_details'] {
  if (method.sepa_debit) {
    const { bank_code, branch_code, country, fingerprint, last4 } = method.sepa_debit
    return {
      type: 'sepa_debit',
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null },
    }
  }
  if (method.us_bank_account) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } =
      method.us_bank_account
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type,
        account_type,
        bank_name,
        fingerprint,
        last4,
        payment_reference: null,
        routing_number,
      },
    }
  }
  const card = method.card
  if (!card) return { type: method.type }
  return {
    type: 'card',
    card: {
      amount_authorized: null,
      authorization_code: null,
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: null,
      regulated_status: card.regulated_status,
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}
