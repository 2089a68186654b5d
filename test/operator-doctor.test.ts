import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Mark } from '../src/access/mark.ts'
import { stripeApiVersion } from '../src/billing/stripe.ts'
import { webhookEvents } from '../src/billing/webhook.ts'
import { openStore } from '../src/store/store.ts'
import { joinMembers, quiet } from './support/failures.ts'
import { operator } from './support/operator.ts'
import { ownFolder } from './support/store.ts'
import { until } from './support/until.ts'
import { say, startWorld, type World } from './support/world.ts'

const publicUrl = 'https://bot.example'

describe('npm run doctor', { timeout: 90_000 }, () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      environment: { PUBLIC_URL: publicUrl },
      async before({ sdk }) {
        await sdk.webhookEndpoints.create({
          url: `${publicUrl}/stripe/webhook`,
          enabled_events: [...webhookEvents],
          api_version: stripeApiVersion,
        })
      },
    })
    await until('the first sweep', () => world.app.access.sweep.last())
  })
  afterAll(() => world.close())

  const doctor = async (environment: Record<string, string> = world.environment) =>
    operator('doctor', { environment, folder: await ownFolder() })

  it('says, before anything is set up in the chat, how the key, the endpoint and the chat are', async () => {
    const told = await doctor()
    expect(told).toMatchObject({ code: 0, errors: '' })
    expect(told.output).toContain("✓ Stripe's key works")
    expect(told.output).toContain('✓ Discord is connected')
    expect(told.output).toContain('– Nothing is set up in any community yet')
  })

  it('is all well, with exit code 0, beside the running bot', async () => {
    await say(world, world.admin, '/premium role role:@Premium')
    await joinMembers(world, world.ada)
    await quiet(world)
    const told = await doctor()
    expect(told.output).toContain(`The Lounge (discord:${world.guild})`)
    expect(told.output).toContain('✓ Everybody who pays holds what they paid for (1 compared)')
    expect(told.output).toContain('All is well')
    expect(told.output).not.toContain('✗')
    expect(told).toMatchObject({ code: 0, errors: '' })
  })

  it('names what is wrong with its fix, with exit code 1', async () => {
    world.discord.moveRole(world.guild, world.premium, 9)
    const told = await doctor()
    expect(told.code).toBe(1)
    expect(told.output).toMatch(
      /✗ @\d+ stands above the bot's own role.*\n +→ .*move the bot's role above @Premium/,
    )
    expect(told.output).toContain('1 thing needs you')
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 20)
  })

  it('counts what waits in the store of a bot that is stopped', async () => {
    await world.stopBot()
    const store = await openStore(world.environment.STORE_URL ?? '')
    const marks = store.collection<Mark>('marks')
    const since = Date.now() - 10 * 60_000
    await marks.set(`member:discord:${world.guild}:${world.ada}:01`, { cause: { what: 'sweep' }, since })
    await marks.set(`member:discord:${world.guild}:${world.ben}:02`, {
      cause: { what: 'timer' },
      since,
      at: Date.now() + 60_000,
    })
    await store.close()
    const told = await doctor()
    expect(told.code).toBe(1)
    expect(told.output).toContain('✗ 1 look waits, the oldest since')
    expect(told.output).toContain('→ See that the bot runs')
    await world.startBot()
    await quiet(world)
    expect(await doctor()).toMatchObject({ code: 0 })
  })

  it('sees a token that is refused, and the other lines all the same', async () => {
    const told = await doctor({ ...world.environment, DISCORD_TOKEN: 'not.a.token' })
    expect(told.code).toBe(1)
    expect(told.output).toContain('✗')
    expect(told.output).toContain('DISCORD_TOKEN')
    expect(told.output).toContain("✓ Stripe's key works")
  })

  it('says what is missing where little is set, and where to go where nothing is', async () => {
    expect(await doctor({ DISCORD_TOKEN: 'x' })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('STRIPE_SECRET_KEY is missing'),
    })
    expect(await doctor({})).toMatchObject({ code: 1, errors: expect.stringContaining('npm run setup') })
  })
})
