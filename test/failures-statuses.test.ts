import { afterAll, describe, expect, it } from 'vitest'
import {
  customerOf,
  deliver,
  invoiceOf,
  joinMembers,
  linkFor,
  loseEvents,
  priceOf,
  quiet,
  subscriptionOf,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000
const failing = 'pm_card_chargeCustomerFail'

const worlds: World[] = []
async function open(environment: Record<string, string> = {}): Promise<World> {
  const world = await startWorld({ environment: { SWEEP_MINUTES: '0', ...environment } })
  await say(world, world.admin, '/premium role role:@Premium')
  worlds.push(world)
  return world
}
afterAll(() => Promise.all(worlds.map(world => world.close())))

const sweep = async (world: World) => {
  await world.app.access.sweep.run({ what: 'sweep' })
  await quiet(world)
}
const titles = (world: World, user: string) =>
  world.discord
    .dms(user)
    .map(({ embeds }) => embeds[0]?.title ?? '')
    .join('\n')

describe('a subscription', () => {
  it('on trial holds, and paused because nobody left a card holds no more', async () => {
    const world = await open()
    await linkFor(world, world.ada)
    await world.sdk.subscriptions.create({
      customer: customerOf(world, world.ada),
      items: [{ price: priceOf(world, 'basic_monthly') }],
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
    await until('the role', () => holds(world, world.ada))
    expect(subscriptionOf(world, world.ada).status).toBe('trialing')
    await sweep(world)
    expect(holds(world, world.ada)).toBe(true)
    await world.stripe.advance(7 * day + 60_000)
    expect(subscriptionOf(world, world.ada).status).toBe('paused')
    await until('the role to go', () => !holds(world, world.ada))
    await until('the goodbye', () => titles(world, world.ada).includes('has ended'))
  })

  it('whose first payment fails holds nothing, neither while it is incomplete nor when that has expired', async () => {
    const world = await open()
    await linkFor(world, world.ada)
    const customer = customerOf(world, world.ada)
    world.stripe.changeCard(customer, failing)
    await world.sdk.subscriptions.create({ customer, items: [{ price: priceOf(world, 'basic_monthly') }] })
    for (const [status, later] of [
      ['incomplete', 0],
      ['incomplete_expired', day],
    ] as const) {
      await world.stripe.advance(later)
      await quiet(world)
      expect(subscriptionOf(world, world.ada).status).toBe(status)
      await sweep(world)
      expect(holds(world, world.ada)).toBe(false)
    }
    expect(world.discord.dms(world.ada)).toEqual([])
  })

  it('that Stripe calls unpaid holds no more, though the grace would last', async () => {
    const world = await open({ GRACE_DAYS: '30' })
    await joinMembers(world, world.ada)
    world.stripe.settings.afterLastRetry = 'unpaid'
    world.stripe.changeCard(customerOf(world, world.ada), failing)
    await world.stripe.advance(31 * day + 14 * day)
    await quiet(world)
    await sweep(world)
    expect(subscriptionOf(world, world.ada).status).toBe('past_due')
    expect(holds(world, world.ada)).toBe(true)
    await world.stripe.advance(3 * day)
    expect(subscriptionOf(world, world.ada).status).toBe('unpaid')
    await until('the role to go', () => !holds(world, world.ada))
    await until('the goodbye', () => titles(world, world.ada).includes('has ended'))
    expect(read(await say(world, world.ada, '/billing'))).toContain('too many payments failed')
  })
})

describe('a payment that fails', () => {
  it('names no end of access to whoever keeps it for another reason', async () => {
    const world = await open()
    for (const user of [world.ada, world.ben]) {
      await joinMembers(world, user)
      world.stripe.changeCard(customerOf(world, user), failing)
    }
    await say(world, world.admin, `/premium grant member:${world.ben}`)
    await world.stripe.advance(31 * day + day / 12)
    const said = (user: string) =>
      world.discord
        .dms(user)
        .map(read)
        .find(text => text.includes("didn't go through"))
    for (const user of [world.ada, world.ben]) await until('the trouble to be told', () => said(user))
    expect(said(world.ada)).toContain('keep your access until')
    expect(said(world.ben)).not.toContain('until')
  })
})

describe('a subscription that is billed by letter', () => {
  it('has its term to be paid in, and the grace from the day it was due', async () => {
    const world = await open()
    await linkFor(world, world.ada)
    await world.sdk.subscriptions.create({
      customer: customerOf(world, world.ada),
      items: [{ price: priceOf(world, 'basic_monthly') }],
      collection_method: 'send_invoice',
      days_until_due: 14,
    })
    await until('the role', () => holds(world, world.ada))
    await world.stripe.advance(15 * day)
    await quiet(world)
    expect(subscriptionOf(world, world.ada).status).toBe('past_due')
    expect(holds(world, world.ada)).toBe(true)
    await world.stripe.advance(6 * day + 60_000)
    await until('the role to go', () => !holds(world, world.ada))
  })
})

describe('an overdue payment', () => {
  it('that is made while Stripe is being asked ends nothing', async () => {
    const world = await open()
    await joinMembers(world, world.ada)
    const customer = customerOf(world, world.ada)
    world.stripe.changeCard(customer, failing)
    await world.stripe.advance(31 * day + day / 12)
    await quiet(world)
    expect(subscriptionOf(world, world.ada).status).toBe('past_due')
    loseEvents(world)
    world.stripe.faults.current = ({ path }) => {
      const { id, status } = invoiceOf(world, world.ada)
      if (path === '/v1/invoices' && status === 'open') world.stripe.payInvoice(id, { card: 'pm_card_visa' })
      return undefined
    }
    await deliver(world, {
      id: 'evt_1',
      type: 'invoice.payment_failed',
      data: { object: { object: 'invoice', customer } },
    })
    await quiet(world)
    expect(subscriptionOf(world, world.ada).status).toBe('active')
    expect(holds(world, world.ada)).toBe(true)
    expect(titles(world, world.ada)).not.toContain('has ended')
  })
})

describe('a subscription that is past due for ever', () => {
  it('ends with the grace of its oldest open invoice, and no later one opens it again', async () => {
    const world = await open()
    await joinMembers(world, world.ada)
    world.stripe.settings.afterLastRetry = 'past_due'
    world.stripe.changeCard(customerOf(world, world.ada), failing)
    await world.stripe.advance(31 * day + day / 12)
    await until('the trouble to be told', () => world.discord.dms(world.ada).length === 2)
    expect(holds(world, world.ada)).toBe(true)
    const find = loseEvents(world)
    await world.stripe.advance(7 * day)
    await until('the role to go', () => !holds(world, world.ada))
    find()
    await world.stripe.advance(24 * day)
    await quiet(world)
    const unpaid = world.stripe.objects.invoices.filter(({ status }) => status === 'open')
    expect(unpaid).toHaveLength(2)
    expect(subscriptionOf(world, world.ada).status).toBe('past_due')
    await sweep(world)
    expect(holds(world, world.ada)).toBe(false)
    for (const { id } of unpaid) world.stripe.payInvoice(id, { card: 'pm_card_visa' })
    await until('the role', () => holds(world, world.ada))
    await quiet(world)
    expect(titles(world, world.ada).match(/has ended/g)).toHaveLength(1)
  })
})
