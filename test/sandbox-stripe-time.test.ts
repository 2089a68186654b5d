import { expect, test } from 'vitest'
import { useAccount } from './sandbox-stripe-account.ts'

const account = useAccount()
const { plan, member, checkout, subscribed, renewal, refusal, receiver } = account
const DAY = 86_400_000
const HOUR = 3_600_000

test('time renews a subscription each month from the day it began', async () => {
  const hook = await receiver()
  const { subscription } = await subscribed()
  const ends: (number | undefined)[] = []
  for (let month = 0; month < 3; month++) {
    ends.push(
      (await account.stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.current_period_end,
    )
    await account.standIn.advance(31 * DAY)
  }
  expect(new Set(ends).size).toBe(3)
  const invoices = (await account.stripe.invoices.list({ subscription: subscription.id })).data
  expect(invoices.length).toBeGreaterThanOrEqual(3)
  expect(invoices.slice(1).every(each => each.status === 'paid')).toBe(true)
  expect(invoices[0]?.billing_reason).toBe('subscription_cycle')
  // Signed with the machine's time: months ahead by the clock, the receiver's five minutes still hold.
  const { raw, signature } = hook.bodies.at(-1) ?? { raw: '', signature: '' }
  const event = account.stripe.webhooks.constructEvent(raw, signature, hook.endpoint.secret ?? '')
  expect(event.created * 1000).toBeGreaterThan(Date.now() + 60 * DAY)
})

test('time ends a subscription at the end of its period', async () => {
  const hook = await receiver()
  const { subscription } = await subscribed()
  const ending = await account.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  expect(ending).toMatchObject({
    status: 'active',
    cancel_at_period_end: true,
    cancel_at: ending.items.data[0]?.current_period_end,
  })
  await account.standIn.advance(20 * DAY)
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  await account.standIn.advance(12 * DAY)
  expect(await account.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    status: 'canceled',
    cancel_at_period_end: true,
    ended_at: ending.cancel_at,
  })
  expect(hook.types()).toContain('customer.subscription.deleted')
  expect((await account.stripe.invoices.list()).data).toHaveLength(1)
  expect(await refusal(account.stripe.subscriptions.cancel(subscription.id))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

test('time retries a failed renewal by the schedule, then does what the account says', async () => {
  for (const [then, status] of [
    ['cancel', 'canceled'],
    ['unpaid', 'unpaid'],
    ['past_due', 'past_due'],
  ] as const) {
    account.standIn.settings.afterLastRetry = then
    const { subscription } = await subscribed('4000000000000341')
    await renewal(subscription.id)
    const late = await account.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
    expect(late.status).toBe('past_due')
    expect(late.latest_invoice).toMatchObject({
      status: 'open',
      attempt_count: 1,
      billing_reason: 'subscription_cycle',
    })
    await account.standIn.advance(16 * DAY)
    expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe(status)
    const [failed] = (await account.stripe.invoices.list({ subscription: subscription.id, status: 'open' }))
      .data
    expect(failed).toMatchObject({ attempt_count: 4, next_payment_attempt: null })
  }
})

test('a bill by letter is overdue on its day, and its subscription past due until it is paid', async () => {
  const hook = await receiver()
  const price = await plan()
  const customer = await member()
  const { id, latest_invoice: invoice } = await account.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    collection_method: 'send_invoice',
    days_until_due: 14,
  })
  const status = async () => (await account.stripe.subscriptions.retrieve(id)).status
  await account.standIn.advance(14 * DAY - HOUR)
  expect(await status()).toBe('active')
  await account.standIn.advance(2 * HOUR)
  expect(await status()).toBe('past_due')
  expect(hook.types()).toContain('invoice.overdue')
  await account.stripe.invoices.pay(String(invoice), { paid_out_of_band: true })
  expect(await status()).toBe('active')
})

test('a failed renewal is active again once it is paid with another card', async () => {
  const hook = await receiver()
  const { subscription, customer } = await subscribed('4000000000000341')
  await renewal(subscription.id)
  const [invoice] = (await account.stripe.invoices.list({ customer: customer.id, status: 'open' })).data
  expect(account.standIn.payInvoice(invoice?.id ?? '')).toBe('failed')
  expect(account.standIn.payInvoice(invoice?.id ?? '', { card: 'pm_card_visa' })).toBe('succeeded')
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  await account.standIn.settled()
  expect(hook.types().filter(type => type === 'invoice.payment_failed')).toHaveLength(2)
})

test('a card that always asks leaves the renewal to be confirmed', async () => {
  const hook = await receiver()
  const { subscription, customer } = await subscribed()
  account.standIn.changeCard(customer.id, 'pm_card_authenticationRequired')
  await account.standIn.advance(32 * DAY)
  expect(hook.types()).toContain('invoice.payment_action_required')
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
  const [invoice] = (await account.stripe.invoices.list({ customer: customer.id, status: 'open' })).data
  expect(account.standIn.authenticate(invoice?.id ?? '')).toBe('succeeded')
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})

test('a trial costs nothing, warns before it ends, and then is paid', async () => {
  const hook = await receiver()
  const session = await checkout((await member()).id, (await plan()).id, {
    subscription_data: { trial_period_days: 14 },
  })
  expect(account.standIn.pay(session.id)).toMatchObject({
    outcome: 'complete',
    session: { payment_status: 'no_payment_required', amount_total: 0 },
  })
  const [subscription] = (await account.stripe.subscriptions.list()).data
  expect(subscription?.status).toBe('trialing')
  await account.standIn.advance(12 * DAY)
  expect(hook.types()).toContain('customer.subscription.trial_will_end')
  await account.standIn.advance(3 * DAY)
  const after = await account.stripe.subscriptions.retrieve(subscription?.id ?? '', {
    expand: ['latest_invoice'],
  })
  expect(after).toMatchObject({ status: 'active', latest_invoice: { status: 'paid', total: 1000 } })
})

test('an incomplete subscription expires after 23 hours', async () => {
  const price = await plan()
  const customer = await member()
  const subscription = await account.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: 'default_incomplete',
  })
  expect(subscription.status).toBe('incomplete')
  await account.standIn.advance(22 * HOUR)
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('incomplete')
  await account.standIn.advance(2 * HOUR)
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('incomplete_expired')
  expect(
    (await account.stripe.subscriptions.list({ customer: customer.id, status: 'ended' })).data,
  ).toHaveLength(1)
})
