import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { useAccount } from './sandbox-stripe-account.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
// With a folder here every page is also kept as a picture.
const PICTURES = process.env.STRIPE_PAGES_PICTURES

/** True where there is no browser to look at pages with; the tests that need one are left out then. */
export const isLeftOut = !existsSync(CHROMIUM)
if (isLeftOut)
  process.stderr.write(`left out: the hosted pages of the Stripe stand-in, since there is no ${CHROMIUM}\n`)

/** The two looks each page is tried in. */
export const looks: [string, BrowserContextOptions][] = [
  ['desk-light', { viewport: { width: 1200, height: 820 }, colorScheme: 'light' }],
  ['phone-dark', { viewport: { width: 375, height: 760 }, colorScheme: 'dark', isMobile: true }],
]

/** A stand-in, a browser, and a shop to come from and go back to. */
export function useBrowser() {
  const account = useAccount()
  let browser: Browser
  let shop: { url: string; close(): Promise<void> }

  beforeAll(async () => {
    if (!isLeftOut) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
  })
  beforeEach(async () => {
    const server = createServer((request, response) => response.end(`<h1>shop</h1><p>${request.url}</p>`))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    shop = {
      url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      close: () =>
        new Promise(resolve => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
  })
  afterEach(() => shop.close())

  return {
    account,
    get shop() {
      return shop.url
    },

    /** A product with two monthly prices. */
    async plans() {
      const product = await account.stripe.products.create({
        name: 'Premium',
        description: 'The whole lounge, and a <b>say</b> in what comes next.',
        marketing_features: [{ name: 'A private lounge' }, { name: 'Early videos' }],
      })
      const price = (nickname: string, unit_amount: number) =>
        account.stripe.prices.create({
          product: product.id,
          currency: 'usd',
          unit_amount,
          nickname,
          recurring: { interval: 'month' },
        })
      return { product, basic: await price('Basic', 1000), gold: await price('Gold', 3000) }
    },

    /** An open Checkout Session of a customer with an address. */
    async checkout(price: string) {
      const customer = await account.stripe.customers.create({ name: 'Ada', email: 'ada@example.com' })
      const session = await account.checkout(customer.id, price, {
        success_url: `${shop.url}/done?session_id={CHECKOUT_SESSION_ID}`,
        cancel_url: `${shop.url}/cancel`,
      })
      return { customer, session }
    },

    async subscriptionOf(customer: string): Promise<Stripe.Subscription> {
      const [subscription] = (await account.stripe.subscriptions.list({ customer, status: 'all' })).data
      if (!subscription) throw new Error('no subscription')
      return subscription
    },

    /** Opens a page; scripts never load, for the pages need none. */
    async visit(look: BrowserContextOptions, url: string): Promise<Page> {
      const context = await browser.newContext({ ...look, locale: 'en-US' })
      const page = await context.newPage()
      await page.route('**/*', route =>
        route.request().resourceType() === 'script' ? route.abort() : route.continue(),
      )
      await page.goto(url)
      expect(await page.locator('script').count()).toBe(0)
      return page
    },

    /** Checks that the page fits the screen, and keeps a picture where one is wanted. */
    async picture(page: Page, name: string) {
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0)
    },
  }
}
