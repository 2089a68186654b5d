import { createServer, type Server } from 'node:http'
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createStripeStandIn,
  type StripeStandIn,
  type StripeStandInOptions,
} from '../src/sandbox/stripe/index.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const API_VERSION = '2026-10-28.endive'

let standIn: StripeStandIn
let stripe: Stripe
const closing: (() => Promise<unknown>)[] = []

async function start(options: StripeStandInOptions = {}) {
  standIn = await createStripeStandIn({ retryDelays: [20, 40, 80], ...options })
  stripe = client()
  closing.push(standIn.close)
}

function client(key = standIn.secretKey, more: Stripe.StripeConfig = {}) {
  const { hostname, port } = new URL(standIn.url)
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    apiVersion: API_VERSION,
    maxNetworkRetries: 0,
    telemetry: false,
    ...more,
  })
}

beforeEach(() => start())
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A receiver of events that keeps what it got, and answers what it is told to. */
async function receiver(answer: () => number = () => 200) {
  const events: Stripe.Event[] = []
  const bodies: { raw: string; signature: string }[] = []
  const server: Server = createServer((request, response) => {
    let raw = ''
    request.on('data', chunk => {
      raw += chunk
    })
    request.on('end', () => {
      bodies.push({ raw, signature: String(request.headers['stripe-signature']) })
      events.push(JSON.parse(raw))
      response.statusCode = answer()
      response.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  closing.push(() => new Promise(resolve => server.close(resolve)))
  const endpoint = await stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${address.port}/hook`,
    enabled_events: ['*'],
    api_version: API_VERSION,
  })
  return { events, bodies, endpoint, types: () => events.map(event => event.type) }
}

async function plan(amount = 1000, more: Partial<Stripe.PriceCreateParams> = {}) {
  const product = await stripe.products.create({
    name: 'Premium',
    marketing_features: [{ name: 'A lounge' }],
    images: ['https://example.com/a.png'],
  })
  return stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: amount,
    recurring: { interval: 'month' },
    ...more,
  })
}

async function member(chat = 'discord:1:2') {
  return stripe.customers.create({ name: 'Ada', metadata: { chat_member: chat } })
}

async function checkout(
  customer: string,
  price: string,
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
) {
  return stripe.checkout.sessions.create({
    mode: 'subscription',
    customer,
    line_items: [{ price, quantity: 1 }],
    success_url: 'https://example.com/done?session_id={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://example.com/cancel',
    client_reference_id: 'discord:1:2',
    allow_promotion_codes: true,
    subscription_data: { metadata: { chat_member: 'discord:1:2' } },
    ...more,
  })
}

async function subscribed(card = 'pm_card_visa') {
  const price = await plan()
  const customer = await member()
  const session = await checkout(customer.id, price.id)
  const paid = standIn.pay(session.url ?? '', { card })
  expect(paid.outcome).toBe('complete')
  const [subscription] = (await stripe.subscriptions.list({ customer: customer.id })).data
  if (!subscription) throw new Error('no subscription')
  return { price, customer, session, subscription }
}

/** Moves the clock two hours past the end of the subscription's period, when its renewal was tried once. */
async function renewal(id: string) {
  const subscription = await stripe.subscriptions.retrieve(id)
  const end = (subscription.items.data[0]?.current_period_end ?? 0) * 1000
  await standIn.advance(end - standIn.clock.now() + 2 * HOUR)
}

async function refusal(work: Promise<unknown>) {
  try {
    await work
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('the API', () => {
  test('refuses every key but its own with a 401', async () => {
    const error = await refusal(client('sk_test_wrongwrongwrong').products.list())
    expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 })
    expect(error.message).toBe('Invalid API Key provided: sk_test_***********rong')
  })

  test('names what is missing, unknown and mistyped as Stripe does', async () => {
    expect(await refusal(stripe.customers.retrieve('cus_none'))).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such customer: 'cus_none'",
    })
    expect(await refusal(stripe.subscriptions.list({ customer: 'cus_none' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    })
    expect(await refusal(stripe.rawRequest('POST', '/v1/prices', { product: 'prod_none' }))).toMatchObject({
      code: 'parameter_missing',
      param: 'currency',
    })
    expect(await refusal(stripe.rawRequest('POST', '/v1/customers', { nickname: 'x' }))).toMatchObject({
      code: 'parameter_unknown',
      param: 'nickname',
    })
    const unknown = await refusal(stripe.rawRequest('GET', '/v1/nonsense'))
    expect(unknown.message).toContain('Unrecognized request URL (GET: /v1/nonsense)')
  })

  test('pages through a list forwards and backwards', async () => {
    for (let index = 0; index < 25; index++) await stripe.customers.create({ email: `a${index}@example.com` })
    const all = await stripe.customers.list({ limit: 10 }).autoPagingToArray({ limit: 100 })
    expect(all.map(each => each.email)).toEqual(
      Array.from({ length: 25 }, (_, index) => `a${24 - index}@example.com`),
    )
    const second = await stripe.customers.list({ limit: 10, starting_after: all[9]?.id ?? '' })
    expect(second.data.map(each => each.id)).toEqual(all.slice(10, 20).map(each => each.id))
    const before = await stripe.customers.list({ limit: 5, ending_before: all[10]?.id ?? '' })
    expect(before.data.map(each => each.id)).toEqual(all.slice(5, 10).map(each => each.id))
    expect(second.has_more).toBe(true)
  })

  test('expands references, in lists and several levels deep', async () => {
    const { session, subscription, customer } = await subscribed()
    const full = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['customer', 'line_items', 'subscription.latest_invoice.payments'],
    })
    expect(full.customer).toMatchObject({ id: customer.id, name: 'Ada' })
    expect(full.line_items?.data[0]?.price?.unit_amount).toBe(1000)
    expect(full).toMatchObject({
      subscription: {
        id: subscription.id,
        latest_invoice: { status: 'paid', payments: { data: [{ status: 'paid' }] } },
      },
    })
    const list = await stripe.subscriptions.list({ expand: ['data.items.data.price.product'] })
    expect(list.data[0]?.items.data[0]?.price.product).toMatchObject({ name: 'Premium' })
    expect((await refusal(stripe.subscriptions.list({ expand: ['data.status'] }))).message).toBe(
      'This property cannot be expanded (data.status).',
    )
  })

  test('answers a repeated idempotency key with the same object, and refuses other parameters under it', async () => {
    const options = { idempotencyKey: 'customer:1' }
    const first = await stripe.customers.create({ name: 'Ada' }, options)
    const again = await stripe.customers.create({ name: 'Ada' }, options)
    expect(again.id).toBe(first.id)
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(await refusal(stripe.customers.create({ name: 'Ben' }, options))).toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
    })
    await standIn.advance(DAY + 1000)
    expect((await stripe.customers.create({ name: 'Ben' }, options)).id).not.toBe(first.id)
  })

  test('forgets nothing of a failure under a key, and says when a key is in use', async () => {
    standIn.faults.current = () => ({ status: 500 })
    const options = { idempotencyKey: 'k' }
    expect(await refusal(stripe.customers.create({}, options))).toMatchObject({ statusCode: 500 })
    standIn.faults.current = undefined
    expect(await refusal(stripe.customers.create({}, options))).toMatchObject({ statusCode: 500 })
    expect(standIn.objects.customers).toEqual([])

    standIn.faults.current = request => (request.idempotencyKey === 'slow' ? { delayMs: 300 } : undefined)
    const [slow, second] = await Promise.allSettled([
      stripe.customers.create({}, { idempotencyKey: 'slow' }),
      stripe.customers.create({}, { idempotencyKey: 'slow' }),
    ])
    expect([slow.status, second.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect([slow, second].find(each => each.status === 'rejected')).toMatchObject({
      reason: { code: 'idempotency_key_in_use', statusCode: 409 },
    })
  })

  test('breaks off, hangs and loses answers when told to', async () => {
    standIn.faults.current = () => 'reset'
    expect(await refusal(stripe.customers.create())).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    standIn.faults.current = () => 'hang'
    expect(await refusal(client(undefined, { timeout: 100 }).customers.create())).toBeInstanceOf(
      Stripe.errors.StripeConnectionError,
    )
    expect(standIn.objects.customers).toHaveLength(0)
    standIn.faults.current = () => ({ lost: 'hang' })
    await refusal(client(undefined, { timeout: 100 }).customers.create())
    expect(standIn.objects.customers).toHaveLength(1)
    // The SDK sends once more under the same key, and is given the answer it missed.
    standIn.faults.current = () => ({ lost: 'reset' })
    expect((await stripe.customers.create()).id).toBe(standIn.objects.customers[0]?.id)
    expect(standIn.objects.customers).toHaveLength(2)
    standIn.faults.current = () => ({ status: 429, retryAfterSeconds: 2 })
    const limited = await refusal(stripe.customers.create())
    expect(limited).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429 })
    expect(limited.headers?.['retry-after']).toBe('2')
  })

  test('searches customers by metadata and email, later by what the lag says', async () => {
    const ada = await stripe.customers.create({
      email: 'Ada@example.com',
      metadata: { chat_member: 'discord:1:2' },
    })
    await stripe.customers.create({ email: 'ben@example.com', metadata: { chat_member: 'discord:1:3' } })
    const found = async (query: string) =>
      (await stripe.customers.search({ query })).data.map(each => each.id)
    expect(await found("metadata['chat_member']:'discord:1:2'")).toEqual([ada.id])
    expect(await found('email:"ada@example.com" AND metadata["chat_member"]:"discord:1:2"')).toEqual([ada.id])
    expect(await found("-email:'ben@example.com'")).toEqual([ada.id])
    standIn.settings.searchLag = 60_000
    expect(await found("metadata['chat_member']:'discord:1:2'")).toEqual([])
    await standIn.advance(61_000)
    expect(await found("metadata['chat_member']:'discord:1:2'")).toEqual([ada.id])
  })

  test('remembers a deleted customer only as deleted', async () => {
    const { customer, subscription } = await subscribed()
    await stripe.customers.del(customer.id)
    expect(await stripe.customers.retrieve(customer.id)).toEqual(
      expect.objectContaining({ id: customer.id, object: 'customer', deleted: true }),
    )
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toHaveLength(1)
  })
})

describe('the catalog', () => {
  test('keeps lookup keys unique and transfers them', async () => {
    const first = await plan(1000, { lookup_key: 'pro' })
    expect(await refusal(plan(2000, { lookup_key: 'pro' }))).toMatchObject({ param: 'lookup_key' })
    const second = await plan(2000, { lookup_key: 'pro', transfer_lookup_key: true })
    const found = await stripe.prices.list({ lookup_keys: ['pro'], expand: ['data.product'] })
    expect(found.data.map(each => each.id)).toEqual([second.id])
    expect(found.data[0]?.product).toMatchObject({
      name: 'Premium',
      marketing_features: [{ name: 'A lounge' }],
      images: ['https://example.com/a.png'],
    })
    expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
  })

  test('filters prices, and gives tiered ones no amount', async () => {
    const monthly = await plan()
    const yen = await plan(1000, { currency: 'jpy' })
    const product = await stripe.products.create({ name: 'Seats' })
    const tiered = await stripe.prices.create({
      product: product.id,
      currency: 'usd',
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      recurring: { interval: 'month' },
      tiers: [
        { up_to: 5, unit_amount: 500 },
        { up_to: 'inf', unit_amount: 400 },
      ],
    })
    const once = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 5 })
    await stripe.prices.update(monthly.id, { active: false })
    expect(tiered.unit_amount).toBeNull()
    expect((await stripe.prices.retrieve(tiered.id, { expand: ['tiers'] })).tiers).toHaveLength(2)
    expect((await stripe.prices.list({ active: true, type: 'recurring' })).data.map(each => each.id)).toEqual(
      [tiered.id, yen.id],
    )
    expect((await stripe.prices.list({ currency: 'jpy' })).data).toHaveLength(1)
    expect((await stripe.prices.list({ type: 'one_time' })).data.map(each => each.id)).toEqual([once.id])
  })
})

describe('a checkout', () => {
  test('makes the subscription, its invoice and its payment, and tells it in a signed event each', async () => {
    const hook = await receiver()
    const { customer, session, subscription, price } = await subscribed()
    await standIn.settled()
    expect(subscription).toMatchObject({
      status: 'active',
      metadata: { chat_member: 'discord:1:2' },
      cancel_at_period_end: false,
    })
    const item = subscription.items.data[0]
    expect(item?.price.id).toBe(price.id)
    expect((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)).toBeGreaterThan(27 * 86_400)
    expect(subscription).not.toHaveProperty('current_period_end')

    const done = await stripe.checkout.sessions.retrieve(session.id)
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      subscription: subscription.id,
      customer: customer.id,
      client_reference_id: 'discord:1:2',
      url: null,
    })
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data
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
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data
    const intent = String(charge?.payment_intent)
    const payments = await stripe.invoicePayments.list({
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
      expect(stripe.webhooks.constructEvent(raw, signature, hook.endpoint.secret ?? '').livemode).toBe(false)
    }
  })

  test('stays open when the card is declined, and takes another', async () => {
    const price = await plan()
    const customer = await member()
    const session = await checkout(customer.id, price.id)
    expect(standIn.pay(session.id, { card: '4000 0000 0000 0002' })).toEqual({
      outcome: 'declined',
      message: 'Your card was declined.',
    })
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toEqual([])
    expect(standIn.pay(session.id).outcome).toBe('complete')
    expect(standIn.pay(session.id).outcome).toBe('closed')
  })

  test('waits for the bank when the card asks for confirmation', async () => {
    const session = await checkout((await member()).id, (await plan()).id)
    expect(standIn.pay(session.id, { card: '4000002500003155' }).outcome).toBe('action')
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
    expect(standIn.authenticate(session.id, false)).toMatchObject({ outcome: 'declined' })
    standIn.pay(session.id, { card: '4000002500003155' })
    expect(standIn.authenticate(session.id)).toMatchObject({ outcome: 'complete' })
    expect((await stripe.subscriptions.list()).data[0]?.status).toBe('active')
  })

  test('by bank debit is complete but unpaid until the bank has paid', async () => {
    const hook = await receiver()
    const { session, subscription } = await subscribed('pm_sepaDebit')
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('unpaid')
    expect(subscription.status).toBe('active')
    await standIn.advance(5 * DAY)
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
    expect(hook.types()).toContain('checkout.session.async_payment_succeeded')
    expect(hook.types()).toContain('invoice.paid')
  })

  test('by a bank debit that bounces leaves the subscription past due', async () => {
    const hook = await receiver()
    const { subscription } = await subscribed('pm_sepaDebit_fails')
    await standIn.advance(5 * DAY)
    expect(hook.types()).toContain('checkout.session.async_payment_failed')
    expect(hook.types()).not.toContain('invoice.paid')
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
  })

  test('expires by itself after a day, or when told, and then can not be paid', async () => {
    const customer = await member()
    const price = await plan()
    const [first, second] = [await checkout(customer.id, price.id), await checkout(customer.id, price.id)]
    await stripe.checkout.sessions.expire(first.id)
    expect(await refusal(stripe.checkout.sessions.expire(first.id))).toMatchObject({ statusCode: 400 })
    expect(
      (await stripe.checkout.sessions.list({ customer: customer.id, status: 'open' })).data.map(
        each => each.id,
      ),
    ).toEqual([second.id])
    await standIn.advance(DAY)
    expect((await stripe.checkout.sessions.retrieve(second.id)).status).toBe('expired')
    expect(standIn.pay(second.id).outcome).toBe('closed')
  })

  test('refuses what Stripe refuses', async () => {
    const price = await plan()
    const customer = await member()
    const once = await stripe.prices.create({
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
    await stripe.prices.update(price.id, { active: false })
    expect((await refusal(checkout(customer.id, price.id))).message).toContain('inactive')
  })

  test('takes a promotion code off the price', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
    await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'FRIEND' })
    const customer = await member()
    const session = await checkout(customer.id, (await plan()).id)
    expect(standIn.pay(session.id, { promotionCode: 'NOPE' })).toMatchObject({ outcome: 'declined' })
    expect(standIn.pay(session.id, { promotionCode: 'friend' })).toMatchObject({
      outcome: 'complete',
      session: { amount_total: 750 },
    })
    const amounts = async () =>
      (await stripe.invoices.list({ customer: customer.id })).data.map(each => each.total)
    expect(await amounts()).toEqual([750])
    await standIn.advance(32 * DAY)
    expect(await amounts()).toEqual([1000, 750])
  })
})

describe('time', () => {
  test('renews a subscription each month from the day it began', async () => {
    const { subscription } = await subscribed()
    const ends: (number | undefined)[] = []
    for (let month = 0; month < 3; month++) {
      ends.push((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.current_period_end)
      await standIn.advance(31 * DAY)
    }
    expect(new Set(ends).size).toBe(3)
    const invoices = (await stripe.invoices.list({ subscription: subscription.id })).data
    expect(invoices.length).toBeGreaterThanOrEqual(3)
    expect(invoices.slice(1).every(each => each.status === 'paid')).toBe(true)
    expect(invoices[0]?.billing_reason).toBe('subscription_cycle')
  })

  test('ends a subscription at the end of its period', async () => {
    const hook = await receiver()
    const { subscription } = await subscribed()
    const ending = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    expect(ending).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: ending.items.data[0]?.current_period_end,
    })
    await standIn.advance(20 * DAY)
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    await standIn.advance(12 * DAY)
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      status: 'canceled',
      ended_at: ending.cancel_at,
    })
    expect(hook.types()).toContain('customer.subscription.deleted')
    expect((await stripe.invoices.list()).data).toHaveLength(1)
    expect(await refusal(stripe.subscriptions.cancel(subscription.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
  })

  test('retries a failed renewal by the schedule, then does what the account says', async () => {
    for (const [then, status] of [
      ['cancel', 'canceled'],
      ['unpaid', 'unpaid'],
      ['past_due', 'past_due'],
    ] as const) {
      standIn.settings.afterLastRetry = then
      const { subscription } = await subscribed('4000000000000341')
      await renewal(subscription.id)
      const late = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      expect(late.status).toBe('past_due')
      expect(late.latest_invoice).toMatchObject({
        status: 'open',
        attempt_count: 1,
        billing_reason: 'subscription_cycle',
      })
      await standIn.advance(16 * DAY)
      expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe(status)
      const [failed] = (await stripe.invoices.list({ subscription: subscription.id, status: 'open' })).data
      expect(failed).toMatchObject({ attempt_count: 4, next_payment_attempt: null })
    }
  })

  test('a failed renewal is active again once it is paid with another card', async () => {
    const hook = await receiver()
    const { subscription, customer } = await subscribed('4000000000000341')
    await renewal(subscription.id)
    const [invoice] = (await stripe.invoices.list({ customer: customer.id, status: 'open' })).data
    expect(standIn.payInvoice(invoice?.id ?? '')).toBe('failed')
    expect(standIn.payInvoice(invoice?.id ?? '', { card: 'pm_card_visa' })).toBe('succeeded')
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    await standIn.settled()
    expect(hook.types().filter(type => type === 'invoice.payment_failed')).toHaveLength(2)
  })

  test('a card that always asks leaves the renewal to be confirmed', async () => {
    const hook = await receiver()
    const { subscription, customer } = await subscribed()
    standIn.changeCard(customer.id, 'pm_card_authenticationRequired')
    await standIn.advance(32 * DAY)
    expect(hook.types()).toContain('invoice.payment_action_required')
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
    const [invoice] = (await stripe.invoices.list({ customer: customer.id, status: 'open' })).data
    expect(standIn.authenticate(invoice?.id ?? '')).toBe('succeeded')
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  })

  test('a trial costs nothing, warns before it ends, and then is paid', async () => {
    const hook = await receiver()
    const session = await checkout((await member()).id, (await plan()).id, {
      subscription_data: { trial_period_days: 14 },
    })
    expect(standIn.pay(session.id)).toMatchObject({
      outcome: 'complete',
      session: { payment_status: 'no_payment_required', amount_total: 0 },
    })
    const [subscription] = (await stripe.subscriptions.list()).data
    expect(subscription?.status).toBe('trialing')
    await standIn.advance(12 * DAY)
    expect(hook.types()).toContain('customer.subscription.trial_will_end')
    await standIn.advance(3 * DAY)
    const after = await stripe.subscriptions.retrieve(subscription?.id ?? '', { expand: ['latest_invoice'] })
    expect(after).toMatchObject({ status: 'active', latest_invoice: { status: 'paid', total: 1000 } })
  })

  test('an incomplete subscription expires after 23 hours', async () => {
    const price = await plan()
    const customer = await member()
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
    })
    expect(subscription.status).toBe('incomplete')
    await standIn.advance(22 * HOUR)
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('incomplete')
    await standIn.advance(2 * HOUR)
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('incomplete_expired')
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'ended' })).data).toHaveLength(1)
  })
})

describe('deliveries', () => {
  test('go out again until they are taken, and never for ever', async () => {
    let status = 500
    const hook = await receiver(() => status)
    await stripe.products.create({ name: 'A' })
    await expect.poll(() => standIn.deliveries()[0]?.attempts).toBe(2)
    expect(standIn.deliveries()[0]).toMatchObject({ status: 500, pending: true, type: 'product.created' })
    status = 200
    await expect.poll(() => standIn.deliveries()[0]?.pending).toBe(false)
    expect(new Set(hook.events.map(event => event.id)).size).toBe(1)
    status = 503
    await stripe.products.create({ name: 'B' })
    await expect.poll(() => standIn.deliveries()[0]).toMatchObject({ attempts: 4, pending: false })
    const [event] = (await stripe.events.list({ limit: 1 })).data
    expect(event).toMatchObject({ type: 'product.created', pending_webhooks: 0 })
    status = 200
    standIn.resend(event?.id ?? '')
    await standIn.settled()
    expect(hook.events.at(-1)?.id).toBe(event?.id)
  })

  test('can be lost, doubled and delayed', async () => {
    const hook = await receiver()
    standIn.faults.delivery = event =>
      event.type === 'product.created'
        ? { times: 2 }
        : event.type === 'price.created'
          ? { delayMs: 60 }
          : undefined
    await plan()
    await standIn.settled()
    expect(hook.types()).toEqual(['product.created', 'product.created', 'price.created'])
    standIn.faults.delivery = (_event, _url, attempt) => (attempt === 1 ? 'drop' : undefined)
    await stripe.products.create({ name: 'A' })
    await expect.poll(() => hook.events.length).toBe(4)
  })

  test('respect the types an endpoint asked for, and a disabled endpoint', async () => {
    const hook = await receiver()
    await stripe.webhookEndpoints.update(hook.endpoint.id, { enabled_events: ['price.created'] })
    await plan()
    await standIn.settled()
    expect(hook.types()).toEqual(['price.created'])
    await stripe.webhookEndpoints.update(hook.endpoint.id, { disabled: true })
    await plan()
    await standIn.settled()
    expect(hook.types()).toEqual(['price.created'])
  })
})

describe('refunds and disputes', () => {
  test('are traced from the charge to the invoice', async () => {
    const hook = await receiver()
    const { customer } = await subscribed()
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data
    const part = await stripe.refunds.create({ charge: charge?.id ?? '', amount: 400 })
    expect(part).toMatchObject({ amount: 400, status: 'succeeded', payment_intent: charge?.payment_intent })
    expect(await stripe.charges.retrieve(charge?.id ?? '')).toMatchObject({
      amount_refunded: 400,
      refunded: false,
    })
    await stripe.refunds.create({ payment_intent: String(charge?.payment_intent) })
    expect(await stripe.charges.retrieve(charge?.id ?? '', { expand: ['refunds'] })).toMatchObject({
      refunded: true,
      refunds: { data: [{ amount: 600 }, { amount: 400 }] },
    })
    expect(await refusal(stripe.refunds.create({ charge: charge?.id ?? '' }))).toMatchObject({
      code: 'charge_already_refunded',
    })
    expect((await stripe.refunds.list({ created: { gte: 1 } })).data).toHaveLength(2)
    await standIn.settled()
    expect(hook.types().filter(type => type === 'charge.refunded')).toHaveLength(2)
    expect(hook.types()).toContain('refund.created')
  })

  test('a dispute is opened, listed and lost or won', async () => {
    const hook = await receiver()
    const { customer } = await subscribed()
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data
    const dispute = standIn.dispute(charge?.id ?? '')
    expect((await stripe.disputes.list({ charge: charge?.id ?? '' })).data).toMatchObject([
      { id: dispute.id, status: 'needs_response' },
    ])
    expect(await refusal(stripe.refunds.create({ charge: charge?.id ?? '' }))).toMatchObject({
      code: 'charge_disputed',
    })
    standIn.closeDispute(dispute.id, 'lost')
    expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('lost')
    await standIn.settled()
    expect(hook.types()).toEqual(
      expect.arrayContaining([
        'charge.dispute.created',
        'charge.dispute.funds_withdrawn',
        'charge.dispute.closed',
      ]),
    )
  })
})

test('a watcher hears of objects, events and deliveries until it stops', async () => {
  const heard: string[] = []
  const stop = standIn.subscribe(change => heard.push(`${change.kind} ${change.type}`))
  await receiver()
  await stripe.products.create({ name: 'A' })
  await standIn.settled()
  expect(heard).toEqual(
    expect.arrayContaining(['object product', 'event product.created', 'delivery product.created']),
  )
  stop()
  const count = heard.length
  await stripe.products.create({ name: 'B' })
  expect(heard).toHaveLength(count)
})
