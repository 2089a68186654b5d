import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { useAccount } from './sandbox-stripe-account.ts'

const account = useAccount()
const { subscribed, plan, member, checkout, refusal, receiver, renewal } = account
const DAY = 86_400_000

const invoicesOf = async (subscription: string) => (await account.stripe.invoices.list({ subscription })).data
const itemOf = (subscription: Stripe.Subscription) => subscription.items.data[0]?.id ?? ''

async function halfway() {
  const held = await subscribed()
  const [item] = held.subscription.items.data
  await account.standIn.advance(
    (((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / 2) * 1000,
  )
  return { ...held, gold: await plan(3000) }
}

test('a dearer price is prorated onto the next invoice', async () => {
  const { subscription, gold } = await halfway()
  const changed = await account.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: gold.id }],
  })
  expect(changed.items.data[0]).toMatchObject({ id: itemOf(subscription), price: { id: gold.id } })
  expect(await invoicesOf(subscription.id)).toHaveLength(1)
  await renewal(subscription.id)
  const [next] = await invoicesOf(subscription.id)
  expect(next?.lines.data.map(line => line.amount)).toEqual([3000, -500, 1500])
  expect(next).toMatchObject({ status: 'paid', total: 4000 })
})

test('with always_invoice the difference is paid at once, with none never', async () => {
  const { subscription, gold, price } = await halfway()
  await account.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: gold.id }],
    proration_behavior: 'always_invoice',
  })
  expect((await invoicesOf(subscription.id))[0]).toMatchObject({
    status: 'paid',
    total: 1000,
    billing_reason: 'subscription_update',
  })
  await account.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: price.id }],
    proration_behavior: 'none',
  })
  await renewal(subscription.id)
  expect((await invoicesOf(subscription.id))[0]).toMatchObject({ total: 1000 })
})

test('a cheaper price billed at once becomes credit that the next invoices use up', async () => {
  const price = await plan(3000)
  const basic = await plan(1000)
  const customer = await member()
  account.standIn.pay((await checkout(customer.id, price.id)).id)
  const [subscription] = (await account.stripe.subscriptions.list()).data
  if (!subscription) throw new Error('no subscription')
  await account.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: basic.id }],
    proration_behavior: 'always_invoice',
  })
  expect((await account.stripe.customers.retrieve(customer.id)) satisfies object).toMatchObject({
    balance: -2000,
  })
  await renewal(subscription.id)
  expect((await invoicesOf(subscription.id))[0]).toMatchObject({
    total: 1000,
    starting_balance: -2000,
    ending_balance: -1000,
    amount_due: 0,
    status: 'paid',
  })
})

test('a price of another interval begins a new period and is billed now', async () => {
  const { subscription } = await halfway()
  const yearly = await plan(12_000, { recurring: { interval: 'year' } })
  const changed = await account.stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: yearly.id }],
  })
  const [item] = changed.items.data
  expect((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)).toBeGreaterThan(364 * 86_400)
  expect((await invoicesOf(subscription.id))[0]).toMatchObject({ status: 'paid', total: 11_500 })
})

test('cancelling now stops collection, and only metadata can change after', async () => {
  const hook = await receiver()
  const { subscription } = await subscribed('4000000000000341')
  await renewal(subscription.id)
  const ended = await account.stripe.subscriptions.cancel(subscription.id, {
    cancellation_details: { comment: 'bye', feedback: 'unused' },
  })
  expect(ended).toMatchObject({
    status: 'canceled',
    cancellation_details: { comment: 'bye', feedback: 'unused', reason: 'cancellation_requested' },
  })
  await account.standIn.advance(40 * DAY)
  expect((await invoicesOf(subscription.id))[0]).toMatchObject({ status: 'open', attempt_count: 1 })
  expect(hook.types().filter(type => type === 'customer.subscription.deleted')).toHaveLength(1)
  await account.stripe.subscriptions.update(subscription.id, { metadata: { note: 'x' } })
  expect(
    (await refusal(account.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })))
      .message,
  ).toContain('canceled subscription can only')
})

test('a planned end is taken back', async () => {
  const { subscription } = await subscribed()
  await account.stripe.subscriptions.update(subscription.id, { cancel_at: 'min_period_end' })
  const planned = await account.stripe.subscriptions.retrieve(subscription.id)
  expect(planned).toMatchObject({
    cancel_at_period_end: false,
    cancel_at: planned.items.data[0]?.current_period_end,
  })
  const back = await account.stripe.subscriptions.update(subscription.id, { cancel_at: '' })
  expect(back).toMatchObject({ cancel_at: null, canceled_at: null })
  await renewal(subscription.id)
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})

test('paused collection voids its invoices until it resumes', async () => {
  const { subscription } = await subscribed()
  await account.stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'void' } })
  await renewal(subscription.id)
  expect((await invoicesOf(subscription.id))[0]?.status).toBe('void')
  await account.stripe.subscriptions.update(subscription.id, { pause_collection: '' })
  await renewal(subscription.id)
  expect((await invoicesOf(subscription.id))[0]?.status).toBe('paid')
})

test('a trial without a card pauses when it says so, and resumes', async () => {
  const price = await plan()
  const customer = await member()
  const subscription = await account.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  expect(subscription.status).toBe('trialing')
  await account.standIn.advance(8 * DAY)
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('paused')
  expect((await account.stripe.subscriptions.resume(subscription.id)).status).toBe('active')
})

test('the API subscribes a customer with a card, and says what it needs without one', async () => {
  const price = await plan()
  const without = await member()
  expect(
    (
      await refusal(
        account.stripe.subscriptions.create({ customer: without.id, items: [{ price: price.id }] }),
      )
    ).message,
  ).toContain('no attached payment source')
  const customer = await account.stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const subscription = await account.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    expand: ['latest_invoice'],
  })
  expect(subscription).toMatchObject({ status: 'active', latest_invoice: { status: 'paid' } })
  account.standIn.changeCard(customer.id, 'pm_card_chargeCustomerFail')
  const failing = await account.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
  })
  expect(failing.status).toBe('incomplete')
  const all: Stripe.SubscriptionCreateParams = {
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: 'error_if_incomplete',
  }
  expect(await refusal(account.stripe.subscriptions.create(all))).toMatchObject({
    type: 'StripeCardError',
    code: 'card_declined',
  })
})

test('lists go by status, price and customer', async () => {
  const { subscription, price } = await subscribed()
  const { subscription: second } = await subscribed()
  await account.stripe.subscriptions.cancel(second.id)
  const ids = async (params: Stripe.SubscriptionListParams) =>
    (await account.stripe.subscriptions.list(params)).data.map(each => each.id)
  expect(await ids({})).toEqual([subscription.id])
  expect(await ids({ status: 'all' })).toEqual([second.id, subscription.id])
  expect(await ids({ status: 'canceled' })).toEqual([second.id])
  expect(await ids({ price: price.id, status: 'all' })).toEqual([subscription.id])
})

test('a month keeps the day it began on where the month has it', async () => {
  const { addInterval, periodEnd } = await import('../src/sandbox/stripe/subscriptions/calendar.ts')
  const at = (text: string) => Date.parse(`${text}T10:00:00Z`) / 1000
  expect(periodEnd(at('2027-01-31'), 'month', 1, at('2027-01-31'))).toBe(at('2027-02-28'))
  expect(periodEnd(at('2027-01-31'), 'month', 1, at('2027-02-28'))).toBe(at('2027-03-31'))
  expect(periodEnd(at('2028-01-31'), 'month', 1, at('2028-01-31'))).toBe(at('2028-02-29'))
  expect(addInterval(at('2028-02-29'), 'year', 1)).toBe(at('2029-02-28'))
  expect(periodEnd(at('2027-01-01'), 'week', 2, at('2027-03-01'))).toBe(at('2027-03-12'))
})
