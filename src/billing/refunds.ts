import type Stripe from 'stripe'
import type { Ask } from './stripe.ts'
import { idOf, newestPaidInvoice, subscriptionIdOf } from './subscriptions.ts'

/** Money that went back: a full refund or a lost dispute ends what its invoice paid for. */
export interface Refunds {
  /**
   * Follows a charge to its subscription and stamps there which invoice was taken back (or takes the stamp away, where
   * a refund failed). Answers the customer, or `undefined` for a charge that has none.
   */
  trace(charge: string): Promise<string | undefined>
  /** The charges that were refunded since then (milliseconds since the epoch), and those of lost disputes that nobody noted. */
  since(at: number): Promise<string[]>
}

export function createRefunds({ stripe, ask }: { stripe: Stripe; ask: Ask }): Refunds {
  // A charge names no invoice, and a refund no subscription: the invoice's payments know both.
  const invoiceOf = async (charge: Stripe.Charge): Promise<Stripe.Invoice | undefined> => {
    const intent = idOf(charge.payment_intent)
    if (!intent) return undefined
    const { data } = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intent },
      expand: ['data.invoice'],
    })
    const invoice = data[0]?.invoice
    return typeof invoice === 'object' && !invoice.deleted ? invoice : undefined
  }

  const isLost = async (charge: Stripe.Charge) => {
    if (!charge.disputed) return false
    const { data } = await stripe.disputes.list({ charge: charge.id, limit: 100 })
    return data.some(({ status }) => status === 'lost')
  }

  // What a charge paid for, and what its subscription's stamp should be now; `undefined` where that is right already.
  const follow = async (chargeId: string) => {
    const charge = await stripe.charges.retrieve(chargeId)
    const invoice = await invoiceOf(charge)
    const customer = idOf(charge.customer) ?? idOf(invoice?.customer)
    const subscriptionId = invoice && subscriptionIdOf(invoice)
    if (!invoice?.id || !subscriptionId) return { customer }
    const isTakenBack = charge.refunded || (await isLost(charge))
    const { status, metadata, latest_invoice } = await stripe.subscriptions.retrieve(subscriptionId)
    // What has ended gives no access anyway, and Stripe lets hardly anything of it be changed.
    if (status === 'canceled') return { customer }
    const isStamped = metadata.chat_ended_invoice === invoice.id
    if (isTakenBack === isStamped) return { customer }
    if (!isTakenBack) return { customer, subscriptionId, stamp: '' }
    // What an older invoice paid for is over anyway, and its refund must not hide that of the latest.
    const latest = (await newestPaidInvoice(stripe, subscriptionId)) ?? idOf(latest_invoice)
    return latest === invoice.id ? { customer, subscriptionId, stamp: invoice.id } : { customer }
  }

  return {
    since: at =>
      ask(async () => {
        const charges = new Set<string>()
        const from = (time: number) => ({ created: { gte: Math.floor(time / 1000) }, limit: 100 })
        for await (const refund of stripe.refunds.list(from(at))) add(charges, idOf(refund.charge))
        // A bank decides months after the dispute was opened, and nothing says when it did.
        for await (const { charge, status } of stripe.disputes.list(from(at - longestDisputeMs))) {
          const id = idOf(charge)
          if (id && status === 'lost' && (await follow(id)).stamp) charges.add(id)
        }
        return [...charges]
      }),
    trace: chargeId =>
      ask(async () => {
        const { customer, subscriptionId, stamp } = await follow(chargeId)
        if (subscriptionId && stamp !== undefined)
          await stripe.subscriptions.update(subscriptionId, { metadata: { chat_ended_invoice: stamp } })
        return customer
      }),
  }
}

const longestDisputeMs = 180 * 86_400_000

const add = (charges: Set<string>, charge: string | undefined) => {
  if (charge) charges.add(charge)
}
