import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invoiceOf, quiet, subscriptionOf } from './support/failures.ts'
import { becomeMember, buttonsOf, linkOf, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000

describe('/billing', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await becomeMember(world, world.ada)
    await quiet(world)
  })
  afterAll(() => world.close())

  const billing = () => say(world, world.ada, '/billing')

  it('has no link to Stripe for somebody who never paid, and shows the way to the plans', async () => {
    const reply = await say(world, world.ben, '/billing')
    expect(read(reply)).toContain('You have no membership here yet')
    expect(buttonsOf(reply).map(({ label, url }) => [label, url])).toEqual([
      ['See the plans', undefined],
      ['What is stored about me', undefined],
    ])
    expect(world.stripe.objects.customers).toHaveLength(1)
  })

  it('is private, and has a portal link made for this customer at this moment', async () => {
    const [first, second] = [await billing(), await billing()]
    expect(first.flags).toBe(64)
    expect(linkOf(first)).not.toBe(linkOf(second))
    const page = await (await fetch(linkOf(second))).text()
    expect(page).toContain('Visa')
    await world.stripe.advance(day)
    expect((await fetch(linkOf(second))).status).not.toBe(200)
  })

  it.each([
    ['active', {}, /Basic\n\$10\.00 \/ month\nActive, renews on <t:\d+:D>/],
    ['trialing', { trial_end: 2_000_000_000 }, /Free trial until <t:2000000000:D>, then it renews/],
    ['active', { cancel_at: 2_000_000_000 }, /Ends on <t:2000000000:D>; nothing more is charged/],
    ['paused', {}, /Paused\. It unlocks nothing until you resume it/],
    ['unpaid', {}, /Stopped: too many payments failed/],
  ])('says in plain words that a subscription is %s (%o)', async (status, change, words) => {
    const subscription = subscriptionOf(world, world.ada)
    const before = { ...subscription }
    Object.assign(subscription, { status, ...change })
    const seen = read(await billing())
    Object.assign(subscription, before)
    expect(seen.replaceAll('**', '')).toMatch(words)
  })

  it.each([
    [{ cancel_at: 2_000_000_000 }, 'Ends on <t:2000000000:D>'],
    [{ status: 'paused' }, 'Paused. It unlocks nothing'],
    [{ status: 'unpaid' }, 'Stopped: too many payments failed'],
  ] as const)(
    'stands beside the plan that is theirs, also where they would buy it again (%o)',
    async (change, words) => {
      const subscription = subscriptionOf(world, world.ada)
      const before = { ...subscription }
      Object.assign(subscription, change)
      const again = read(await say(world, world.ada, '/subscribe plan:basic_monthly'))
      const plans = await say(world, world.ada, '/plans')
      Object.assign(subscription, before)
      expect(again).toContain('You have this plan already')
      expect(again).toContain(words)
      expect(again).not.toContain('renews')
      expect(read(plans)).toContain('Basic (yours)')
      expect(buttonsOf(plans).map(({ label }) => label)).not.toContain('Subscribe: Pro, $20.00 / month')
    },
  )

  it('shows how things stand though no more links are made for a while', async () => {
    world.clock.moveTo(world.clock.now() + 11 * 60_000)
    for (let links = 0; links < 10; links++) linkOf(await billing())
    const reply = await billing()
    expect(read(reply)).toContain('renews on')
    expect(read(reply)).toContain('10 links in ten minutes. The next one can be made in 10 minutes')
    expect(buttonsOf(reply).filter(({ url }) => url)).toEqual([])
    world.clock.moveTo(world.clock.now() + 11 * 60_000)
  })

  it('says that the money went back', async () => {
    world.stripe.refund(invoiceOf(world, world.ada).id)
    await quiet(world)
    expect(read(await billing())).toContain('The last payment was given back')
  })
})
