import { serveAccount } from './account.ts'
import { serveCoupons } from './catalog/coupons.ts'
import { servePrices } from './catalog/prices.ts'
import { serveProducts } from './catalog/products.ts'
import { serveCheckout } from './checkout/sessions.ts'
import type { Api } from './core/api.ts'
import { serveCustomers } from './customers/customers.ts'
import { serveInvoiceItems } from './invoices/invoice-items.ts'
import { serveInvoices } from './invoices/invoices.ts'
import { serveCharges } from './payments/charges.ts'
import { serveDisputes } from './payments/disputes.ts'
import { servePaymentIntents } from './payments/payment-intents.ts'
import { servePaymentMethods } from './payments/payment-methods.ts'
import { serveRefunds } from './payments/refunds.ts'
import { serveSetupIntents } from './payments/setup-intents.ts'
import { servePortalConfigurations } from './portal/configurations.ts'
import { servePortalSessions } from './portal/sessions.ts'
import { serveSubscriptions } from './subscriptions/subscriptions.ts'
import { serveWebhooks } from './webhooks/endpoints.ts'
import type { World } from './world.ts'

/** Every operation of the API that the stand-in knows. */
export function serveApi(api: Api, world: World) {
  const families = [
    serveAccount,
    serveProducts,
    servePrices,
    serveCoupons,
    serveCustomers,
    servePaymentMethods,
    servePaymentIntents,
    serveSetupIntents,
    serveCharges,
    serveRefunds,
    serveDisputes,
    serveInvoices,
    serveInvoiceItems,
    serveSubscriptions,
    serveCheckout,
    servePortalConfigurations,
    servePortalSessions,
    serveWebhooks,
  ]
  for (const serve of families) serve(api, world)
}
