import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { useAccount } from './sandbox-stripe-account.ts'

const logged: unknown[] = []
const account = useAccount({ log: request => logged.push(request) })
const { plan, subscribed, refusal, client } = account
const DAY = 86_400_000

test('the API refuses every key but its own with a 401', async () => {
  const error = await refusal(client('sk_test_wrongwrongwrong').products.list())
  expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 })
  expect(error.message).toBe('Invalid API Key provided: sk_test_***********rong')
})

test('the API takes its key by Basic authentication too, and answers with a version and a request id', async () => {
  const authorization = `Basic ${Buffer.from(`${account.standIn.secretKey}:`).toString('base64')}`
  const response = await fetch(`${account.standIn.url}/v1/balance`, { headers: { authorization } })
  expect(response.status).toBe(200)
  expect(response.headers.get('request-id')).toMatch(/^req_/)
  expect(response.headers.get('stripe-version')).toBe('2026-10-28.endive')
  const bare = await fetch(`${account.standIn.url}/v1/balance`)
  expect(bare.status).toBe(401)
  expect(await bare.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
})

test('the API survives bodies that are too large or make no sense', async () => {
  const send = (body: string) =>
    fetch(`${account.standIn.url}/v1/customers`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${account.standIn.secretKey}` },
    })
  expect((await send(`name=${'x'.repeat(2_000_000)}`)).status).toBe(413)
  for (const body of [
    '{"name":1}',
    '%E0%A4%A',
    '[[[]]]=1&]=2',
    '__proto__[name]=x',
    'metadata=5',
    'name[x]=1',
  ])
    expect((await send(body)).status, body).toBe(400)
  expect((await send('')).status).toBe(200)
})

test('the API names what is missing, unknown and mistyped as Stripe does', async () => {
  expect(await refusal(account.stripe.customers.retrieve('cus_none'))).toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 404,
    code: 'resource_missing',
    param: 'id',
    message: "No such customer: 'cus_none'",
  })
  expect(await refusal(account.stripe.subscriptions.list({ customer: 'cus_none' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'customer',
  })
  expect(
    await refusal(account.stripe.rawRequest('POST', '/v1/prices', { product: 'prod_none' })),
  ).toMatchObject({
    code: 'parameter_missing',
    param: 'currency',
  })
  expect(await refusal(account.stripe.rawRequest('POST', '/v1/customers', { nickname: 'x' }))).toMatchObject({
    code: 'parameter_unknown',
    param: 'nickname',
  })
  const unknown = await refusal(account.stripe.rawRequest('GET', '/v1/nonsense'))
  expect(unknown).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 404 })
  expect(unknown.message).toContain('Unrecognized request URL (GET: /v1/nonsense)')
})

test('the API logs the addresses that it does not know, and nothing else', async () => {
  logged.length = 0
  await account.stripe.customers.list()
  await refusal(account.stripe.customers.retrieve('cus_none'))
  await refusal(account.stripe.rawRequest('GET', '/v1/nonsense'))
  expect(logged).toEqual([{ method: 'GET', path: '/v1/nonsense' }])
})

test('the API pages through a list forwards and backwards', async () => {
  for (let index = 0; index < 25; index++)
    await account.stripe.customers.create({ email: `a${index}@example.com` })
  const all = await account.stripe.customers.list({ limit: 10 }).autoPagingToArray({ limit: 100 })
  expect(all.map(each => each.email)).toEqual(
    Array.from({ length: 25 }, (_, index) => `a${24 - index}@example.com`),
  )
  const second = await account.stripe.customers.list({ limit: 10, starting_after: all[9]?.id ?? '' })
  expect(second.data.map(each => each.id)).toEqual(all.slice(10, 20).map(each => each.id))
  const before = await account.stripe.customers.list({ limit: 5, ending_before: all[10]?.id ?? '' })
  expect(before.data.map(each => each.id)).toEqual(all.slice(5, 10).map(each => each.id))
  expect(second.has_more).toBe(true)
})

test('the API expands references, in lists and several levels deep', async () => {
  const { session, subscription, customer } = await subscribed()
  const full = await account.stripe.checkout.sessions.retrieve(session.id, {
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
  const { items } = await account.stripe.subscriptions.retrieve(subscription.id, {
    expand: ['items.data.price.product'],
  })
  expect(items.data[0]?.price.product).toMatchObject({ name: 'Premium' })
  expect(
    await refusal(account.stripe.subscriptions.list({ expand: ['data.items.data.price.product'] })),
  ).toMatchObject({ code: 'property_expansion_max_depth' })
  expect((await refusal(account.stripe.subscriptions.list({ expand: ['data.status'] }))).message).toBe(
    'This property cannot be expanded (data.status).',
  )
})

test('the API answers a repeated idempotency key with the same object, and refuses other parameters under it', async () => {
  const options = { idempotencyKey: 'customer:1' }
  const first = await account.stripe.customers.create({ name: 'Ada' }, options)
  const again = await account.stripe.customers.create({ name: 'Ada' }, options)
  expect(again.id).toBe(first.id)
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect(await refusal(account.stripe.customers.create({ name: 'Ben' }, options))).toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
  })
  await account.standIn.advance(DAY + 1000)
  expect((await account.stripe.customers.create({ name: 'Ben' }, options)).id).not.toBe(first.id)
})

test('the API forgets nothing of a failure under a key, and says when a key is in use', async () => {
  account.standIn.faults.current = () => ({ status: 500 })
  const options = { idempotencyKey: 'k' }
  expect(await refusal(account.stripe.customers.create({}, options))).toMatchObject({ statusCode: 500 })
  account.standIn.faults.current = undefined
  expect(await refusal(account.stripe.customers.create({}, options))).toMatchObject({ statusCode: 500 })
  expect(account.standIn.objects.customers).toEqual([])

  account.standIn.faults.current = request =>
    request.idempotencyKey === 'slow' ? { delayMs: 300 } : undefined
  const [slow, second] = await Promise.allSettled([
    account.stripe.customers.create({}, { idempotencyKey: 'slow' }),
    account.stripe.customers.create({}, { idempotencyKey: 'slow' }),
  ])
  expect([slow.status, second.status].sort()).toEqual(['fulfilled', 'rejected'])
  expect([slow, second].find(each => each.status === 'rejected')).toMatchObject({
    reason: { code: 'idempotency_key_in_use', statusCode: 409 },
  })
})

test('the API breaks off, hangs and loses answers when told to', async () => {
  account.standIn.faults.current = () => 'reset'
  expect(await refusal(account.stripe.customers.create())).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  account.standIn.faults.current = () => 'hang'
  expect(await refusal(client(undefined, { timeout: 100 }).customers.create())).toBeInstanceOf(
    Stripe.errors.StripeConnectionError,
  )
  expect(account.standIn.objects.customers).toHaveLength(0)
  account.standIn.faults.current = () => ({ lost: 'hang' })
  await refusal(client(undefined, { timeout: 100 }).customers.create())
  expect(account.standIn.objects.customers).toHaveLength(1)
  // The SDK sends once more under the same key, and is given the answer it missed.
  account.standIn.faults.current = () => ({ lost: 'reset' })
  expect((await account.stripe.customers.create()).id).toBe(account.standIn.objects.customers[0]?.id)
  expect(account.standIn.objects.customers).toHaveLength(2)
  account.standIn.faults.current = () => ({ status: 429, retryAfterSeconds: 2 })
  const limited = await refusal(account.stripe.customers.create())
  expect(limited).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429 })
  expect(limited.headers?.['retry-after']).toBe('2')
})

test('the API searches customers by metadata and email, a minute after they were made', async () => {
  const ada = await account.stripe.customers.create({
    email: 'Ada@example.com',
    metadata: { chat_member: 'discord:1:2' },
  })
  await account.stripe.customers.create({
    email: 'ben@example.com',
    metadata: { chat_member: 'discord:1:3' },
  })
  const found = async (query: string) =>
    (await account.stripe.customers.search({ query })).data.map(each => each.id)
  expect(await found("metadata['chat_member']:'discord:1:2'")).toEqual([])
  await account.standIn.advance(61_000)
  expect(await found("metadata['chat_member']:'discord:1:2'")).toEqual([ada.id])
  expect(await found('email:"ada@example.com" AND metadata["chat_member"]:"discord:1:2"')).toEqual([ada.id])
  expect(await found("-email:'ben@example.com'")).toEqual([ada.id])
})

test('the API remembers a deleted customer only as deleted', async () => {
  const { customer, subscription } = await subscribed()
  await account.stripe.customers.del(customer.id)
  expect(await account.stripe.customers.retrieve(customer.id)).toEqual(
    expect.objectContaining({ id: customer.id, object: 'customer', deleted: true }),
  )
  expect((await account.stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
  expect(
    (await account.stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data,
  ).toHaveLength(1)
})

test('the catalog keeps lookup keys unique and transfers them', async () => {
  const first = await plan(1000, { lookup_key: 'pro' })
  expect(await refusal(plan(2000, { lookup_key: 'pro' }))).toMatchObject({ param: 'lookup_key' })
  const second = await plan(2000, { lookup_key: 'pro', transfer_lookup_key: true })
  const found = await account.stripe.prices.list({ lookup_keys: ['pro'], expand: ['data.product'] })
  expect(found.data.map(each => each.id)).toEqual([second.id])
  expect(found.data[0]?.product).toMatchObject({
    name: 'Premium',
    marketing_features: [{ name: 'A lounge' }],
    images: ['https://example.com/a.png'],
  })
  expect((await account.stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
})

test('the catalog filters prices, and gives tiered ones no amount', async () => {
  const monthly = await plan()
  const yen = await plan(1000, { currency: 'jpy' })
  const product = await account.stripe.products.create({ name: 'Seats' })
  const tiered = await account.stripe.prices.create({
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
  const once = await account.stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 5 })
  await account.stripe.prices.update(monthly.id, { active: false })
  expect(tiered.unit_amount).toBeNull()
  expect((await account.stripe.prices.retrieve(tiered.id, { expand: ['tiers'] })).tiers).toHaveLength(2)
  expect(
    (await account.stripe.prices.list({ active: true, type: 'recurring' })).data.map(each => each.id),
  ).toEqual([tiered.id, yen.id])
  expect((await account.stripe.prices.list({ currency: 'jpy' })).data).toHaveLength(1)
  expect((await account.stripe.prices.list({ type: 'one_time' })).data.map(each => each.id)).toEqual([
    once.id,
  ])
})
