import { invalid } from '../core/errors.ts'
import { hasEnded } from '../subscriptions/lifecycle.ts'
import type { World } from '../world.ts'

/** Throws Stripe's refusal where what the customer has or is about to buy is in another currency. */
export function checkOneCurrency(world: World, customer: string, currency: string) {
  const bound = (function* () {
    for (const each of world.subscriptions.newest(customer)) if (!hasEnded(each)) yield each.currency
    for (const each of world.invoiceItems.newest(customer)) if (each.invoice === null) yield each.currency
    for (const each of world.sessions.newest(customer))
      if (each.status === 'open' && each.mode === 'subscription') yield each.currency
  })()
  for (const other of bound)
    if (other !== null && other !== currency)
      throw invalid(
        `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, invoice item or active subscription mode checkout session with currency ${other}.`,
      )
}
