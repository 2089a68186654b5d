import type * as Kept from './core/objects.ts'
import type { Table } from './core/table.ts'
import type { World } from './world.ts'

/** What the account holds, each kind newest first. The objects are the stand-in's own: to be read, not changed. */
export interface Objects {
  readonly products: Kept.Product[]
  readonly prices: Kept.Price[]
  readonly customers: Kept.Customer[]
  readonly subscriptions: Kept.Subscription[]
  readonly invoices: Kept.Invoice[]
  readonly charges: Kept.Charge[]
  readonly refunds: Kept.Refund[]
  readonly disputes: Kept.Dispute[]
  readonly sessions: Kept.CheckoutSession[]
  readonly portalConfigurations: Kept.PortalConfiguration[]
  readonly portalSessions: Kept.PortalSession[]
  readonly endpoints: Kept.WebhookEndpoint[]
  readonly events: Kept.StripeEvent[]
}

/** A live view of the account. */
export function objectsOf(world: World): Objects {
  const all = <T extends Kept.Thing>(table: Table<T>) => [...table.newest()]
  return {
    get products() {
      return all(world.products)
    },
    get prices() {
      return all(world.prices)
    },
    get customers() {
      return all(world.customers)
    },
    get subscriptions() {
      return all(world.subscriptions)
    },
    get invoices() {
      return all(world.invoices)
    },
    get charges() {
      return all(world.charges)
    },
    get refunds() {
      return all(world.refunds)
    },
    get disputes() {
      return all(world.disputes)
    },
    get sessions() {
      return all(world.sessions)
    },
    get portalConfigurations() {
      return all(world.portalConfigurations)
    },
    get portalSessions() {
      return all(world.portalSessions)
    },
    get endpoints() {
      return all(world.endpoints)
    },
    get events() {
      return all(world.events)
    },
  }
}
