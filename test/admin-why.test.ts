import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinMembers, nameOf, quiet, subscriptionOf } from './support/failures.ts'
import { becomeMember, read as readSlack, say as saySlack, startSlackWorld } from './support/slack-world.ts'
import { until } from './support/until.ts'
import { buttonsOf, holds, press, read, say, startWorld, type World } from './support/world.ts'

describe('/premium why', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterAll(() => world.close())

  const why = async (user: string) => say(world, world.admin, `/premium why member:${user}`)

  it('says that nothing happened to somebody the bot never looked at', async () => {
    expect(read(await why(world.ben))).toContain('Nothing yet')
  })

  it("shows the event and its id, Stripe's word, the decision and the chat's answer, newest first", async () => {
    await joinMembers(world, world.ada)
    const before = read(await why(world.ada))
    expect(before).toMatch(/<t:\d+:f> .*event `[a-z_.]+ evt_\w+`/)
    expect(before).toContain('Stripe: active basic\\_monthly')
    expect(before).toContain(`should hold <@&${world.premium}>`)
    expect(before).toContain(`gave <@&${world.premium}>`)
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
    await until('the end', () => !holds(world, world.ada))
    await quiet(world)
    const after = read(await why(world.ada))
    expect(after).toContain('Stripe: no subscription')
    expect(after).toContain('should hold nothing')
    expect(after.indexOf('took back')).toBeLessThan(after.indexOf('gave'))
  })

  it('shows what stopped a look, with its fix, and what is waiting', async () => {
    const bot = world.discord.botRole(world.guild)
    world.discord.moveRole(world.guild, world.premium, 5)
    const customer = await world.sdk.customers.create({
      metadata: { chat_member: nameOf(world, world.ben) },
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const price = world.stripe.objects.prices.find(({ lookup_key }) => lookup_key === 'pro_monthly')?.id ?? ''
    await world.sdk.subscriptions.create({ customer: customer.id, items: [{ price }] })
    await until(
      'the refusal',
      async () => (await world.app.access.journal.of(`discord:${world.guild}:${world.ben}`))[0]?.stoppedBy,
    )
    const shown = await why(world.ben)
    // Discord shows a mention in a title as its number.
    expect(shown.embeds.map(({ title = '' }) => title).join()).not.toContain('<@')
    const reply = read(shown)
    expect(reply).toContain(`What happened to <@${world.ben}>`)
    expect(reply).toContain('**Waiting** since')
    expect(reply).toMatch(new RegExp(`Waiting.* → <@&${world.premium}> stands above`))
    expect(reply).toContain('**stopped**: ')
    expect(reply).toContain("move the bot's role above @Premium")
    world.discord.moveRole(world.guild, bot.id, 9)
    await world.app.access.gates.check()
    await until('the role', () => holds(world, world.ben))
    await quiet(world)
    expect(read(await why(world.ben))).not.toContain('**Waiting**')
  })

  it('turns pages of ten with buttons', async () => {
    const member = nameOf(world, world.ada)
    for (let n = 1; n <= 30; n++)
      await world.app.access.journal.add(member, {
        at: n,
        causes: [{ what: 'timer', detail: `no ${n}` }],
        did: ['ok'],
      })
    const first = await why(world.ada)
    expect(read(first)).toContain('no 30`')
    expect(read(first)).not.toContain('no 20`')
    expect(buttonsOf(first).map(({ label }) => label)).toEqual(['Next page'])
    const second = await press(world, world.admin, first, 'Next page')
    expect(read(second)).toContain('no 20`')
    expect(read(second)).toContain('Page 2 of')
  })

  it('is not for members', async () => {
    expect(read(await say(world, world.ada, `/premium why member:${world.ben}`))).toContain('Only admins')
  })
})

describe('/premium why in a Slack workspace', () => {
  it('shows the timeline to an owner', async () => {
    const world = await startSlackWorld()
    try {
      await saySlack(world, world.owner, '/premium role #lounge')
      await becomeMember(world, world.ada)
      await until('quiet', () => world.app.access.queue.waiting().count === 0)
      const reply = await saySlack(world, world.owner, `/premium why <@${world.ada}>`)
      expect(readSlack(reply)).toContain('Stripe: active basic_monthly')
      expect(reply.ephemeralTo).toBe(world.owner)
    } finally {
      await world.close()
    }
  })
})
