import type { PortalSession, Price, Subscription } from '../core/objects.ts'
import { itemAmount } from '../subscriptions/items.ts'
import { currentEnd } from '../subscriptions/lifecycle.ts'
import type { World } from '../world.ts'

/** What a change of plan would bill now, in the currency's smallest unit; below zero it is credit. */
export function dueForChange(
  world: World,
  session: PortalSession,
  subscription: Subscription,
  price: Price,
  quantity = 1,
): number {
  const feature = world.portalConfigurations.get(session.configuration)?.features.subscription_update
  const proration = feature?.proration_behavior ?? 'none'
  const item = subscription.items.data[0]
  if (!item || subscription.status === 'trialing') return 0
  const start = item.current_period_start
  const end = currentEnd(subscription)
  const share = end > start ? Math.max(0, end - world.now()) / (end - start) : 0
  const unused = proration === 'none' ? 0 : Math.round(itemAmount(item) * share)
  const full = itemAmount({ price, quantity })
  const keepsRhythm =
    price.recurring?.interval === item.price.recurring?.interval &&
    price.recurring?.interval_count === item.price.recurring?.interval_count
  if (!keepsRhythm || feature?.billing_cycle_anchor === 'now') return full - unused
  return proration === 'always_invoice' ? Math.round(full * share) - unused : 0
}
