import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createStripeStandIn } from '../src/sandbox/stripe/index.ts'
import { useAccount } from './sandbox-stripe-account.ts'

const account = useAccount()
const { subscribed, plan, member, refusal, client } = account

/** A member on one price, and a portal configuration that offers another price of another product. */
async function changeable(target: Partial<Stripe.PriceCreateParams> = {}) {
  const held = await subscribed()
  const gold = await plan(3000, target)
  const configuration = await account.stripe.billingPortal.configurations.create({
    metadata: { for: gold.id },
    features: {
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        proration_behavior: 'always_invoice',
        products: [{ product: String(gold.product), prices: [gold.id] }],
      },
    },
  })
  return { ...held, gold, configuration, item: held.subscription.items.data[0]?.id ?? '' }
}

type Params = Stripe.BillingPortal.SessionCreateParams
const open = (params: Params) => account.stripe.billingPortal.sessions.create(params)

function confirm(subscription: string, id: string, price: string): NonNullable<Params['flow_data']> {
  return {
    type: 'subscription_update_confirm',
    subscription_update_confirm: { subscription, items: [{ id, price, quantity: 1 }] },
  }
}

test('a configuration refuses two prices of one product with the same interval, in Stripe’s words', async () => {
  const price = await plan()
  const product = String(price.product)
  const other = await account.stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
  })
  const yearly = await account.stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 9000,
    recurring: { interval: 'year' },
  })
  const create = (prices: string[]) =>
    account.stripe.billingPortal.configurations.create({
      features: {
        payment_method_update: { enabled: true },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          products: [{ product, prices }],
        },
      },
    })
  expect((await refusal(create([price.id, other.id]))).message).toBe(
    'For each product, its price must have unique billing intervals.',
  )
  const made = await create([price.id, yearly.id])
  expect(made.features.subscription_update.products).toBeUndefined()
  const full = await account.stripe.billingPortal.configurations.retrieve(made.id, {
    expand: ['features.subscription_update.products'],
  })
  expect(full.features.subscription_update.products).toMatchObject([
    { product, prices: [price.id, yearly.id] },
  ])
})

test('a configuration refuses changes of plan without changes of card', async () => {
  const price = await plan()
  const error = await refusal(
    account.stripe.billingPortal.configurations.create({
      features: {
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          products: [{ product: String(price.product), prices: [price.id] }],
        },
      },
    }),
  )
  expect(error.message).toBe('Cannot enable subscription updates while payment method update is disabled.')
})

test('configurations are found again by their metadata, and the default is the one of the account', async () => {
  const { configuration } = await changeable()
  const all = await account.stripe.billingPortal.configurations.list({ active: true })
  expect(all.data.map(each => each.is_default)).toEqual([false, true])
  expect(all.data[0]?.metadata).toEqual(configuration.metadata)
  await account.stripe.billingPortal.configurations.update(configuration.id, { active: false })
  expect((await account.stripe.billingPortal.configurations.list({ active: true })).data).toHaveLength(1)
})

test('an account without saved portal settings has no portal to fall back on', async () => {
  const bare = await createStripeStandIn({ hasPortalSettings: false })
  const { hostname, port } = new URL(bare.url)
  const stripe = client(bare.secretKey, { host: hostname, port: Number(port) })
  const { id: customer } = await stripe.customers.create({})
  expect((await refusal(stripe.billingPortal.sessions.create({ customer }))).message).toContain(
    'default configuration has not been created',
  )
  await bare.close()
})

test('a portal session refuses what Stripe refuses', async () => {
  const { customer, subscription, price, gold, configuration, item } = await changeable()
  const other = await member('discord:1:3')
  const with_ = (flow_data: NonNullable<Params['flow_data']>, to = customer.id) =>
    refusal(open({ customer: to, configuration: configuration.id, flow_data }))

  expect((await with_(confirm(subscription.id, item, price.id))).message).toContain('no changes')
  const yearly = await plan(9000)
  expect((await with_(confirm(subscription.id, item, yearly.id))).message).toContain(
    'does not include the price in its `features[subscription_update][products]`',
  )
  expect(await with_(confirm(subscription.id, item, gold.id), other.id)).toMatchObject({
    code: 'resource_missing',
  })
  expect(await with_(confirm(subscription.id, 'si_none', gold.id))).toMatchObject({
    code: 'resource_missing',
  })
  expect(
    (await refusal(open({ customer: customer.id, flow_data: confirm(subscription.id, item, gold.id) })))
      .message,
  ).toBe(
    'This subscription cannot be updated because the subscription update feature in the portal configuration is disabled.',
  )
  expect(await refusal(open({ customer: customer.id, return_url: 'nowhere' }))).toMatchObject({
    param: 'return_url',
  })
  expect(await refusal(open({ customer: 'cus_none' }))).toMatchObject({
    param: 'customer',
    code: 'resource_missing',
  })
  await account.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  const cancel = {
    type: 'subscription_cancel',
    subscription_cancel: { subscription: subscription.id },
  } as const
  expect((await with_(cancel)).message).toBe('This subscription is already set to be canceled.')
  await account.stripe.subscriptions.cancel(subscription.id)
  expect((await with_(confirm(subscription.id, item, gold.id))).statusCode).toBe(400)
})

test('a portal session can change neither a subscription of several items nor its currency', async () => {
  const { customer, subscription, configuration, gold, item } = await changeable({ currency: 'eur' })
  const to = { customer: customer.id, configuration: configuration.id }
  expect(await refusal(open({ ...to, flow_data: confirm(subscription.id, item, gold.id) }))).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('only supports `eur`'),
  })

  const extra = await plan(500)
  await account.stripe.subscriptions.update(subscription.id, { items: [{ price: extra.id }] })
  const flows = [
    confirm(subscription.id, item, gold.id),
    { type: 'subscription_update', subscription_update: { subscription: subscription.id } },
  ] as const
  for (const flow_data of flows)
    expect((await refusal(open({ ...to, flow_data }))).message).toContain('multiple items')
})

test('a portal link is for minutes', async () => {
  const { customer } = await changeable()
  const session = await open({ customer: customer.id, return_url: 'https://example.com/back' })
  expect(session).toMatchObject({
    object: 'billing_portal.session',
    return_url: 'https://example.com/back',
    flow: null,
  })
  expect(session.url).not.toContain(session.id)
  await account.standIn.advance(6 * 60_000)
  expect((await fetch(session.url)).status).toBe(404)
})
