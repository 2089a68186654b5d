import { expect, test } from 'vitest'
import { isLeftOut, looks, useBrowser } from './sandbox-stripe-browser.ts'

const browser = useBrowser()
const { account, checkout, picture, plans, subscriptionOf, visit } = browser
const HOUR = 3_600_000

test.skipIf(isLeftOut).each(looks)(
  'the portal changes the plan and the card, cancels, resumes and pays what is open (%s)',
  async (name, look) => {
    const { product, basic, gold } = await plans()
    const { customer, session } = await checkout(basic.id)
    account.standIn.pay(session.id, { card: '4000000000000341' })
    const configuration = await account.stripe.billingPortal.configurations.create({
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
      account.stripe.billingPortal.sessions.create({
        customer: customer.id,
        configuration: configuration.id,
        return_url: `${browser.shop}/back`,
      })
    const subscription = await subscriptionOf(customer.id)
    const end = (subscription.items.data[0]?.current_period_end ?? 0) * 1000
    await account.standIn.advance(end - account.standIn.clock.now() + 2 * HOUR)

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
    await page.waitForURL(`${browser.shop}/back`)
  },
)

test.skipIf(isLeftOut)(
  'the portal’s confirm page changes to the one price and goes where it was told',
  async () => {
    const { product, basic, gold } = await plans()
    const { customer, session } = await checkout(basic.id)
    account.standIn.pay(session.id)
    const subscription = await subscriptionOf(customer.id)
    const configuration = await account.stripe.billingPortal.configurations.create({
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
    const portal = await account.stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration: configuration.id,
      return_url: `${browser.shop}/back`,
      flow_data: {
        type: 'subscription_update_confirm',
        subscription_update_confirm: {
          subscription: subscription.id,
          items: [{ id: subscription.items.data[0]?.id ?? '', price: gold.id, quantity: 1 }],
        },
        after_completion: { type: 'redirect', redirect: { return_url: `${browser.shop}/changed` } },
      },
    })
    const page = await visit({ viewport: { width: 1200, height: 800 } }, portal.url)
    await picture(page, 'portal-confirm')
    expect(await page.textContent('.total')).toContain('$20.00')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.waitForURL(`${browser.shop}/changed`)
    const [invoice] = (await account.stripe.invoices.list({ customer: customer.id })).data
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', total: 2000 })

    await account.standIn.advance(2 * HOUR)
    const late = await fetch(portal.url)
    expect(late.status).toBe(404)
  },
)

test.skipIf(isLeftOut)('an open invoice is paid on its own page', async () => {
  const { basic } = await plans()
  const { customer, session } = await checkout(basic.id)
  account.standIn.pay(session.id)
  account.standIn.changeCard(customer.id, 'pm_card_authenticationRequired')
  const subscription = await subscriptionOf(customer.id)
  await account.standIn.advance(
    (subscription.items.data[0]?.current_period_end ?? 0) * 1000 - account.standIn.clock.now() + 2 * HOUR,
  )
  const [invoice] = (await account.stripe.invoices.list({ customer: customer.id, status: 'open' })).data
  const page = await visit({ viewport: { width: 800, height: 900 } }, invoice?.hosted_invoice_url ?? '')
  await picture(page, 'invoice')
  await page.getByLabel('4000 0027 6000 3184').check()
  await page.getByRole('button', { name: 'Pay $10.00' }).click()
  await page.getByRole('button', { name: 'Complete authentication' }).click()
  expect(await page.textContent('.badge')).toBe('Paid')
  expect((await subscriptionOf(customer.id)).status).toBe('active')
})
