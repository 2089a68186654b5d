import type Stripe from 'stripe'
import type { Ask } from './stripe.ts'
import { idOf, subscriptionIdOf } from './subscriptions.ts'

/** Money that went back: a full refund or a lost dispute ends what its invoice paid for. */
export interface Refunds {
  /**
   * Follows a charge to its subscription and stamps there which invoice was taken back (or takes the stamp away, where
   * a refund failed). Answers the customer, or `undefined` for a charge that has none.
   */
  trace(charge: string): Promise<string | undefined>
  /** The charges that were refunded or disputed since then (milliseconds since the epoch). */
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

  const latestPaid = async ({ id, latest_invoice }: Stripe.Subscription) => {
    const { data } = await stripe.invoices.list({ subscription: id, status: 'paid', limit: 1 })
    return data[0]?.id ?? idOf(latest_invoice)
  }

  const isLost = async (charge: Stripe.Charge) => {
    if (!charge.disputed) return false
    const { data } = await stripe.disputes.list({ charge: charge.id, limit: 100 })
    return data.some(({ status }) => status === 'lost')
  }

  return {
    since: at =>
      ask(async () => {
        const created = { gte: Math.floor(at / 1000) }
        const charges = new Set<string>()
        for await (const { charge } of stripe.refunds.list({ created, limit: 100 }))
          add(charges, idOf(charge))
        for await (const { charge } of stripe.disputes.list({ created, limit: 100 }))
          add(charges, idOf(charge))
        return [...charges]
      }),
    trace: chargeId =>
      ask(async () => {
        const charge = await stripe.charges.retrieve(chargeId)
        const customer = idOf(charge.customer)
        const invoice = await invoiceOf(charge)
        const subscriptionId = invoice && subscriptionIdOf(invoice)
        if (!invoice?.id || !subscriptionId) return customer
        const isTakenBack = charge.refunded || (await isLost(charge))
        const subscription = await stripe.subscriptions.retrieve(subscriptionId)
        const stamp = subscription.metadata.chat_ended_invoice || undefined
        // What an older invoice paid for is over anyway, and its refund must not hide that of the latest.
        const isLatest = (await latestPaid(subscription)) === invoice.id
        if (isTakenBack && isLatest && stamp !== invoice.id)
          await stripe.subscriptions.update(subscriptionId, { metadata: { chat_ended_invoice: invoice.id } })
        if (!isTakenBack && stamp === invoice.id)
          await stripe.subscriptions.update(subscriptionId, { metadata: { chat_ended_invoice: '' } })
        return customer ?? idOf(invoice.customer)
      }),
  }
}

const add = (charges: Set<string>, charge: string | undefined) => {
  if (charge) charges.add(charge)
}
