import { afterEach, describe, expect, it } from 'vitest'
import { type BotProcess, startProcess } from './support/process.ts'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

describe('a bot that is killed', () => {
  let world: World
  let bot: BotProcess | undefined
  afterEach(async () => {
    await bot?.kill()
    await world.close()
  })

  const start = async () => {
    bot = await startProcess(world.environment)
    const [endpoint] = world.stripe.objects.endpoints
    await world.sdk.webhookEndpoints.update(endpoint?.id ?? '', { url: `${bot.url}/stripe/webhook` })
    return bot
  }
  const isRoleChange = ({ method, path }: { method: string; path: string }) =>
    (method === 'PUT' || method === 'DELETE') && path.includes('/roles/')

  it('between the 200 and the grant gives the role when it is back, without any new event', async () => {
    world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
    const first = await start()
    await say(world, world.admin, '/premium role role:@Premium')
    const link = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    let reached = false
    world.discord.faults.current = request => {
      if (!isRoleChange(request)) return undefined
      reached = true
      return 'hang'
    }
    world.stripe.pay(link)
    await until('every event acknowledged', () => {
      const sent = world.stripe.deliveries()
      return reached && sent.length > 0 && sent.every(({ status }) => status === 200)
    })
    await first.kill()
    expect(holds(world, world.ada)).toBe(false)
    const attempts = world.stripe.deliveries().length

    world.discord.faults.current = undefined
    await start()
    await until('the role', () => holds(world, world.ada))
    expect(world.stripe.deliveries()).toHaveLength(attempts)
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
  })

  it('after the grant and before it could write that down takes the role away again when it is over', async () => {
    world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
    const first = await start()
    await say(world, world.admin, '/premium role role:@Premium')
    const link = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    world.discord.faults.current = request => (isRoleChange(request) ? { lost: 'hang' } : undefined)
    world.stripe.pay(link)
    await until('the role', () => holds(world, world.ada))
    await first.kill()

    world.discord.faults.current = undefined
    await start()
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
    await world.sdk.subscriptions.cancel(world.stripe.objects.subscriptions[0]?.id ?? '')
    await until('the role to go', () => !holds(world, world.ada))
    await until('the goodbye', () => world.discord.dms(world.ada).map(read).join().includes('has ended'))
  })
})

describe('a bot that is asked to end', () => {
  it('exits 0 within ten seconds, though a far end hangs, and loses nothing', async () => {
    const world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
    const bot = await startProcess(world.environment)
    const [endpoint] = world.stripe.objects.endpoints
    await world.sdk.webhookEndpoints.update(endpoint?.id ?? '', { url: `${bot.url}/stripe/webhook` })
    await say(world, world.admin, '/premium role role:@Premium')
    const link = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    let reached = false
    world.discord.faults.current = ({ path }) => {
      if (!path.includes('/roles/')) return undefined
      reached = true
      return 'hang'
    }
    world.stripe.pay(link)
    await until('the look', () => reached)
    const before = performance.now()
    expect(await bot.terminate()).toBe(0)
    expect(performance.now() - before).toBeLessThan(10_000)
    world.discord.faults.current = undefined
    const again = await startProcess(world.environment)
    await until('the role', () => holds(world, world.ada))
    expect(await again.terminate()).toBe(0)
    await world.close()
  })
})
