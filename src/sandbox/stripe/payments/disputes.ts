import type { Api } from '../core/api.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import type { Charge, Dispute } from '../core/objects.ts'
import { mergedMetadata } from '../core/params.ts'
import type { World } from '../world.ts'

const DAY = 86_400

/** `/v1/disputes`. */
export function serveDisputes(api: Api, world: World) {
  api.on(
    'GET',
    '/v1/disputes',
    'charge created limit payment_intent starting_after ending_before',
    ({ params }) => {
      const charge = params.text('charge')
      const intent = params.text('payment_intent')
      return page(world.disputes, params, {
        url: '/v1/disputes',
        noun: 'dispute',
        keep: dispute =>
          (charge === undefined || dispute.charge === charge) &&
          (intent === undefined || dispute.payment_intent === intent),
      })
    },
  )
  api.on('GET', '/v1/disputes/:id', '', ({ id }) => need(world.disputes, 'dispute', id))
  api.on(
    'POST',
    '/v1/disputes/:id',
    'evidence metadata submit intended_submission_method',
    ({ id, params }) => {
      const dispute = need(world.disputes, 'dispute', id)
      world.update('charge.dispute.updated', dispute, () => {
        dispute.metadata = mergedMetadata(dispute.metadata, params)
        dispute.evidence_details.has_evidence ||= params.has('evidence')
        if (params.has('evidence') && params.flag('submit') !== false) {
          dispute.evidence_details.submission_count += 1
          dispute.status = dispute.status.startsWith('warning_') ? 'warning_under_review' : 'under_review'
        }
      })
      return dispute
    },
  )
  api.on('POST', '/v1/disputes/:id/close', '', ({ id }) => {
    const dispute = need(world.disputes, 'dispute', id)
    closeDispute(world, dispute, dispute.status.startsWith('warning_') ? 'warning_closed' : 'lost')
    return dispute
  })
}

/** A cardholder disputes the charge; a status with `warning_` is an inquiry that takes no money. */
export function openDispute(
  world: World,
  charge: Charge,
  how: { status: Dispute['status']; reason: string; amount?: number },
): Dispute {
  const isInquiry = how.status.startsWith('warning_')
  const dispute: Dispute = {
    id: newId('dp'),
    object: 'dispute',
    amount: how.amount ?? charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: world.now() + 9 * DAY,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: '10.4',
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: {
        brand: 'visa',
        case_type: isInquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: '10.4',
      },
    },
    reason: how.reason,
    status: how.status,
  }
  world.disputes.add(dispute)
  charge.disputed = true
  world.emit('charge.dispute.created', dispute)
  if (!isInquiry) world.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/** The dispute ends: `won` gives the money back, `lost` doesn't, `warning_closed` never took any. */
export function closeDispute(world: World, dispute: Dispute, status: 'won' | 'lost' | 'warning_closed') {
  if (['won', 'lost', 'warning_closed'].includes(dispute.status)) return
  dispute.status = status
  dispute.evidence_details.past_due = false
  world.emit('charge.dispute.closed', dispute)
  if (status === 'won') world.emit('charge.dispute.funds_reinstated', dispute)
}

function noEvidence(): Dispute['evidence'] {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  }
}
