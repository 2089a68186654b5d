import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from './support/until.ts'
import { buttonsOf, holds, linkOf, press, read, say, startWorld, type World } from './support/world.ts'

const month = 31 * 86_400_000

describe('a member', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  })
  afterAll(() => world.close())

  it('hears, before anything is set up, who can change that', async () => {
    expect(read(await say(world, world.ada, '/plans'))).toContain('Nothing is for sale here yet')
    expect(read(await say(world, world.admin, '/plans'))).toContain('/premium role')
  })

  it('sees what the admin sells, in cards with prices, roles and buttons', async () => {
    expect(read(await say(world, world.admin, '/premium role role:@Premium'))).toContain('Every plan')
    const plans = await say(world, world.ada, '/plans')
    expect(read(plans)).toContain('Membership')
    expect(read(plans)).toContain('$10.00 / month')
    expect(read(plans)).toContain(`<@&${world.premium}>`)
    expect(buttonsOf(plans).map(({ label }) => label)).toContain('Subscribe: Basic, $10.00 / month')
    expect(plans.flags).toBe(64)
  })

  it('subscribes by a button, pays on the hosted page, and holds the role', async () => {
    const plans = await say(world, world.ada, '/plans')
    const offer = await press(world, world.ada, plans, 'Subscribe: Basic, $10.00 / month')
    const link = linkOf(offer)
    expect(link).toContain(`${world.stripe.url}/c/pay/`)
    expect(offer.flags).toBe(64)
    expect(holds(world, world.ada)).toBe(false)
    await world.stripe.pay(link, {})
    await until('the role', () => holds(world, world.ada))
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
    expect(world.discord.dms(world.ada).map(read).join()).toContain('Welcome to the members of The Lounge')
  })

  it('sees their plan as theirs, and their billing with a portal link', async () => {
    expect(read(await say(world, world.ada, '/plans'))).toContain('Basic (yours)')
    const billing = await say(world, world.ada, '/billing')
    expect(read(billing)).toContain('Active, renews on')
    expect(linkOf(billing)).toContain('/p/session/')
  })

  it('is never sold a second subscription: another plan opens the page that confirms the change', async () => {
    const reply = await say(world, world.ada, '/subscribe plan:pro_monthly')
    expect(read(reply)).toContain('Change your plan')
    expect(linkOf(reply)).toContain('/p/session/')
    expect(read(await say(world, world.ada, '/subscribe plan:basic_monthly'))).toContain(
      'You have this plan already',
    )
    expect(world.stripe.objects.subscriptions).toHaveLength(1)
  })

  it('keeps the role through a renewal without a word', async () => {
    const requests = world.discord.requests().length
    await world.stripe.advance(month)
    await until('quiet', () => world.app.access.queue.waiting().count === 0)
    expect(world.stripe.objects.invoices.filter(({ status }) => status === 'paid')).toHaveLength(2)
    expect(holds(world, world.ada)).toBe(true)
    expect(world.discord.dms(world.ada)).toHaveLength(1)
    expect(world.discord.requests().length).toBe(requests)
  })

  it('loses the role when the subscription ends, and is told once, with a way back', async () => {
    const [subscription] = world.stripe.objects.subscriptions
    await world.sdk.subscriptions.cancel(subscription?.id ?? '')
    await until('the role to go', () => !holds(world, world.ada))
    await until('the notice', () => world.discord.dms(world.ada).length === 2)
    const notices = world.discord.dms(world.ada)
    expect(notices.map(read).at(-1)).toContain('has ended')
    expect(notices.flatMap(buttonsOf).at(-1)?.label).toBe('See the plans')
  })
})
