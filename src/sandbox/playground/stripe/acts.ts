import { z } from 'zod'
import type { StripeStandIn } from '../../stripe/index.ts'
import type { ActResult } from '../view.ts'

const id = z.string().regex(/^[a-z]+_[A-Za-z0-9]{1,80}$/)

/** What the panel's buttons can ask for. */
const actSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('advance'), by: z.enum(['day', 'week', 'month']) }),
  z.object({ act: z.literal('change card'), customer: id, fails: z.boolean() }),
  z.object({ act: z.literal('cancel'), subscription: id, when: z.enum(['now', 'period end']) }),
  z.object({ act: z.literal('keep'), subscription: id }),
  z.object({ act: z.literal('refund'), invoice: id }),
  z.object({ act: z.literal('dispute'), invoice: id }),
  z.object({ act: z.literal('pay'), invoice: id }),
  z.object({ act: z.literal('resend'), event: id }),
])

const hour = 3_600_000
const day = 24 * hour

/** Does what the panel asks for. Throws an Error in words for what Stripe would refuse. */
export async function actInStripe(
  { stripe, failingMethods }: { stripe: StripeStandIn; failingMethods: Set<string> },
  wanted: unknown,
): Promise<ActResult> {
  const parsed = actSchema.safeParse(wanted)
  if (!parsed.success) throw new Error("The page asked for something that can't be done. Reload it.")
  const act = parsed.data
  switch (act.act) {
    case 'advance':
      await stripe.advance(spanOf(act.by, stripe.clock.now()))
      break
    case 'change card': {
      stripe.changeCard(act.customer, act.fails ? 'pm_card_chargeCustomerFail' : 'pm_card_visa')
      const customer = stripe.objects.customers.find(each => each.id === act.customer)
      const method = customer?.invoice_settings.default_payment_method
      if (method && act.fails) failingMethods.add(method)
      break
    }
    case 'cancel':
      if (act.when === 'now') await ask(stripe, 'DELETE', act.subscription)
      else await ask(stripe, 'POST', act.subscription, 'cancel_at_period_end=true')
      break
    case 'keep':
      await ask(stripe, 'POST', act.subscription, 'cancel_at_period_end=false')
      break
    case 'refund':
      stripe.refund(act.invoice)
      break
    case 'dispute':
      stripe.dispute(act.invoice)
      break
    case 'pay':
      if (stripe.payInvoice(act.invoice, { card: 'pm_card_visa' }) !== 'succeeded')
        return { problem: 'The payment did not go through.' }
      break
    case 'resend':
      stripe.resend(act.event)
      break
  }
  return {}
}

/** Milliseconds of a day, a week or a month by the calendar, and the hours that Stripe takes to charge a renewal. */
function spanOf(by: 'day' | 'week' | 'month', now: number): number {
  if (by === 'day') return day
  if (by === 'week') return 7 * day
  const end = new Date(now)
  end.setUTCMonth(end.getUTCMonth() + 1)
  return end.getTime() - now + 3 * hour
}

async function ask(stripe: StripeStandIn, method: 'POST' | 'DELETE', subscription: string, body?: string) {
  const response = await fetch(`${stripe.url}/v1/subscriptions/${subscription}`, {
    method,
    headers: {
      authorization: `Bearer ${stripe.secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    ...(body !== undefined && { body }),
  })
  if (response.ok) return
  const answer = z.object({ error: z.object({ message: z.string() }) }).safeParse(await response.json())
  throw new Error(answer.data?.error.message ?? `Stripe answered ${response.status}`)
}
