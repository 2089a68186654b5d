import { afterEach, describe, expect, it } from 'vitest'
import type { Membership } from '../src/access/membership.ts'
import { DurableSqlite } from '../src/store/durable-sqlite.ts'
import { openStore } from '../src/store/store.ts'
import { addPayer, customerOf, deliver, linkFor, loseEvents, nameOf } from './support/failures.ts'
import { type BotProcess, launch, startProcess } from './support/process.ts'
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
    bot = await startReachable(world)
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
    const bot = await startReachable(world)
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
    const ending = bot.terminate()
    // A look that hangs doesn't keep it from refusing new work.
    await until('the gateway to be closed', () => world.discord.connected() === 0, 5_000)
    expect(await ending).toBe(0)
    expect(performance.now() - before).toBeLessThan(10_000)
    world.discord.faults.current = undefined
    const again = await startProcess(world.environment)
    await until('the role', () => holds(world, world.ada))
    expect(await again.terminate()).toBe(0)
    await world.close()
  })

  it('finishes the grant that is on its way', async () => {
    const world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
    const bot = await startReachable(world)
    await say(world, world.admin, '/premium role role:@Premium')
    const link = await linkFor(world, world.ada)
    let reached = false
    world.discord.faults.current = ({ path }) => {
      if (!path.includes('/roles/')) return undefined
      reached = true
      return { delayMs: 1_000 }
    }
    world.stripe.pay(link)
    await until('the look', () => reached)
    expect(await bot.terminate()).toBe(0)
    expect(holds(world, world.ada)).toBe(true)
    const store = await openStore(world.environment.STORE_URL ?? '')
    const membership = await store.collection<Membership>('memberships').get(nameOf(world, world.ada))
    expect(membership?.verifiedAt).toBeDefined()
    await store.close()
    await world.close()
  })

  it('gives the answer that somebody waits for', async () => {
    const world = await startWorld({ start: false })
    const bot = await startReachable(world)
    await say(world, world.admin, '/premium role role:@Premium')
    world.stripe.faults.current = () => ({ delayMs: 300 })
    const asked = await world.discord.as(world.ben, world.guild).command('/subscribe plan:basic_monthly')
    expect(await bot.terminate()).toBe(0)
    expect(linkOf(await asked.reply())).toContain('/c/pay/')
    await world.close()
  })

  it('exits 0 too while it is still starting', async () => {
    const world = await startWorld({ start: false })
    let reached = false
    world.discord.faults.current = () => {
      reached = true
      return 'hang'
    }
    const bot = launch(world.environment)
    await until('the start', () => reached)
    expect(await bot.terminate()).toBe(0)
    await world.close()
  })
})

describe('a bot that is starting', () => {
  it('takes an event durably before Discord answers, and gives the role when it does', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    const link = await linkFor(world, world.ada)
    await world.stopBot()
    await world.stripe.settled()
    world.discord.faults.current = () => 'reset'
    const starting = startProcess({ ...world.environment, PORT: '39871' })
    await until('the web server', () =>
      fetch('http://127.0.0.1:39871/healthz').then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    const [endpoint] = world.stripe.objects.endpoints
    await world.sdk.webhookEndpoints.update(endpoint?.id ?? '', {
      url: 'http://127.0.0.1:39871/stripe/webhook',
    })
    expect((await fetch('http://127.0.0.1:39871/readyz')).status).toBe(503)
    world.stripe.pay(link)
    await until('the event to be taken', () => world.stripe.deliveries()[0]?.status === 200)
    expect(holds(world, world.ada)).toBe(false)
    world.discord.faults.current = undefined
    const bot = await starting
    await until('the role', () => holds(world, world.ada))
    await bot.kill()
    await world.close()
  })

  it('answers 503 until its store is there, and takes the event that is sent again', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0', PORT: '39872' } })
    await say(world, world.admin, '/premium role role:@Premium')
    loseEvents(world)
    const user = await addPayer(world, 'early')
    const object = { object: 'invoice', customer: customerOf(world, user) }
    const event = { id: 'evt_early', type: 'invoice.paid', data: { object } }
    await world.stopBot()
    const other = new DurableSqlite({ uri: world.environment.STORE_URL ?? '', table: 'other' })
    await other.query('PRAGMA locking_mode=EXCLUSIVE')
    await other.query('BEGIN EXCLUSIVE')
    const starting = world.startBot()
    const url = 'http://127.0.0.1:39872'
    await until('the web server', () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    expect((await deliver(world, event, url)).status).toBe(503)
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    await other.query('ROLLBACK')
    await other.disconnect()
    await starting
    expect((await deliver(world, event)).status).toBe(200)
    await until('the role', () => holds(world, user))
    await world.close()
  })
})

/** Starts the bot as a process, and lets Stripe know where it is. */
async function startReachable(world: World): Promise<BotProcess> {
  const bot = await startProcess(world.environment)
  const [endpoint] = world.stripe.objects.endpoints
  await world.sdk.webhookEndpoints.update(endpoint?.id ?? '', { url: `${bot.url}/stripe/webhook` })
  return bot
}
