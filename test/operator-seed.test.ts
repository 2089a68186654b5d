import { afterEach, describe, expect, it } from 'vitest'
import { createStripe } from '../src/billing/stripe.ts'
import { createStripeStandIn, type StripeStandIn } from '../src/sandbox/stripe/index.ts'
import { operator } from './support/operator.ts'
import { ownFolder } from './support/store.ts'

describe('npm run seed', { timeout: 90_000 }, () => {
  let stripe: StripeStandIn
  const open = async (options: Parameters<typeof createStripeStandIn>[0] = {}) => {
    stripe = await createStripeStandIn(options)
    return createStripe({ secretKey: stripe.secretKey, apiBase: stripe.url })
  }
  const seed = async (...args: string[]) =>
    operator('seed', {
      args,
      folder: await ownFolder(),
      environment: { STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_API_BASE: stripe.url },
    })
  afterEach(() => stripe.close())

  it('makes one product with three monthly prices and the portal settings, and changes nothing the second time', async () => {
    const sdk = await open({ hasPortalSettings: false })
    const first = await seed()
    expect(first).toMatchObject({ code: 0, errors: '' })
    const prices = await sdk.prices.list({ active: true })
    expect(
      prices.data
        .map(({ lookup_key, nickname, unit_amount, currency, recurring }) =>
          [lookup_key, nickname, unit_amount, currency, recurring?.interval].join(' '),
        )
        .sort(),
    ).toEqual([
      'basic_monthly Basic 1000 usd month',
      'patron_monthly Patron 3000 usd month',
      'pro_monthly Pro 2000 usd month',
    ])
    expect(new Set(prices.data.map(({ product }) => product)).size).toBe(1)
    expect((await sdk.billingPortal.configurations.list()).data).toHaveLength(1)

    const before = stripe.objects.events.length
    const second = await seed()
    expect(second.code).toBe(0)
    expect(second.output).toContain('were there already')
    expect(stripe.objects.events).toHaveLength(before)
    expect((await sdk.billingPortal.configurations.list()).data).toHaveLength(1)
  })

  it('makes what is missing of the three, and keeps the rest', async () => {
    const sdk = await open()
    await seed()
    const [pro] = (await sdk.prices.list({ lookup_keys: ['pro_monthly'] })).data
    await sdk.prices.update(pro?.id ?? '', { lookup_key: 'another' })
    const { output } = await seed()
    expect(output).toContain('made price pro_monthly')
    expect(output).not.toContain('basic_monthly')
  })

  it.each([
    ['jpy', 10],
    ['eur', 1000],
    ['kwd', 10_000],
  ])('counts ten %s in that currency’s own smallest units', async (currency, amount) => {
    const sdk = await open()
    expect((await seed('--currency', currency.toUpperCase())).code).toBe(0)
    const { data } = await sdk.prices.list({ lookup_keys: ['basic_monthly'] })
    expect(data[0]).toMatchObject({ currency, unit_amount: amount })
  })

  it('puts nothing on sale with a live key unless it is told to', async () => {
    const sdk = await open({ secretKey: 'sk_live_stand_in' })
    const refused = await seed()
    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('live key')
    expect((await sdk.prices.list()).data).toHaveLength(0)
    expect((await seed('--live')).code).toBe(0)
    expect((await sdk.prices.list()).data).toHaveLength(3)
  })

  it('names what it was not given, and what it can’t read', async () => {
    await open()
    const folder = await ownFolder()
    const keyless = await operator('seed', { folder, environment: {} })
    expect(keyless).toMatchObject({
      code: 1,
      errors: expect.stringContaining('STRIPE_SECRET_KEY is missing'),
    })
    expect((await seed('--currency', 'euros')).errors).toContain('not a three-letter currency code')
    const wrong = await operator('seed', {
      folder,
      environment: { STRIPE_SECRET_KEY: 'sk_test_wrong', STRIPE_API_BASE: stripe.url },
    })
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('Stripe refuses the secret key') })
  })
})
