import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stripeApiVersion } from '../src/billing/stripe.ts'
import { webhookEvents } from '../src/billing/webhook.ts'
import {
  addPayer,
  joinMembers,
  loseEvents,
  nameOf,
  priceOf,
  quiet,
  useLogChannel,
} from './support/failures.ts'
import * as inSlack from './support/slack-world.ts'
import { until } from './support/until.ts'
import { buttonsOf, holds, read, say, startWorld, type World } from './support/world.ts'

const publicUrl = 'https://bot.example'

const makeEndpoint = (world: Pick<World, 'sdk'>) =>
  world.sdk.webhookEndpoints.create({
    url: `${publicUrl}/stripe/webhook`,
    enabled_events: [...webhookEvents],
    api_version: stripeApiVersion,
  })

describe('/premium status', () => {
  let world: World
  let endpoint: { id: string }
  beforeAll(async () => {
    world = await startWorld({
      environment: { PUBLIC_URL: publicUrl },
      async before(unstarted) {
        endpoint = await makeEndpoint(unstarted)
      },
    })
    await until('the first sweep', () => world.app.access.sweep.last())
  })
  afterAll(() => world.close())

  const status = async () => read(await say(world, world.admin, '/premium status'))
  const community = () => `discord:${world.guild}` as const

  /** Breaks something, sees the line and its fix, mends it, and sees the line gone. */
  const sees = async (
    broken: { what: string; fix: string },
    breakIt: () => unknown,
    mendIt: () => unknown,
  ) => {
    expect(await status()).not.toContain(broken.what)
    await breakIt()
    try {
      const seen = (await status()).split('\n')
      const index = seen.findIndex(line => line.includes(broken.what))
      expect(seen.join('\n')).toContain(broken.what)
      expect(seen[index]).toMatch(/^✗ /)
      expect(seen[index + 1]).toMatch(/^→ /)
      expect(seen[index + 1]).toContain(broken.fix)
    } finally {
      await mendIt()
    }
    expect(await status()).not.toContain(broken.what)
  }

  it('names, on a fresh server, what to do first', async () => {
    const fresh = await status()
    expect(fresh).toContain('✗ No paid role is set')
    expect(fresh).toContain('→ Choose one with `/premium setup`')
    expect(fresh).toContain('– No signed webhook came yet')
  })

  it('is all well once it is set up, says the mode, the last webhook and the last sweep', async () => {
    await say(world, world.admin, '/premium role role:@Premium')
    await joinMembers(world, world.ada)
    await useLogChannel(world)
    await say(world, world.ada, '/billing')
    const well = await status()
    expect(well).toContain('All is well')
    expect(well).not.toContain('✗')
    for (const line of [
      `✓ The bot can give <@&${world.premium}>`,
      '✓ 3 plans are on sale: `basic_monthly`',
      "✓ Stripe's key works",
      'test mode, no money moves',
      '✓ Stripe sends every event that is needed to `https://bot.example/stripe/webhook`',
      '✓ The last signed webhook came',
      '✓ In the customer portal members can cancel, change their card, see their invoices',
      '✓ Discord is connected, and the Server Members intent is on',
      '✓ No look waits',
      '✓ The last look at everybody ended',
      `✓ The bot can write into the log channel <#${world.channel}>`,
      '✓ Everybody who pays holds what they paid for (1 compared)',
    ])
      expect(well).toContain(line)
  })

  it("sees a paid role above the bot's own", () =>
    sees(
      { what: "stands above the bot's own role", fix: "move the bot's role above @Premium" },
      () => world.discord.moveRole(world.guild, world.premium, 9),
      () => world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 20),
    ))

  it('sees that the bot may not manage roles', () => {
    const bot = world.discord.botRole(world.guild)
    const allowed = BigInt(bot.permissions)
    return sees(
      { what: 'lacks the permission Manage Roles', fix: 'turn on Manage Roles' },
      () => world.discord.updateRole(world.guild, bot.id, { permissions: allowed & ~(1n << 28n) }),
      () => world.discord.updateRole(world.guild, bot.id, { permissions: allowed }),
    )
  })

  it('sees a paid role that was deleted', async () => {
    const extra = world.discord.addRole(world.guild, { name: 'Extra' }).id
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 30)
    const rules = await world.app.access.settings.of(community())
    await world.app.access.settings.change(community(), () => ({
      ...rules,
      byPlan: { patron_monthly: [extra] },
    }))
    await sees(
      { what: 'was deleted', fix: 'Choose another one with /premium role' },
      () => world.discord.deleteRole(world.guild, extra),
      () => world.app.access.settings.change(community(), () => rules),
    )
  })

  it('sees a plan with a role of its own whose price was archived', async () => {
    await say(world, world.admin, '/premium role role:@Premium plan:patron_monthly')
    const price = priceOf(world, 'patron_monthly')
    await sees(
      { what: 'The plan `patron_monthly` unlocks something here', fix: 'Unarchive its price' },
      () => world.sdk.prices.update(price, { active: false }),
      () => world.sdk.prices.update(price, { active: true }),
    )
  })

  it('sees that no price has a lookup key, and names the one that wants it', async () => {
    const prices = ['basic_monthly', 'pro_monthly', 'patron_monthly'].map(key => priceOf(world, key))
    const [product] = world.stripe.objects.products.map(({ id }) => id)
    const nameless = await world.sdk.prices.create({
      product: product ?? '',
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'year' },
    })
    expect(await status()).toContain(
      `– 1 active price has no lookup key and can't be bought here: \`${nameless.id}\``,
    )
    const setAll = (active: boolean) =>
      Promise.all(prices.map(price => world.sdk.prices.update(price, { active })))
    await sees(
      { what: 'no active recurring price with a lookup key', fix: `Give \`${nameless.id}\` a lookup key` },
      () => setAll(false),
      () => setAll(true),
    )
    await world.sdk.prices.update(nameless.id, { active: false })
  })

  it('sees a key that Stripe refuses, once, and the other lines all the same', async () => {
    world.stripe.faults.current = () => ({ status: 401 })
    const seen = await status()
    world.stripe.faults.current = undefined
    await world.app.access.gates.check()
    expect(seen.split('✗ Stripe refuses the secret key')).toHaveLength(2)
    expect(seen).toContain('→ Put a valid STRIPE')
    expect(seen).toContain(`✓ The bot can give <@&${world.premium}>`)
  })

  it('sees a Stripe that is out of reach', async () => {
    world.stripe.faults.current = ({ path }) => (path === '/v1/account' ? { status: 400 } : undefined)
    const seen = await status()
    world.stripe.faults.current = undefined
    expect(seen).toMatch(/✗ Stripe's key could not be checked/)
    expect(seen).toContain('→ Look again in a minute')
  })

  it('sees a webhook endpoint that is gone', () =>
    sees(
      {
        what: 'no webhook endpoint for `https://bot.example/stripe/webhook`',
        fix: '`npm run setup` makes it',
      },
      () => world.sdk.webhookEndpoints.del(endpoint.id),
      async () => {
        endpoint = await makeEndpoint(world)
      },
    ))

  it('sees a webhook endpoint that lacks an event', () =>
    sees(
      { what: 'is not sent `invoice.paid`', fix: '`npm run setup` adds' },
      () =>
        world.sdk.webhookEndpoints.update(endpoint.id, {
          enabled_events: webhookEvents.filter(type => type !== 'invoice.paid'),
        }),
      () => world.sdk.webhookEndpoints.update(endpoint.id, { enabled_events: [...webhookEvents] }),
    ))

  it('sees a webhook endpoint that is turned off', () =>
    sees(
      { what: 'is turned off', fix: 'Turn it on in the Stripe dashboard' },
      () => world.sdk.webhookEndpoints.update(endpoint.id, { disabled: true }),
      () => world.sdk.webhookEndpoints.update(endpoint.id, { disabled: false }),
    ))

  it('sees a webhook endpoint of another API version', () =>
    sees(
      { what: 'has the API version 2024-06-20', fix: '`npm run setup` replaces it' },
      async () => {
        await world.sdk.webhookEndpoints.del(endpoint.id)
        endpoint = await world.sdk.webhookEndpoints.create({
          url: `${publicUrl}/stripe/webhook`,
          enabled_events: ['*'],
          api_version: '2024-06-20',
        })
      },
      async () => {
        await world.sdk.webhookEndpoints.del(endpoint.id)
        endpoint = await makeEndpoint(world)
      },
    ))

  it('sees that the signing secret is of another endpoint', () =>
    sees(
      { what: 'is not the signing secret of the webhook endpoint', fix: 'Copy it from the Stripe dashboard' },
      () => world.app.billing.endpoints.remember(endpoint.id, 'whsec_another'),
      () => world.app.billing.endpoints.remember(endpoint.id, world.environment.STRIPE_WEBHOOK_SECRET ?? ''),
    ))

  it('sees a customer portal that lets nobody cancel', async () => {
    const { data } = await world.sdk.billingPortal.configurations.list({ active: true })
    const [portal] = data
    const set = (enabled: boolean) =>
      world.sdk.billingPortal.configurations.update(portal?.id ?? '', {
        features: { subscription_cancel: { enabled } },
      })
    await sees(
      { what: "members can't cancel", fix: 'Settings, Billing, Customer portal' },
      () => set(false),
      () => set(true),
    )
  })

  it('sees that there is no customer portal', () => {
    const portals = world.stripe.objects.portalConfigurations
    const set = (active: boolean) => {
      for (const each of portals) each.active = active
    }
    return sees(
      { what: 'The customer portal is not configured', fix: '`npm run setup`' },
      () => set(false),
      () => set(true),
    )
  })

  it('sees a missing Server Members intent', () =>
    sees(
      {
        what: 'The Server Members intent is off',
        fix: 'Turn on Server Members Intent in the Developer Portal',
      },
      () => world.discord.allowIntent('GuildMembers', false),
      () => world.discord.allowIntent('GuildMembers', true),
    ))

  it('sees a log channel that was deleted, and one that nobody chose', async () => {
    const gone = world.discord.addChannel(world.guild, { name: 'gone' }).id
    await world.app.access.settings.change(community(), rules => ({ ...rules, logChannel: gone }))
    await sees(
      { what: `The channel <#${gone}> was deleted`, fix: 'Choose another one with `/premium log`' },
      () => world.discord.removeChannel(world.guild, gone),
      () => useLogChannel(world),
    )
    await world.app.access.settings.change(community(), ({ logChannel: _, ...rules }) => rules)
    expect(await status()).toContain('– No log channel is set')
    await useLogChannel(world)
  })

  it('sees who pays but does not hold the role, by name', async () => {
    const deliverAgain = loseEvents(world)
    await sees(
      { what: "1 person who pays doesn't hold what they paid for: carla", fix: '`/premium sync`' },
      () => addPayer(world, 'carla'),
      async () => {
        await world.app.access.sweep.run({ what: 'sweep' })
        await quiet(world)
      },
    )
    deliverAgain()
    await quiet(world)
  })

  it('sees looks that wait long, and what they wait for', async () => {
    await addPayer(world, 'dora').then(async dora => {
      world.discord.moveRole(world.guild, world.premium, 40)
      await world.app.access.queue.mark(`member:${nameOf(world, dora)}`, { what: 'sweep' })
      await world.app.access.sweep.run({ what: 'sweep' })
      await until('the refusal', () => world.app.access.gates.closed().length > 0)
      expect(await status()).toMatch(/✓ \d looks? waits?, the oldest since/)
      world.clock.moveTo(world.clock.now() + 6 * 60_000)
      const late = await status()
      expect(late).toMatch(/✗ \d looks? waits?, the oldest since/)
      expect(late).toContain('→ They go on by themselves')
      world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 50)
      await world.app.access.gates.check()
      await until('the role', () => holds(world, dora))
      await quiet(world)
    })
  })

  it('sees a sweep that is overdue', async () => {
    world.stripe.faults.current = ({ path }) => (path === '/v1/refunds' ? { status: 500 } : undefined)
    world.clock.moveTo(world.clock.now() + 13 * 3_600_000)
    const seen = await status()
    expect(seen).toMatch(/✗ The last look at everybody ended .* overdue/)
    expect(seen).toContain('→ `/premium sync` does it now')
    world.stripe.faults.current = undefined
    await world.app.access.sweep.run({ what: 'sweep' })
    expect(await status()).toContain('✓ The last look at everybody ended')
  })

  it('is not for members', async () => {
    expect(read(await say(world, world.ada, '/premium status'))).toContain('Only admins')
  })
})

describe('/premium status when many would lose access', () => {
  it('has a button that confirms it', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    try {
      await say(world, world.admin, '/premium role role:@Premium')
      const payers: string[] = []
      for (let n = 0; n < 12; n++) payers.push(await addPayer(world, `payer${n}`))
      await world.app.access.sweep.run({ what: 'sweep' })
      await quiet(world)
      world.stripe.faults.delivery = () => 'drop'
      for (const { id } of world.stripe.objects.subscriptions) await world.sdk.subscriptions.cancel(id)
      await world.app.access.sweep.run({ what: 'sweep' })
      const reply = await say(world, world.admin, '/premium status')
      expect(read(reply)).toContain('✗ 12 of 12 people would lose access')
      expect(read(reply)).toContain('premium sync confirm:yes')
      const button = buttonsOf(reply).find(({ id }) => id?.endsWith('premium sync confirm:yes'))
      expect(button?.label).toBe('Take access from 12 people')
      expect(read(reply)).toContain('– The sweep is turned off')
      expect(holds(world, payers[0] ?? '')).toBe(true)
    } finally {
      await world.close()
    }
  })
})

describe('/premium status in a Slack workspace', () => {
  it('sees a channel that the bot is not in, and says how to mend it', async () => {
    const world = await inSlack.startSlackWorld()
    try {
      await inSlack.say(world, world.owner, '/premium role #lounge')
      const well = inSlack.read(await inSlack.say(world, world.owner, '/premium status'))
      expect(well).toContain('✓ The bot can give #lounge')
      expect(well).toContain('✓ Slack is connected')
      expect(well).toContain('stripe listen')
      world.slack.removeBot(world.team, world.lounge)
      const broken = inSlack.read(await inSlack.say(world, world.owner, '/premium status'))
      expect(broken).toContain('✗')
      expect(broken).toContain('/invite')
    } finally {
      await world.close()
    }
  })
})
