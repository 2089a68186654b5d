import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Cause, Who } from '../src/access/mark.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import { aQueue, passed, stillTime } from './support/queue.ts'

const ada = 'member:discord:1:2'
const bob = 'member:discord:1:3'
const cem = 'member:discord:1:4'
const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const timer: Cause = { what: 'timer' }
const admin: Cause = { what: 'admin', detail: 'sync' }

beforeEach(stillTime)

describe('a mark', () => {
  it('is on disk when it is made, with its time if it has one, and starts no look before there is work', async () => {
    const { queue, disk, looks, work } = aQueue()
    await queue.mark(ada, event)
    await queue.mark(ada, timer, 2_000)
    expect([...disk.values()]).toStrictEqual([
      { cause: event, since: 1_000 },
      { cause: timer, since: 1_000, at: 2_000 },
    ])
    for (const key of disk.keys()) expect(key).toMatch(/^member:discord:1:2:[0-9A-HJKMNP-TV-Z]{26}$/)
    await passed(1_000)
    expect(looks).toEqual([])
    await work()
    expect(looks).toEqual([[ada, event]])
    expect([...disk.values()]).toStrictEqual([{ cause: timer, since: 1_000, at: 2_000 }])
  })

  it('of one moment is made once for one member', async () => {
    const { queue, disk } = aQueue()
    await queue.mark(ada, timer, 2_000)
    await queue.mark(ada, event, 2_000)
    expect([...disk.values()].map(({ cause }) => cause)).toEqual([timer])
    await queue.mark(ada, timer, 3_000)
    await queue.mark(bob, timer, 2_000)
    expect(disk.size).toBe(3)
  })

  it('without a moment is made each time, and all of them are looked at at once', async () => {
    const { queue, looks, disk, work } = aQueue()
    for (const cause of [event, admin, event]) await queue.mark(ada, cause)
    await work()
    expect(looks).toEqual([[ada, event, admin, event]])
    expect(disk.size).toBe(0)
  })

  it('that an earlier process left is looked at if it says who', async () => {
    const { disk, looks, work } = aQueue()
    const good: Who[] = [ada, 'customer:cus_1', 'charge:ch_1', 'community:slack:T', 'member:x']
    for (const who of [...good, 'member:', 'xmember:discord:1:2', 'owner:cus_1', 'member', ''])
      disk.set(`${who}:01J`, { cause: event, since: 1 })
    disk.set('nonsense', { cause: event, since: 1 })
    await work()
    expect(looks).toEqual(good.map(who => [who, event]))
    expect(disk.size).toBe(6)
  })

  it('is looked at when its moment has come, within a quarter of a second', async () => {
    const { queue, world, looks, work } = aQueue()
    await work()
    await queue.mark(ada, timer, 2_000)
    world.now = 1_999
    await passed(1_000)
    expect(looks).toEqual([])
    world.now = 2_000
    await passed(249)
    expect(looks).toEqual([])
    await passed(1)
    expect(looks).toEqual([[ada, timer]])
  })

  it('whose moment is now is looked at at once', async () => {
    const { queue, looks, work } = aQueue()
    await work()
    await queue.mark(ada, timer, 1_000)
    await passed(0)
    expect(looks).toEqual([[ada, timer]])
  })

  it('that arrives during a look is looked at as soon as that is done, once', async () => {
    const { queue, looks, work, finish } = aQueue({ isSlow: true })
    await work()
    await queue.mark(ada, event)
    await queue.mark(ada, admin)
    await passed(1_000)
    expect(looks).toEqual([[ada, event]])
    finish(ada)
    await passed(0)
    expect(looks).toEqual([
      [ada, event],
      [ada, admin],
    ])
    finish(ada)
    await passed(1_000)
    expect(looks).toHaveLength(2)
  })
})

describe('looks', () => {
  it('run so many at a time, sixteen if nothing is said', async () => {
    const { queue, looks, work, finish } = aQueue({ isSlow: true })
    for (let n = 0; n < 20; n++) await queue.mark(`customer:cus_${n}`, event)
    await work()
    await passed(1_000)
    expect(looks).toHaveLength(16)
    finish('customer:cus_3')
    await passed(0)
    expect(looks).toHaveLength(17)
    expect(looks[16]).toEqual(['customer:cus_16', event])
  })

  it('pass over whoever was forgotten meanwhile, or waits for a later moment now', async () => {
    const { queue, looks, work, finish, disk } = aQueue({ isSlow: true, concurrency: 1 })
    for (const who of [ada, bob, cem, 'customer:cus_1'] as const) await queue.mark(who, event)
    await work()
    await queue.forget(bob)
    await queue.forget(cem)
    await queue.mark(cem, timer, 9_000)
    finish(ada)
    await passed(0)
    expect(looks).toEqual([
      [ada, event],
      ['customer:cus_1', event],
    ])
    finish('customer:cus_1')
    await passed(1_000)
    expect(looks).toHaveLength(2)
    expect([...disk.values()]).toEqual([{ cause: timer, since: 1_000, at: 9_000 }])
  })

  it('leave what they leave to be done until the marks are cleared, and lose it where it fails', async () => {
    const { queue, world, disk, looks, work, log } = aQueue()
    const left: number[] = []
    world.settle = async () => ({
      async afterwards() {
        left.push(disk.size)
        throw new Error('the channel is gone')
      },
    })
    await work()
    await queue.mark(ada, event)
    await passed(60_000)
    expect(left).toEqual([0])
    expect(looks).toHaveLength(1)
    expect(log).toMatchObject([
      { level: 50, who: ada, err: { message: 'the channel is gone' }, msg: 'a notice was lost' },
    ])
  })

  it('end when the queue closes: what runs is finished, and nothing more is started', async () => {
    const { queue, looks, work, finish, disk } = aQueue({ isSlow: true, concurrency: 1 })
    await queue.mark(ada, event)
    await queue.mark(bob, event)
    await work()
    let isClosed = false
    const closed = queue.close().then(() => (isClosed = true))
    await passed(1_000)
    expect(isClosed).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    finish(ada)
    await closed
    await queue.mark(cem, event)
    queue.retry()
    await passed(1_000)
    expect(looks).toEqual([[ada, event]])
    expect(disk.size).toBe(2)
  })
})

describe('a look that fails', () => {
  it('is tried again after half a second, then twice as long each time, and half a minute at most', async () => {
    const { queue, at, work, world, log } = aQueue({ random: () => 1 })
    world.settle = () => Promise.reject(new Error('down'))
    await work()
    await queue.mark(ada, event)
    await passed(200_000)
    expect(gaps(at).slice(0, 9)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    expect(log[1]).toMatchObject({
      level: 40,
      who: ada,
      tries: 2,
      waitMs: 1_000,
      err: { message: 'down' },
      msg: 'look failed, trying again',
    })
  })

  it('is tried again after half of that if chance wants it', async () => {
    const { queue, at, work, world } = aQueue({ random: () => 0 })
    world.settle = () => Promise.reject(new Error('down'))
    await work()
    await queue.mark(ada, event)
    await passed(1_000)
    expect(gaps(at)).toEqual([250, 500])
  })

  it('is tried again after what the far end asks, where that is longer', async () => {
    const { queue, at, work, world } = aQueue({ random: () => 1 })
    world.settle = () => Promise.reject(new RetryLater('slow down', 700))
    await work()
    await queue.mark(ada, event)
    await passed(2_000)
    expect(gaps(at)).toEqual([750, 1_000])
  })

  it('waits alone, and starts from half a second again once a look succeeded', async () => {
    const { queue, at, looks, work, world } = aQueue({ random: () => 1 })
    const fail = () => Promise.reject(new Error('down'))
    world.settle = who => (who === ada ? fail() : Promise.resolve({}))
    await queue.mark(ada, timer, 99_000)
    await work()
    await queue.mark(ada, event)
    await queue.mark(bob, event)
    await queue.mark(ada, event)
    await passed(500)
    expect(looks.map(([who]) => who)).toEqual([ada, bob, ada])
    world.settle = async () => ({})
    await passed(1_000)
    expect(queue.waiting().count).toBe(0)
    world.settle = fail
    at.length = 0
    await queue.mark(ada, event)
    await passed(500)
    expect(gaps(at)).toEqual([500])
  })

  it.each<[Cause['what'], boolean]>([
    ['admin', true],
    ['settings', true],
    ['event', false],
    ['member', false],
  ])('and is asked for by %s is tried again at once: %s', async (what, isAtOnce) => {
    const { queue, looks, work, world } = aQueue()
    world.settle = () => Promise.reject(new Error('down'))
    await work()
    await queue.mark(ada, event)
    await passed(0)
    await queue.mark(ada, { what })
    await passed(0)
    expect(looks).toHaveLength(isAtOnce ? 2 : 1)
  })

  it('is tried again at once where all are', async () => {
    const { queue, looks, work, world } = aQueue()
    world.settle = () => Promise.reject(new Error('down'))
    await work()
    await queue.mark(ada, event)
    await passed(0)
    queue.retry()
    expect(looks).toHaveLength(2)
  })
})

describe('a look that a person stops', () => {
  it('waits until it is released by any of those who have to act', async () => {
    const { queue, looks, work, world, stops } = aQueue()
    const [one, two] = [refusal('one'), refusal('two')]
    world.settle = () => Promise.reject(new AggregateError([one, two]))
    await work()
    await queue.mark(ada, event)
    await passed(3_600_000)
    expect(looks).toHaveLength(1)
    expect(stops.map(({ error }) => error)).toEqual([one, two])
    expect(queue.pending(ada)?.failure).toBe(one)
    world.settle = async () => ({})
    expect(stops[1]?.release()).toBe(true)
    expect(looks).toHaveLength(2)
    await passed(0)
    expect(stops[0]?.release()).toBe(false)
    await passed(1_000)
    expect(looks).toHaveLength(2)
  })

  it('is made again once for what is new, though nobody has acted', async () => {
    const { queue, looks, work, world } = aQueue()
    world.settle = () => Promise.reject(refusal('one'))
    await work()
    await queue.mark(ada, event)
    await passed(1_000)
    expect(looks).toHaveLength(1)
    await queue.mark(ada, event)
    await passed(3_600_000)
    expect(looks).toHaveLength(2)
  })

  it('hears a release that comes while it runs', async () => {
    const { queue, looks, work, world, stops } = aQueue()
    const refused = () => Promise.reject(refusal('one'))
    world.settle = refused
    await work()
    await queue.mark(ada, event)
    await passed(0)
    let refuse: () => void = () => undefined
    world.settle = () => new Promise<void>(resolve => (refuse = resolve)).then(refused)
    await queue.mark(ada, event)
    await passed(0)
    expect(stops[0]?.release()).toBe(true)
    world.settle = async () => ({})
    refuse()
    await passed(0)
    expect(looks).toHaveLength(3)
    expect(queue.pending(ada)).toBeUndefined()
  })

  it('is none any more where its member was forgotten, or only waits for a later moment', async () => {
    const { queue, work, world, stops, looks } = aQueue()
    world.settle = () => Promise.reject(refusal('one'))
    await work()
    await queue.mark(ada, event)
    await queue.mark(bob, timer, 9_000)
    await queue.mark(bob, event)
    await passed(0)
    await queue.forget(ada)
    world.settle = async () => ({})
    await queue.mark(ada, event)
    await queue.mark(bob, admin)
    await passed(0)
    looks.length = 0
    expect(stops.map(({ release }) => release())).toEqual([false, false])
    await passed(1_000)
    expect(looks).toEqual([])
  })
})

const refusal = (id: string) => new OperatorError({ id, what: ['No.'], fix: ['Do.'] }, async () => false)
const gaps = (at: number[]) => at.slice(1).map((time, index) => time - (at[index] ?? 0))
