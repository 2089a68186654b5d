import { request } from 'node:http'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DurableSqlite } from '../src/store/durable-sqlite.ts'
import { until } from './support/until.ts'
import { becomeMember, holds, startWorld, type World } from './support/world.ts'

describe('the webhook', () => {
  let world: World
  let secret: string
  let stranger: string
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    secret = world.environment.STRIPE_WEBHOOK_SECRET ?? ''
    await becomeMember(world, world.ada)
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
    stranger = (await world.sdk.customers.create({ email: 'somebody@else.example' })).id
  })
  afterAll(() => world.close())

  const event = (change: object = {}) =>
    JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type: 'invoice.paid',
      livemode: false,
      data: { object: { object: 'invoice', id: 'in_1', customer: stranger } },
      ...change,
    })
  const sign = (payload: string, options: { secret?: string; timestamp?: number } = {}) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret, ...options })
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${world.app.url}/stripe/webhook`, { method: 'POST', body, headers })

  it('takes a signed event with 200', async () => {
    const body = event()
    const response = await post(body, { 'stripe-signature': sign(body) })
    expect([response.status, await response.json()]).toEqual([200, { received: true }])
  })

  it.each([
    ['no signature', () => ({})],
    ['a forged signature', (body: string) => ({ 'stripe-signature': sign(body, { secret: 'whsec_other' }) })],
    ['a signature of another body', () => ({ 'stripe-signature': sign('{}') })],
    [
      'an old signature',
      (body: string) => ({
        'stripe-signature': sign(body, { timestamp: Math.floor(Date.now() / 1000) - 301 }),
      }),
    ],
    ['an empty signature', () => ({ 'stripe-signature': '' })],
    [
      'a signature made with an empty secret',
      (body: string) => ({ 'stripe-signature': sign(body, { secret: ' ' }) }),
    ],
    ['nonsense for a signature', () => ({ 'stripe-signature': 't=now,v1=yes' })],
  ])('refuses %s with 400', async (_, headers) => {
    const body = event()
    const response = await post(body, headers(body))
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain(secret)
  })

  it.each([
    ['no JSON', 'this is not JSON'],
    ['an empty body', ''],
    ['a JSON text', '"hello"'],
    ['null', 'null'],
    ['an event without an object', JSON.stringify({ id: 'evt_2', type: 'invoice.paid', livemode: false })],
  ])('does not stumble over %s, though it is signed', async (_, body) => {
    const response = await post(body, { 'stripe-signature': sign(body) })
    expect([200, 400]).toContain(response.status)
    expect((await fetch(`${world.app.url}/healthz`)).status).toBe(200)
  })

  it.each([
    ['an unknown type', { type: 'galaxy.collapsed' }],
    ['a foreign customer', {}],
    ['a test event for a live key, or the other way', { livemode: true }],
    ['an event without a customer', { type: 'balance.available', data: { object: { object: 'balance' } } }],
    [
      'an old payload shape',
      {
        type: 'charge.succeeded',
        data: { object: { object: 'charge', invoice: 'in_1', subscription: 'sub_1' } },
      },
    ],
  ])('answers %s with 200 and does nothing', async (_, change) => {
    const before = world.discord.requests().length
    const body = event(change)
    expect((await post(body, { 'stripe-signature': sign(body) })).status).toBe(200)
    await until('quiet', () => world.app.access.queue.waiting().count === 0)
    expect(world.discord.requests().length).toBe(before)
    expect(holds(world, world.ada)).toBe(true)
  })

  it('takes a body of a megabyte, and answers a larger one with 413', async () => {
    const big = event({ padding: 'x'.repeat(900_000) })
    expect((await post(big, { 'stripe-signature': sign(big) })).status).toBe(200)
    const huge = event({ padding: 'x'.repeat(1_100_000) })
    expect((await post(huge, { 'stripe-signature': sign(huge) })).status).toBe(413)
  })

  it('survives a sender that breaks off', async () => {
    await new Promise<void>(resolve => {
      const sending = request(`${world.app.url}/stripe/webhook`, {
        method: 'POST',
        headers: { 'content-length': '1000' },
      })
      sending.on('error', () => resolve())
      sending.write('half')
      setTimeout(() => sending.destroy(new Error('broken off')), 50)
    })
    expect((await fetch(`${world.app.url}/healthz`)).status).toBe(200)
  })
})

describe('a webhook whose store cannot write', () => {
  it('answers 500, so that Stripe sends again, and takes the event when it can', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    const body = JSON.stringify({
      id: 'evt_1',
      type: 'invoice.paid',
      livemode: false,
      data: { object: { object: 'invoice', customer: 'cus_1' } },
    })
    const signature = Stripe.webhooks.generateTestHeaderString({
      payload: body,
      secret: world.environment.STRIPE_WEBHOOK_SECRET ?? '',
    })
    const post = () =>
      fetch(`${world.app.url}/stripe/webhook`, {
        method: 'POST',
        body,
        headers: { 'stripe-signature': signature },
      })
    const other = new DurableSqlite({ uri: world.environment.STORE_URL ?? '', table: 'other' })
    await other.query('BEGIN EXCLUSIVE')
    expect((await post()).status).toBe(500)
    await other.query('ROLLBACK')
    expect((await post()).status).toBe(200)
    await other.disconnect()
    await world.close()
  })
})
