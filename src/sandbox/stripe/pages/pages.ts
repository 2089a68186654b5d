import type { Express } from 'express'
import type { World } from '../world.ts'
import { serveCheckoutPage } from './checkout.ts'
import { createPages } from './forms.ts'
import { serveInvoicePage } from './invoice.ts'
import { servePortalPage } from './portal.ts'

/** The pages that people see: Checkout, the portal, invoices, the bank's question. */
export function servePages(app: Express, world: World) {
  const pages = createPages(app)
  serveCheckoutPage(pages, world)
  servePortalPage(pages, world)
  serveInvoicePage(pages, world)
}
