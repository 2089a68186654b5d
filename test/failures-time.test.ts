import { copyFile, rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSweeper } from '../src/access/sweeper.ts'
import { createLog } from '../src/log.ts'
import { DurableSqlite } from '../src/store/durable-sqlite.ts'
import {
  addPayer,
  customerOf,
  deliver,
  invoiceOf,
  joinMembers,
  loseEvents,
  nameOf,
  quiet,
  subscriptionOf,
} from './support/failures.ts'
import { operator } from './support/operator.ts'
import { ownFolder } from './support/store.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000
const minute = 60_000

let world: World
beforeEach(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
})
afterEach(() => {
  vi.unstubAllEnvs()
  return world.close()
})

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

  it.each([
    // Renewed at the end of January, on the leap day, and at the end of March, when summer time has begun.
    ['Europe/Berlin', '2027-12-31T22:30:00Z', 3],
    // The grace of the second renewal goes over the night of 12 March that has 23 hours.
    ['America/New_York', '2028-01-08T12:00:00Z', 1],
    // The night of 5 November has 25.
    ['America/New_York', '2028-09-30T12:00:00Z', 0],
  ])(
    'in %s from %s on is Stripe’s: no gap at a renewal, and no hour more or less of grace',
    async (zone, from, renewals) => {
      vi.stubEnv('TZ', zone)
      world.clock.moveTo(Date.parse(from))
      await joinMembers(world, world.ada)
      const before = world.discord.requests().length
      const periodEnd = () => (subscriptionOf(world, world.ada).items.data[0]?.current_period_end ?? 0) * 1000
      const toRenewal = async () => {
        await world.stripe.advance(periodEnd() - world.clock.now() + day / 12)
        await quiet(world)
      }
      for (let n = 0; n < renewals; n++) {
        await toRenewal()
        expect(read(await say(world, world.ada, '/billing'))).toContain(`<t:${periodEnd() / 1000}:`)
      }
      world.stripe.settings.afterLastRetry = 'past_due'
      world.stripe.changeCard(customerOf(world, world.ada), 'pm_card_chargeCustomerFail')
      await toRenewal()
      const changes = world.discord.requests().slice(before)
      expect(changes.filter(({ method, path }) => method !== 'GET' && path.includes('/roles/'))).toEqual([])
      const end =
        (invoiceOf(world, world.ada).status_transitions.finalized_at ?? 0) * 1000 + 7 * 24 * 3_600_000
      world.clock.moveTo(end - 5_000)
      await world.app.access.sweep.run({ what: 'sweep' })
      await quiet(world)
      expect(holds(world, world.ada)).toBe(true)
      world.clock.moveTo(end)
      await until('the role to go', () => !holds(world, world.ada))
    },
  )
})

describe('a bot whose clock', () => {
  let own: World | undefined
  afterEach(() => own?.close())

  it('jumped while the machine slept for a day looks at everybody at once', async () => {
    const slept = await startWorld({ environment: { SWEEP_MINUTES: '360' } })
    own = slept
    await say(slept, slept.admin, '/premium role role:@Premium')
    await joinMembers(slept, slept.ada)
    await until('the first sweep', () => slept.app.access.sweep.last())
    loseEvents(slept)
    await slept.sdk.subscriptions.cancel(subscriptionOf(slept, slept.ada).id)
    slept.clock.moveTo(slept.clock.now() + day)
    await until('the role to go', () => !holds(slept, slept.ada))
  })

  it('was ten days ahead and is set right gives back what it took, and misses no refund', async () => {
    let ahead = 0
    const wrong: World = await startWorld({
      environment: { SWEEP_MINUTES: '0' },
      now: () => wrong.clock.now() + ahead,
    })
    own = wrong
    await say(wrong, wrong.admin, '/premium role role:@Premium')
    for (const user of [wrong.ada, wrong.ben]) await joinMembers(wrong, user)
    wrong.stripe.settings.afterLastRetry = 'past_due'
    wrong.stripe.changeCard(customerOf(wrong, wrong.ada), 'pm_card_chargeCustomerFail')
    await wrong.stripe.advance(31 * day + day / 12)
    await quiet(wrong)
    ahead = 10 * day
    await until('the grace to seem over', () => !holds(wrong, wrong.ada))
    await wrong.app.access.sweep.run({ what: 'sweep' })
    ahead = 0
    loseEvents(wrong)
    wrong.stripe.refund(invoiceOf(wrong, wrong.ben).id)
    await wrong.app.access.sweep.run({ what: 'sweep' })
    await until('her role again', () => holds(wrong, wrong.ada))
    await until('his role to go', () => !holds(wrong, wrong.ben))
  })

  it('was ahead and is set right does not go on taking for a stranger whom it met then', async () => {
    let ahead = 10 * day
    const wrong: World = await startWorld({
      environment: { SWEEP_MINUTES: '0' },
      now: () => wrong.clock.now() + ahead,
    })
    own = wrong
    await say(wrong, wrong.admin, '/premium role role:@Premium')
    loseEvents(wrong)
    const user = await addPayer(wrong, 'met')
    const customer = customerOf(wrong, user)
    const { id } = subscriptionOf(wrong, user)
    const event = { id: 'evt_met', type: 'invoice.paid', data: { object: { object: 'invoice', customer } } }
    for (const chat_member of ['', nameOf(wrong, user)]) {
      await wrong.sdk.customers.update(customer, { metadata: { chat_member } })
      await wrong.sdk.subscriptions.update(id, { metadata: { chat_member } })
      await deliver(wrong, event)
      await quiet(wrong)
      ahead = 0
    }
    await until('the role', () => holds(wrong, user))
  })
})

describe('the look at everybody', () => {
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
  it('made while the bot runs is enough to go on from: rebuild takes up who came since, and the first sweep mends the rest', async () => {
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
    const { output } = await operator('rebuild', {
      folder: await ownFolder(),
      environment: world.environment,
    })
    expect(output).toContain("1 of the chat's 2 customers restored")

    await world.startBot()
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    await until('the end', () => !holds(world, world.ada))
    expect(holds(world, world.ben)).toBe(true)
    expect(await world.app.billing.customers.of(`discord:${world.guild}:${world.ben}`)).toHaveLength(1)
    expect((await world.app.access.settings.of(`discord:${world.guild}`)).everyPlan).toEqual([world.premium])
    // Given after the copy was made, and nobody else's for that.
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ben).id)
    await world.app.access.sweep.run({ what: 'sweep' })
    await until('the end of what was given since', () => !holds(world, world.ben))
  })
})
