import type { CommunityId } from '../member.ts'
import type { Store } from '../store/store.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import { type Checkout, createCheckout } from './checkout.ts'
import { type Customers, createCustomers } from './customers.ts'
import { createEndpoints, type Endpoints } from './endpoint.ts'
import { createKeyCheck, type KeyReport } from './permissions.ts'
import { createPortal, type Portal } from './portal.ts'
import { createRefunds, type Refunds } from './refunds.ts'
import { createRegistry, type Registry } from './registry.ts'
import { createStarter, type Starter } from './starter.ts'
import { createAsk, createStripe } from './stripe.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'

/** Everything the bot knows and does about money, for one Stripe account. */
export interface Billing {
  catalog: Catalog
  customers: Customers
  subscriptions: Subscriptions
  checkout: Checkout
  portal: Portal
  refunds: Refunds
  registry: Registry
  starter: Starter
  endpoints: Endpoints
  /** What the key is and may do; throws when Stripe refuses it or can't be reached. */
  inspectKey(): Promise<KeyReport>
  /** Throws when Stripe refuses the key; says nothing of Stripe being out of reach. */
  checkKey(): Promise<void>
}

export interface BillingDeps {
  secretKey: string
  apiBase: string | undefined
  publicUrl: string
  store: Store
  now: () => number
  /** Where a community is found in a browser: the way back from Stripe's pages. */
  home: (community: CommunityId) => Promise<string>
}

/** Puts the parts of `billing/` together for one Stripe account. */
export function createBilling({ secretKey, apiBase, publicUrl, store, now, home }: BillingDeps): Billing {
  const stripe = createStripe({ secretKey, apiBase })
  const ask = createAsk()
  const catalog = createCatalog({ stripe, ask, now })
  const customers = createCustomers({ stripe, ask, store, now })
  const subscriptions = createSubscriptions({ stripe, ask })
  const portal = createPortal({ stripe, ask, customers, now, home })
  const checkout = createCheckout({ stripe, ask, customers, subscriptions, portal, publicUrl, now })
  const refunds = createRefunds({ stripe, ask })
  return {
    catalog,
    customers,
    subscriptions,
    checkout,
    portal,
    refunds,
    registry: createRegistry({ stripe, ask }),
    starter: createStarter({ stripe, ask }),
    endpoints: createEndpoints({ stripe, ask }),
    inspectKey: createKeyCheck({ stripe, ask, secretKey }),
    async checkKey() {
      await ask(() => stripe.subscriptions.list({ limit: 1 }))
    },
  }
}
