import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createStripeStandIn, type StripeStandIn } from '../src/sandbox/stripe/index.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const HOUR = 3_600_000
// With a folder here every page is also kept as a picture.
const PICTURES = process.env.STRIPE_PAGES_PICTURES

const isLeftOut = !existsSync(CHROMIUM)
if (isLeftOut)
  process.stderr.write(`left out: the hosted pages of the Stripe stand-in, since there is no ${CHROMIUM}\n`)

let browser: Browser
let standIn: StripeStandIn
let stripe: Stripe
let shop: { url: string; close(): Promise<void> }

beforeAll(async () => {
  if (!isLeftOut) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}, 60_000)
afterAll(async () => {
  await browser?.close()
})

beforeEach(async () => {
  standIn = await createStripeStandIn()
  const { hostname, port } = new URL(standIn.url)
  stripe = new Stripe(standIn.secretKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
  })
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
afterEach(async () => {
  await Promise.all([standIn.close(), shop.close()])
})

const looks: [string, BrowserContextOptions][] = [
  ['desk-light', { viewport: { width: 1200, height: 820 }, colorScheme: 'light' }],
  ['phone-dark', { viewport: { width: 375, height: 760 }, colorScheme: 'dark', isMobile: true }],
]

async function picture(page: Page, name: string) {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0)
}

async function plans() {
  const product = await stripe.products.create({
    name: 'Premium',
    description: 'The whole lounge, and a <b>say</b> in what comes next.',
    marketing_features: [{ name: 'A private lounge' }, { name: 'Early videos' }],
  })
  const price = (nickname: string, unit_amount: number) =>
    stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount,
      nickname,
      recurring: { interval: 'month' },
    })
  return { product, basic: await price('Basic', 1000), gold: await price('Gold', 3000) }
}

async function checkout(price: string, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const customer = await stripe.customers.create({ name: 'Ada', email: 'ada@example.com' })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price, quantity: 1 }],
    success_url: `${shop.url}/done?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shop.url}/cancel`,
    allow_promotion_codes: true,
    ...more,
  })
  return { customer, session }
}

async function subscriptionOf(customer: string) {
  const [subscription] = (await stripe.subscriptions.list({ customer, status: 'all' })).data
  if (!subscription) throw new Error('no subscription')
  return subscription
}

async function visit(look: BrowserContextOptions, url: string): Promise<Page> {
  const context = await browser.newContext({ ...look, javaScriptEnabled: true, locale: 'en-US' })
  const page = await context.newPage()
  await page.route('**/*', route =>
    route.request().resourceType() === 'script' ? route.abort() : route.continue(),
  )
  await page.goto(url)
  return page
}

test.skipIf(isLeftOut).each(looks)(
  'Checkout takes a code, refuses a card and takes another (%s)',
  async (name, look) => {
    const { basic } = await plans()
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
    await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'FRIEND' })
    const { customer, session } = await checkout(basic.id)
    const page = await visit(look, session.url ?? '')
    await picture(page, `checkout-${name}`)
    expect(await page.textContent('.standin')).toContain('Stand-in for Stripe')
    expect(await page.textContent('.amount')).toBe('$10.00')
    expect(await page.textContent('main')).toContain('a <b>say</b> in')

    await page.getByLabel('Promotion code').fill('nonsense')
    await page.getByRole('button', { name: 'Apply' }).click()
    expect(await page.getByRole('alert').textContent()).toBe('This code is invalid.')
    await page.getByLabel('Promotion code').fill('friend')
    await page.getByRole('button', { name: 'Apply' }).click()
    expect(await page.textContent('.amount')).toBe('$7.50')

    await page.getByLabel('4000 0000 0000 0002').check()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    expect(await page.getByRole('alert').textContent()).toBe('Your card was declined.')
    await picture(page, `checkout-declined-${name}`)
    await page.getByLabel('4242 4242 4242 4242').check()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.waitForURL(`${shop.url}/done?session_id=${session.id}`)
    expect((await subscriptionOf(customer.id)).status).toBe('active')

    await page.goto(session.url ?? '')
    expect(await page.textContent('h1')).toBe('This page is closed')
  },
)

test.skipIf(isLeftOut)(
  'Checkout goes back without a payment, and asks the bank when the card wants it',
  async () => {
    const { basic } = await plans()
    const { customer, session } = await checkout(basic.id)
    const [, look] = looks[1] ?? ['', {}]
    const page = await visit(look, session.url ?? '')
    await page.getByRole('link', { name: 'Back' }).click()
    await page.waitForURL(`${shop.url}/cancel`)

    await page.goto(session.url ?? '')
    await page.getByLabel('4000 0025 0000 3155').check()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await picture(page, 'authenticate')
    await page.getByRole('button', { name: 'Fail authentication' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('unable to authenticate')
    await page.getByLabel('4000 0025 0000 3155').check()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    await page.waitForURL(/\/done/)
    expect((await subscriptionOf(customer.id)).status).toBe('active')
  },
)

test.skipIf(isLeftOut).each(looks)(
  'the portal changes the plan and the card, cancels, resumes and pays what is open (%s)',
  async (name, look) => {
    const { product, basic, gold } = await plans()
    const { customer, session } = await checkout(basic.id)
    standIn.pay(session.id, { card: '4000000000000341' })
    const configuration = await stripe.billingPortal.configurations.create({
      features: {
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          proration_behavior: 'always_invoice',
          products: [{ product: product.id, prices: [gold.id] }],
        },
      },
    })
    const open = () =>
      stripe.billingPortal.sessions.create({
        customer: customer.id,
        configuration: configuration.id,
        return_url: `${shop.url}/back`,
      })
    const subscription = await subscriptionOf(customer.id)
    const end = (subscription.items.data[0]?.current_period_end ?? 0) * 1000
    await standIn.advance(end - standIn.clock.now() + 2 * HOUR)

    const page = await visit(look, (await open()).url)
    await picture(page, `portal-overdue-${name}`)
    expect(await page.textContent('main')).toContain('Payment overdue')
    await page.getByRole('button', { name: 'Pay now' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('The payment failed')
    await page.getByRole('link', { name: 'Change card' }).click()
    await page.getByLabel('4242 4242 4242 4242').check()
    await picture(page, `portal-card-${name}`)
    await page.getByRole('button', { name: 'Save card' }).click()
    expect(await page.textContent('main')).toContain('Visa •••• 4242')
    await page.getByRole('button', { name: 'Pay now' }).click()
    expect(await page.getByRole('status').textContent()).toBe('The invoice is paid.')
    expect((await subscriptionOf(customer.id)).status).toBe('active')

    await page.getByRole('link', { name: 'Change plan' }).click()
    await picture(page, `portal-plans-${name}`)
    await page.getByRole('button', { name: 'Continue' }).click()
    await picture(page, `portal-change-${name}`)
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect(await page.getByRole('status').textContent()).toBe('Your plan was changed.')
    expect((await subscriptionOf(customer.id)).items.data[0]?.price.id).toBe(gold.id)

    await page.getByRole('link', { name: 'Cancel subscription' }).click()
    await picture(page, `portal-cancel-${name}`)
    await page.getByRole('button', { name: 'Cancel subscription' }).click()
    await picture(page, `portal-ending-${name}`)
    const ending = await subscriptionOf(customer.id)
    expect(ending).toMatchObject({
      status: 'active',
      cancel_at_period_end: false,
      cancel_at: ending.items.data[0]?.current_period_end,
    })
    await page.getByRole('button', { name: 'Don’t cancel subscription' }).click()
    expect((await subscriptionOf(customer.id)).cancel_at).toBeNull()
    await page.getByRole('link', { name: 'Cancel subscription' }).click()
    await page.getByLabel('Now').check()
    await page.getByRole('button', { name: 'Cancel subscription' }).click()
    expect((await subscriptionOf(customer.id)).status).toBe('canceled')
    await page.getByRole('link', { name: 'Return' }).click()
    await page.waitForURL(`${shop.url}/back`)
  },
)

test.skipIf(isLeftOut)(
  'the portal’s confirm page changes to the one price and goes where it was told',
  async () => {
    const { product, basic, gold } = await plans()
    const { customer, session } = await checkout(basic.id)
    standIn.pay(session.id)
    const subscription = await subscriptionOf(customer.id)
    const configuration = await stripe.billingPortal.configurations.create({
      features: {
        payment_method_update: { enabled: true },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          proration_behavior: 'always_invoice',
          products: [{ product: product.id, prices: [gold.id] }],
        },
      },
    })
    const portal = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration: configuration.id,
      return_url: `${shop.url}/back`,
      flow_data: {
        type: 'subscription_update_confirm',
        subscription_update_confirm: {
          subscription: subscription.id,
          items: [{ id: subscription.items.data[0]?.id ?? '', price: gold.id, quantity: 1 }],
        },
        after_completion: { type: 'redirect', redirect: { return_url: `${shop.url}/changed` } },
      },
    })
    const page = await visit({ viewport: { width: 1200, height: 800 } }, portal.url)
    await picture(page, 'portal-confirm')
    expect(await page.textContent('.total')).toContain('$20.00')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.waitForURL(`${shop.url}/changed`)
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', total: 2000 })

    await standIn.advance(2 * HOUR)
    const late = await fetch(portal.url)
    expect(late.status).toBe(404)
  },
)

test.skipIf(isLeftOut)('an open invoice is paid on its own page', async () => {
  const { basic } = await plans()
  const { customer, session } = await checkout(basic.id)
  standIn.pay(session.id)
  standIn.changeCard(customer.id, 'pm_card_authenticationRequired')
  const subscription = await subscriptionOf(customer.id)
  await standIn.advance(
    (subscription.items.data[0]?.current_period_end ?? 0) * 1000 - standIn.clock.now() + 2 * HOUR,
  )
  const [invoice] = (await stripe.invoices.list({ customer: customer.id, status: 'open' })).data
  const page = await visit({ viewport: { width: 800, height: 900 } }, invoice?.hosted_invoice_url ?? '')
  await picture(page, 'invoice')
  await page.getByLabel('4000 0027 6000 3184').check()
  await page.getByRole('button', { name: 'Pay $10.00' }).click()
  await page.getByRole('button', { name: 'Complete authentication' }).click()
  expect(await page.textContent('.badge')).toBe('Paid')
  expect((await subscriptionOf(customer.id)).status).toBe('active')
})
