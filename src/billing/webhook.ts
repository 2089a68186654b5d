import Stripe from 'stripe'

/** The events that the bot's endpoint asks Stripe for; every other one is welcome and means nothing. */
export const webhookEvents = [
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.marked_uncollectible',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'customer.updated',
  'customer.deleted',
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'charge.refunded',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
  'product.created',
  'product.updated',
  'product.deleted',
  'price.created',
  'price.updated',
  'price.deleted',
] as const satisfies Stripe.WebhookEndpointCreateParams.EnabledEvent[]

/** What a delivery asks for. */
export type Hint =
  | { kind: 'look'; who: `customer:${string}` | `charge:${string}`; type: string; id: string }
  | { kind: 'catalog' }
  | { kind: 'nothing'; type: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'wrong mode'; type: string; id: string }

/**
 * Reads one delivery: signature first (any of `secrets`), then mode, then whom it is about. It believes nothing else
 * that the payload says, so every API version's shapes will do.
 */
export function readDelivery(
  body: Buffer | string,
  signature: string | undefined,
  { secrets, isLive }: { secrets: readonly string[]; isLive: boolean },
): Hint {
  const event = verified(body, signature, secrets)
  if (typeof event === 'string') return { kind: 'refused', reason: event }
  const { type, id, livemode, object } = event
  if (livemode !== isLive) return { kind: 'wrong mode', type, id }
  if (/^(product|price)\./.test(type)) return { kind: 'catalog' }
  const charge = chargeOf(type, object)
  if (charge) return { kind: 'look', who: `charge:${charge}`, type, id }
  const customer = object.object === 'customer' ? object.id : idIn(object.customer)
  if (customer && /^cus_\w{1,200}$/.test(customer))
    return { kind: 'look', who: `customer:${customer}`, type, id }
  return { kind: 'nothing', type }
}

interface Verified {
  id: string
  type: string
  livemode: boolean
  object: Record<string, unknown> & { object?: unknown; id: string | undefined }
}

function verified(
  body: Buffer | string,
  signature: string | undefined,
  secrets: readonly string[],
): Verified | string {
  if (!signature) return 'no Stripe-Signature header'
  let reason = 'no webhook secret'
  for (const secret of secrets) {
    try {
      const event: unknown = Stripe.webhooks.constructEvent(body, signature, secret)
      return shapeOf(event) ?? 'not an event'
    } catch (error) {
      reason = error instanceof Error ? (error.message.split('\n')[0] ?? 'bad signature') : 'bad signature'
    }
  }
  return reason
}

// A signed body is Stripe's, but it may be of any API version: only these four fields have never moved.
function shapeOf(event: unknown): Verified | undefined {
  if (!isRecord(event) || typeof event.type !== 'string' || typeof event.id !== 'string') return undefined
  const object = isRecord(event.data) && isRecord(event.data.object) ? event.data.object : {}
  return {
    id: event.id,
    type: event.type,
    livemode: event.livemode === true,
    object: { ...object, id: typeof object.id === 'string' ? object.id : undefined },
  }
}

// Refunds and disputes name a charge; a dispute names nothing else.
function chargeOf(type: string, object: Verified['object']): string | undefined {
  const charge = type === 'charge.refunded' ? object.id : idIn(object.charge)
  const isAboutMoneyBack = /^(charge\.refunded|charge\.dispute\.|charge\.refund\.|refund\.)/.test(type)
  return isAboutMoneyBack && charge && /^(ch|py)_\w{1,200}$/.test(charge) ? charge : undefined
}

const idIn = (thing: unknown): string | undefined => {
  if (typeof thing === 'string') return thing
  return isRecord(thing) && typeof thing.id === 'string' ? thing.id : undefined
}

const isRecord = (thing: unknown): thing is Record<string, unknown> =>
  typeof thing === 'object' && thing !== null
