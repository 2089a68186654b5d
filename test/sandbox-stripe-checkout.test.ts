import { expect, test } from 'vitest'
import { useAccount } from './sandbox-stripe-account.ts'

const account = useAccount()
const { plan, member, checkout, subscribed, refusal, receiver } = account
const DAY = 86_400_000

test('a checkout makes the subscription, its invoice and its payment, and tells it in a signed event each', async () => {
  const hook = await receiver()
  const { customer, session, subscription, price } = await subscribed()
  await account.standIn.settled()
  expect(subscription).toMatchObject({
    status: 'active',
    metadata: { chat_member: 'discord:1:2' },
    cancel_at_period_end: false,
  })
  const item = subscription.items.data[0]
  expect(item?.price.id).toBe(price.id)
  expect((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)).toBeGreaterThan(27 * 86_400)
  expect(subscription).not.toHaveProperty('current_period_end')

  const done = await account.stripe.checkout.sessions.retrieve(session.id)
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    subscription: subscription.id,
    customer: customer.id,
    client_reference_id: 'discord:1:2',
    url: null,
  })
  const [invoice] = (await account.stripe.invoices.list({ customer: customer.id })).data
  expect(invoice).toMatchObject({
    status: 'paid',
    amount_paid: 1000,
    billing_reason: 'subscription_create',
    parent: {
      type: 'subscription_details',
      subscription_details: { subscription: subscription.id, metadata: { chat_member: 'discord:1:2' } },
    },
  })
  expect(invoice?.status_transitions.paid_at).toBeTypeOf('number')
  for (const gone of ['charge', 'payment_intent', 'subscription']) expect(invoice).not.toHaveProperty(gone)
  const [charge] = (await account.stripe.charges.list({ customer: customer.id })).data
  const intent = String(charge?.payment_intent)
  const payments = await account.stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: intent },
  })
  expect(payments.data).toMatchObject([
    { invoice: invoice?.id, status: 'paid', payment: { type: 'payment_intent', payment_intent: intent } },
  ])

  expect([...hook.types()].sort()).toEqual(
    expect.arrayContaining([
      'charge.succeeded',
      'checkout.session.completed',
      'customer.subscription.created',
      'customer.subscription.updated',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
      'payment_intent.succeeded',
    ]),
  )
  const created = hook.events.find(event => event.type === 'customer.subscription.created')
  expect(created?.data.object).toMatchObject({ status: 'incomplete', latest_invoice: invoice?.id })
  const updated = hook.events.find(event => event.type === 'customer.subscription.updated')
  expect(updated?.data).toMatchObject({
    object: { status: 'active' },
    previous_attributes: { status: 'incomplete' },
  })
  for (const { raw, signature } of hook.bodies) {
    expect(account.stripe.webhooks.constructEvent(raw, signature, hook.endpoint.secret ?? '').livemode).toBe(
      false,
    )
  }
})

test('a checkout stays open when the card is declined, and takes another', async () => {
  const price = await plan()
  const customer = await member()
  const session = await checkout(customer.id, price.id)
  expect(account.standIn.pay(session.id, { card: '4000 0000 0000 0002' })).toEqual({
    outcome: 'declined',
    message: 'Your card was declined.',
  })
  expect((await account.stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toEqual([])
  expect(account.standIn.pay(session.id).outcome).toBe('complete')
  expect(account.standIn.pay(session.id).outcome).toBe('closed')
})

test('a checkout waits for the bank when the card asks for confirmation', async () => {
  const session = await checkout((await member()).id, (await plan()).id)
  expect(account.standIn.pay(session.id, { card: '4000002500003155' }).outcome).toBe('action')
  expect((await account.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  expect(account.standIn.authenticate(session.id, false)).toMatchObject({ outcome: 'declined' })
  account.standIn.pay(session.id, { card: '4000002500003155' })
  expect(account.standIn.authenticate(session.id)).toMatchObject({ outcome: 'complete' })
  expect((await account.stripe.subscriptions.list()).data[0]?.status).toBe('active')
})

test('a checkout by bank debit is complete but unpaid until the bank has paid', async () => {
  const hook = await receiver()
  const { session, subscription } = await subscribed('pm_sepaDebit')
  expect((await account.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('unpaid')
  expect(subscription.status).toBe('active')
  await account.standIn.advance(5 * DAY)
  expect((await account.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
  expect(hook.types()).toContain('checkout.session.async_payment_succeeded')
  expect(hook.types()).toContain('invoice.paid')
})

test('a checkout by a bank debit that bounces leaves the subscription past due', async () => {
  const hook = await receiver()
  const { subscription } = await subscribed('pm_sepaDebit_fails')
  await account.standIn.advance(5 * DAY)
  expect(hook.types()).toContain('checkout.session.async_payment_failed')
  expect(hook.types()).not.toContain('invoice.paid')
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
})

test('a checkout expires by itself after a day, or when told, and then can not be paid', async () => {
  const customer = await member()
  const price = await plan()
  const [first, second] = [await checkout(customer.id, price.id), await checkout(customer.id, price.id)]
  await account.stripe.checkout.sessions.expire(first.id)
  expect(await refusal(account.stripe.checkout.sessions.expire(first.id))).toMatchObject({ statusCode: 400 })
  expect(
    (await account.stripe.checkout.sessions.list({ customer: customer.id, status: 'open' })).data.map(
      each => each.id,
    ),
  ).toEqual([second.id])
  await account.standIn.advance(DAY)
  expect((await account.stripe.checkout.sessions.retrieve(second.id)).status).toBe('expired')
  expect(account.standIn.pay(second.id).outcome).toBe('closed')
})

test('a checkout refuses what Stripe refuses', async () => {
  const price = await plan()
  const customer = await member()
  const once = await account.stripe.prices.create({
    product: String(price.product),
    currency: 'usd',
    unit_amount: 5,
  })
  expect((await refusal(checkout(customer.id, once.id))).message).toContain('at least one recurring price')
  expect(await refusal(checkout('cus_none', price.id))).toMatchObject({
    param: 'customer',
    code: 'resource_missing',
    statusCode: 400,
  })
  expect(
    (await refusal(checkout(customer.id, price.id, { expires_at: Math.floor(Date.now() / 1000) + 60 })))
      .message,
  ).toContain('at least 30 minutes')
  const yen = await plan(49, { currency: 'jpy' })
  expect(await refusal(checkout(customer.id, yen.id))).toMatchObject({
    code: 'amount_too_small',
    message: "The Checkout Session's total amount due must add up to at least ¥50 jpy",
  })
  await account.stripe.prices.update(price.id, { active: false })
  expect((await refusal(checkout(customer.id, price.id))).message).toContain('inactive')
})

test('a customer has one currency at a time, in links that are open too', async () => {
  const [dollars, euros] = [await plan(), await plan(1000, { currency: 'eur' })]
  const refused = async (customer: string) =>
    expect((await refusal(checkout(customer, euros.id))).message).toMatch(
      /^You cannot combine currencies on a single customer\. .* with currency usd\.$/,
    )
  const { id } = await member()
  const session = await checkout(id, dollars.id)
  await refused(id)
  await account.stripe.checkout.sessions.expire(session.id)
  expect((await checkout(id, euros.id)).currency).toBe('eur')

  const subscribed = await account.subscribed()
  await refused(subscribed.customer.id)
  await account.stripe.subscriptions.cancel(subscribed.subscription.id)
  await account.stripe.invoiceItems.create({ customer: subscribed.customer.id, currency: 'usd', amount: 100 })
  await refused(subscribed.customer.id)
  expect(
    (
      await refusal(
        account.stripe.subscriptions.create({
          customer: subscribed.customer.id,
          items: [{ price: euros.id }],
        }),
      )
    ).message,
  ).toContain('combine currencies')
})

test('a checkout takes a promotion code off the price', async () => {
  const coupon = await account.stripe.coupons.create({ percent_off: 25, duration: 'once' })
  await account.stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: coupon.id },
    code: 'FRIEND',
  })
  const customer = await member()
  const session = await checkout(customer.id, (await plan()).id)
  expect(account.standIn.pay(session.id, { promotionCode: 'NOPE' })).toMatchObject({ outcome: 'declined' })
  expect(account.standIn.pay(session.id, { promotionCode: 'friend' })).toMatchObject({
    outcome: 'complete',
    session: { amount_total: 750 },
  })
  const amounts = async () =>
    (await account.stripe.invoices.list({ customer: customer.id })).data.map(each => each.total)
  expect(await amounts()).toEqual([750])
  await account.standIn.advance(32 * DAY)
  expect(await amounts()).toEqual([1000, 750])
})
