import type { Billing } from '../billing/billing.ts'
import type { Registered } from '../billing/registry.ts'
import { createProgress } from './progress.ts'

/** Every customer of the Stripe account, oldest last; fewer where `stop` came first. */
export async function readEverybody(billing: Billing, stop: AbortSignal): Promise<Registered[]> {
  const progress = createProgress({ what: 'reading customers' })
  const everybody: Registered[] = []
  try {
    for await (const each of billing.registry.everybody()) {
      everybody.push(each)
      progress.at(everybody.length)
      if (stop.aborted) break
    }
  } finally {
    progress.end()
  }
  return everybody
}
