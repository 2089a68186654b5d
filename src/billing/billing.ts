import type { CommunityId, MemberId } from '../member.ts'
import type { Store } from '../store/store.ts'
import { type Account, createAccount } from './account.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import { type Checkout, createCheckout } from './checkout.ts'
import { type Customers, createCustomers } from './customers.ts'
import { createEndpoints, type Endpoints } from './endpoint.ts'
import { createLinkLimit } from './link-limit.ts'
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
  account: Account
  /** What the key is and may do; throws when Stripe refuses it or can't be reached. */
  inspectKey(): Promise<KeyReport>
  /** Throws when Stripe refuses the key; says nothing of Stripe being out of reach. */
  checkKey(): Promise<void>
}

export interface BillingDeps {
  secretKey: string
  apiBase: string | undefined
  /** False: a refund or a lost dispute changes nothing. */
  refundEndsAccess?: boolean
  publicUrl: string
  /** Whose signatures are taken; for checking that the endpoint's is among them. */
  webhookSecrets?: readonly string[]
  store: Store
  now: () => number
  /** Told who loses a customer; not needed where nobody looks at them in this process. */
  lost?: (member: MemberId, customer: string) => Promise<void>
  /** Where a community is found in a browser: the way back from Stripe's pages. */
  home: (community: CommunityId) => Promise<string>
}

/** Puts the parts of `billing/` together for one Stripe account. */
export function createBilling(deps: BillingDeps): Billing {
  const {
    secretKey,
    apiBase,
    refundEndsAccess = true,
    publicUrl,
    webhookSecrets = [],
    store,
    now,
    lost = async () => undefined,
    home,
  } = deps
  const stripe = createStripe({ secretKey, apiBase })
  const ask = createAsk()
  const catalog = createCatalog({ stripe, ask, now })
  const customers = createCustomers({ stripe, ask, store, now, lost })
  const subscriptions = createSubscriptions({ stripe, ask, refundEndsAccess })
  const portal = createPortal({ stripe, ask, customers, subscriptions, now, home })
  const checkout = createCheckout({ stripe, ask, customers, subscriptions, portal, publicUrl, now })
  const countLink = createLinkLimit({ now })
  const refunds = createRefunds({ stripe, ask })
  const endpoints = createEndpoints({ stripe, ask })
  const inspectKey = createKeyCheck({ stripe, ask, secretKey })
  return {
    catalog,
    customers,
    subscriptions,
    checkout: {
      ...checkout,
      async offer(member, ...wanted) {
        countLink(member)
        return checkout.offer(member, ...wanted)
      },
    },
    portal: {
      ...portal,
      async link(member) {
        countLink(member)
        return portal.link(member)
      },
    },
    refunds,
    registry: createRegistry({ stripe, ask }),
    starter: createStarter({ stripe, ask }),
    endpoints,
    account: createAccount({ stripe, ask, endpoints, inspectKey, publicUrl, webhookSecrets }),
    inspectKey,
    async checkKey() {
      await ask(() => stripe.subscriptions.list({ limit: 1 }))
    },
  }
}
