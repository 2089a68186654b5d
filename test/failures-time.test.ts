import { copyFile, rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSweeper } from '../src/access/sweeper.ts'
import { createLog } from '../src/log.ts'
import { DurableSqlite } from '../src/store/durable-sqlite.ts'
import { customerOf, joinMembers, loseEvents, quiet, subscriptionOf } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000
const minute = 60_000

let world: World
beforeEach(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
})
afterEach(() => world.close())

describe('time', () => {
  it('that passes while the process sleeps for a month is caught up with, renewals and grace alike', async () => {
    await joinMembers(world, world.ada)
    await joinMembers(world, world.ben)
    world.stripe.settings.afterLastRetry = 'past_due'
    world.stripe.changeCard(customerOf(world, world.ben), 'pm_card_chargeCustomerFail')
    loseEvents(world)
    await world.stopBot()
    await world.stripe.advance(45 * day)
    await world.startBot()
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    expect(holds(world, world.ada)).toBe(true)
    expect(holds(world, world.ben)).toBe(false)
  })

  it('of the grace ends on its millisecond, though the clock jumps there', async () => {
    await joinMembers(world, world.ada)
    world.stripe.settings.afterLastRetry = 'past_due'
    world.stripe.changeCard(customerOf(world, world.ada), 'pm_card_chargeCustomerFail')
    await world.stripe.advance(31 * day + day / 12)
    await until('the trouble to be told', () => world.discord.dms(world.ada).length === 2)
    await quiet(world)
    const open = world.stripe.objects.invoices.find(({ status }) => status === 'open')
    const end = (open?.status_transitions.finalized_at ?? 0) * 1000 + 7 * day
    world.clock.moveTo(end - 5_000)
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    expect(holds(world, world.ada)).toBe(true)
    world.clock.moveTo(end)
    await until('the role to go', () => !holds(world, world.ada))
  })
})

describe('the look at everybody', () => {
  it('comes by itself when its time has come', async () => {
    const own = await startWorld({ environment: { SWEEP_MINUTES: '90' } })
    try {
      await until('the first one', async () => (await own.app.access.sweep.last()) !== undefined)
      await say(own, own.admin, '/premium role role:@Premium')
      await joinMembers(own, own.ada)
      loseEvents(own)
      await own.sdk.subscriptions.cancel(subscriptionOf(own, own.ada).id)
      own.clock.moveTo(own.clock.now() + 91 * minute)
      await until('the role to go', () => !holds(own, own.ada))
    } finally {
      await own.close()
    }
  })

  it('comes though the clock was set back by a year', async () => {
    let time = Date.now()
    let sweeps = 0
    const run = () => Promise.reject(new Error(`that was sweep ${++sweeps}`))
    const sweeper = createSweeper({
      sweep: { run },
      everyMinutes: 90,
      now: () => time,
      log: createLog('silent'),
    })
    sweeper.start()
    await until('the first one', () => sweeps === 1)
    time -= 365 * day
    await until('another one', () => sweeps === 2)
    sweeper.stop()
  })

  it('comes again a minute after one that failed, however rare it is', async () => {
    let refused = 0
    const own = await startWorld({
      environment: { SWEEP_MINUTES: '525600' },
      before: ({ stripe }) => {
        stripe.faults.current = ({ path }) => {
          if (path !== '/v1/refunds') return undefined
          refused += 1
          return { status: 400 }
        }
      },
    })
    try {
      await until('the one that fails', () => refused > 0)
      own.stripe.faults.current = undefined
      await until('the next one', async () => {
        own.clock.moveTo(own.clock.now() + minute)
        return own.app.access.sweep.last()
      })
    } finally {
      await own.close()
    }
  })
})

describe('a copy of the store', () => {
  it('made while the bot runs is enough to go on from, and the first sweep mends what happened since', async () => {
    await joinMembers(world, world.ada)
    const file = (world.environment.STORE_URL ?? '').replace('sqlite://', '')
    const other = new DurableSqlite({ uri: world.environment.STORE_URL ?? '', table: 'other' })
    // What the command-line tool's .backup writes: one file, whole as of one moment.
    await other.query(`VACUUM INTO '${file}.backup'`)
    await other.disconnect()

    await joinMembers(world, world.ben)
    loseEvents(world)
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
    await world.stopBot()
    for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true })
    await copyFile(`${file}.backup`, file)

    await world.startBot()
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    await until('the end', () => !holds(world, world.ada))
    expect(holds(world, world.ben)).toBe(true)
    expect(await world.app.billing.customers.of(`discord:${world.guild}:${world.ben}`)).toHaveLength(1)
    expect((await world.app.access.settings.of(`discord:${world.guild}`)).everyPlan).toEqual([world.premium])
  })
})
