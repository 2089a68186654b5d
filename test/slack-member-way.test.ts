import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buttonsOf,
  holds,
  linkOf,
  press,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

const month = 31 * 86_400_000

describe('a member of a Slack workspace', () => {
  let world: SlackWorld
  beforeAll(async () => {
    world = await startSlackWorld()
  })
  afterAll(() => world.close())

  it('hears, before anything is set up, who can change that', async () => {
    const plans = await say(world, world.ada, '/plans')
    expect(read(plans)).toContain('Nothing is for sale here yet')
    expect(plans.ephemeralTo).toBe(world.ada)
    expect(read(await say(world, world.owner, '/plans'))).toContain('/premium role')
  })

  it('sees what the owner sells, in blocks with prices, the channel and buttons', async () => {
    expect(read(await say(world, world.owner, '/premium role #lounge'))).toContain('Every plan')
    const plans = await say(world, world.ada, '/plans')
    expect(read(plans)).toContain('Membership')
    expect(read(plans)).toContain('$10.00 / month')
    expect(read(plans)).toContain('#lounge')
    expect(buttonsOf(plans).map(({ label }) => label)).toContain('Subscribe: Basic, $10.00 / month')
    expect(plans.ephemeralTo).toBe(world.ada)
  })

  it('subscribes by a button, pays on the hosted page, and is in the channel', async () => {
    const plans = await say(world, world.ada, '/plans')
    const offer = await press(world, world.ada, plans, 'Subscribe: Basic, $10.00 / month')
    const link = linkOf(offer)
    expect(link).toContain(`${world.stripe.url}/c/pay/`)
    expect(offer.ephemeralTo).toBe(world.ada)
    expect(plans.deleted).toBe(false)
    expect(holds(world, world.ada)).toBe(false)
    await world.stripe.pay(link, {})
    await until('the channel', () => holds(world, world.ada))
    await until('the welcome', () => world.slack.dms(world.team, world.ada).length === 1)
    expect(world.slack.dms(world.team, world.ada).map(read).join()).toContain(
      'Welcome to the members of The Lounge',
    )
  })

  it('sees their plan as theirs, and their billing with a portal link', async () => {
    expect(read(await say(world, world.ada, '/plans'))).toContain('Basic (yours)')
    const billing = await say(world, world.ada, '/billing')
    expect(read(billing)).toContain('Active, renews on')
    expect(linkOf(billing)).toContain('/p/session/')
  })

  it('is never sold a second subscription: another plan opens the page that confirms the change', async () => {
    const reply = await say(world, world.ada, '/subscribe pro_monthly')
    expect(read(reply)).toContain('Change your plan')
    expect(linkOf(reply)).toContain('/p/session/')
    expect(world.stripe.objects.subscriptions).toHaveLength(1)
  })

  it('stays in the channel through a renewal without a word', async () => {
    const requests = world.slack.requests().length
    await world.stripe.advance(month)
    await until('quiet', () => world.app.access.queue.waiting().count === 0)
    expect(world.stripe.objects.invoices.filter(({ status }) => status === 'paid')).toHaveLength(2)
    expect(holds(world, world.ada)).toBe(true)
    expect(world.slack.requests().length).toBe(requests)
  })

  it('leaves the channel when the subscription ends, and is told once, with a way back that works', async () => {
    const [subscription] = world.stripe.objects.subscriptions
    await world.sdk.subscriptions.cancel(subscription?.id ?? '')
    await until('the channel to close', () => !holds(world, world.ada))
    await until('the notice', () => world.slack.dms(world.team, world.ada).length === 2)
    const notice = world.slack.dms(world.team, world.ada).at(-1)
    if (!notice) throw new Error('no notice')
    expect(read(notice)).toContain('has ended')
    expect(read(await press(world, world.ada, notice, 'See the plans'))).toContain('$10.00 / month')
  })
})
