import { createServer } from 'node:http'
import Stripe from 'stripe'
import { afterEach, beforeEach, expect } from 'vitest'
import {
  createStripeStandIn,
  type StripeStandIn,
  type StripeStandInOptions,
} from '../src/sandbox/stripe/index.ts'

const HOUR = 3_600_000
const API_VERSION = '2026-10-28.endive'

/** What a receiver of events got, in the order it came. */
export interface Receiver {
  endpoint: Stripe.WebhookEndpoint
  events: Stripe.Event[]
  bodies: { raw: string; signature: string }[]
  types(): string[]
}

/** A fresh stand-in before each test with the real SDK pointed at it, and what tests do with them. */
export function useAccount(options: StripeStandInOptions = {}) {
  let standIn: StripeStandIn
  let stripe: Stripe
  const closing: (() => Promise<unknown>)[] = []

  beforeEach(async () => {
    standIn = await createStripeStandIn({ retryDelays: [20, 40, 80], ...options })
    stripe = client()
    closing.push(standIn.close)
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  function client(key = standIn.secretKey, more: Stripe.StripeConfig = {}) {
    const { hostname, port } = new URL(standIn.url)
    const to = { host: hostname, port: Number(port), protocol: 'http' } as const
    return new Stripe(key, {
      ...to,
      apiVersion: API_VERSION,
      maxNetworkRetries: 0,
      telemetry: false,
      ...more,
    })
  }

  /** An endpoint for every event; `answer` says with which status it takes each. */
  async function receiver(answer: () => number = () => 200): Promise<Receiver> {
    const events: Stripe.Event[] = []
    const bodies: Receiver['bodies'] = []
    const server = createServer((request, response) => {
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
    closing.push(
      () =>
        new Promise(resolve => {
          server.close(resolve)
          server.closeAllConnections()
        }),
    )
    const url = `http://127.0.0.1:${address.port}/hook`
    const endpoint = await stripe.webhookEndpoints.create({
      url,
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
    const recurring = { interval: 'month' } as const
    return stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: amount,
      recurring,
      ...more,
    })
  }

  const member = (chat = 'discord:1:2') =>
    stripe.customers.create({ name: 'Ada', metadata: { chat_member: chat } })

  const checkout = (
    customer: string,
    price: string,
    more: Partial<Stripe.Checkout.SessionCreateParams> = {},
  ) =>
    stripe.checkout.sessions.create({
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

  /** A member who paid on the hosted page. */
  async function subscribed(card = 'pm_card_visa') {
    const price = await plan()
    const customer = await member()
    const session = await checkout(customer.id, price.id)
    expect(standIn.pay(session.url ?? '', { card }).outcome).toBe('complete')
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

  /** The error that Stripe refused with. */
  async function refusal(work: Promise<unknown>) {
    try {
      await work
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError) return error
      throw error
    }
    throw new Error('it was not refused')
  }

  return {
    get standIn() {
      return standIn
    },
    get stripe() {
      return stripe
    },
    client,
    receiver,
    plan,
    member,
    checkout,
    subscribed,
    renewal,
    refusal,
  }
}
