import { expect, test } from 'vitest'
import { isLeftOut, looks, useBrowser } from './sandbox-stripe-browser.ts'

const browser = useBrowser()
const { account, checkout, picture, plans, subscriptionOf, visit } = browser

test.skipIf(isLeftOut).each(looks)(
  'Checkout takes a code, refuses a card and takes another (%s)',
  async (name, look) => {
    const { basic } = await plans()
    const coupon = await account.stripe.coupons.create({ percent_off: 25, duration: 'once' })
    await account.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'FRIEND',
    })
    const { customer, session } = await checkout(basic.id)
    const page = await visit(look, session.url ?? '')
    await picture(page, `checkout-${name}`)
    expect(await page.textContent('.standin')).toContain('Stand-in for Stripe')
    expect(await page.textContent('.amount')).toBe('$10.00')
    expect(await page.textContent('main')).toContain('a <b>say</b> in')

    await page.getByLabel('Promotion code').fill('nonsense')
    await page.getByRole('button', { name: 'Apply' }).click()
    expect(await page.getByRole('alert').textContent()).toBe('This code is invalid.')
    expect(await page.getByLabel('Promotion code').inputValue()).toBe('nonsense')
    await page.getByText('Works here: FRIEND', { exact: true }).waitFor()
    await page.getByLabel('Promotion code').fill('friend')
    await page.getByRole('button', { name: 'Apply' }).click()
    expect(await page.textContent('.amount')).toBe('$7.50')

    await page.getByLabel('4000 0000 0000 0002').check()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    expect(await page.getByRole('alert').textContent()).toBe('Your card was declined.')
    await picture(page, `checkout-declined-${name}`)
    await page.getByLabel('4242 4242 4242 4242').check()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.waitForURL(`${browser.shop}/done?session_id=${session.id}`)
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
    await page.waitForURL(`${browser.shop}/cancel`)

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

test.skipIf(isLeftOut)(
  'a form of Checkout that is sent twice ends both times where the shop wanted',
  async () => {
    const { basic } = await plans()
    const { customer, session } = await checkout(basic.id)
    const send = async () => {
      const body = new URLSearchParams({ card: '4242424242424242', email: 'member@example.com' })
      const { status, headers } = await fetch(session.url ?? '', { method: 'POST', body, redirect: 'manual' })
      return [status, headers.get('location')]
    }
    const done = [303, `${browser.shop}/done?session_id=${session.id}`]
    expect([await send(), await send()]).toEqual([done, done])
    expect((await account.stripe.subscriptions.list({ customer: customer.id })).data).toHaveLength(1)
  },
)
