import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createGates } from '../src/access/gates.ts'
import type { Cause, Mark, Who } from '../src/access/mark.ts'
import { createQueue, type Queue } from '../src/access/queue.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import { openStore } from '../src/store/store.ts'
import { ownStore } from './support/store.ts'
import { until } from './support/until.ts'

const log = pino({ level: 'silent' })
const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const ada: Who = 'member:discord:1:2'

describe('the queue', () => {
  it('looks again at a mark that arrives while its member is being looked at', async () => {
    const { queue } = await aQueue()
    const looks: Cause[][] = []
    let finishFirst = () => {}
    await queue.work(async (_, causes) => {
      looks.push(causes)
      if (looks.length === 1) await new Promise<void>(resolve => (finishFirst = resolve))
      return {}
    })
    await queue.mark(ada, event)
    await until('the first look', () => looks.length === 1)
    await queue.mark(ada, { what: 'event', detail: 'second' })
    finishFirst()
    await until('the second look', () => looks.length === 2)
    expect(looks[1]).toEqual([{ what: 'event', detail: 'second' }])
  })

  it('never looks at one member twice at a time, and at others meanwhile', async () => {
    const { queue } = await aQueue()
    const running = new Map<Who, number>()
    let most = 0
    let others = 0
    await queue.work(async who => {
      running.set(who, (running.get(who) ?? 0) + 1)
      most = Math.max(most, running.get(who) ?? 0)
      others = Math.max(
        others,
        [...running.values()].reduce((a, b) => a + b),
      )
      await new Promise(resolve => setImmediate(resolve))
      running.set(who, (running.get(who) ?? 0) - 1)
      return {}
    })
    await Promise.all(Array.from({ length: 200 }, (_, n) => queue.mark(`member:discord:1:${n % 10}`, event)))
    await until('all looks', () => queue.waiting().count === 0)
    expect(most).toBe(1)
    expect(others).toBeGreaterThan(1)
  })

  it('takes up what an earlier process left', async () => {
    const { queue, url } = await aQueue()
    await queue.mark(ada, event)
    await queue.mark('customer:cus_1', event)
    const later = await aQueue({ url })
    const seen: Who[] = []
    await later.queue.work(async who => {
      seen.push(who)
      return {}
    })
    await until('both', () => seen.length === 2)
    expect(seen.sort()).toEqual(['customer:cus_1', ada])
  })

  it('keeps a mark whose look failed, and waits longer each time', async () => {
    const { queue, url } = await aQueue()
    const at: number[] = []
    await queue.work(async () => {
      at.push(performance.now())
      throw new Error('the far end is down')
    })
    await queue.mark(ada, event)
    await until('three tries', () => at.length === 3)
    const [first = 0, second = 0, third = 0] = at
    expect(second - first).toBeGreaterThan(200)
    expect(third - second).toBeGreaterThan(second - first)
    await queue.close()
    const store = await openStore(url)
    const left = []
    for await (const [key] of store.collection<Mark>('marks').entries()) left.push(key)
    await store.close()
    expect(left).toHaveLength(1)
  })

  it('waits as long as the far end asks', async () => {
    const { queue } = await aQueue()
    const at: number[] = []
    await queue.work(async () => {
      at.push(performance.now())
      if (at.length === 1) throw new RetryLater('slow down', 1_500)
      return {}
    })
    await queue.mark(ada, event)
    await until('the second try', () => at.length === 2)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(1_450)
  })

  it('fires a timer when its time has come, and not before, across a restart', async () => {
    let now = 1_000_000
    const { queue, url } = await aQueue({ now: () => now })
    await queue.mark(ada, { what: 'timer' }, now + 60_000)
    await queue.close()
    const later = await aQueue({ url, now: () => now })
    const looks: Who[] = []
    await later.queue.work(async who => {
      looks.push(who)
      return {}
    })
    now += 59_999
    await later.queue.mark('member:discord:1:3', event)
    await until('the other look', () => looks.length === 1)
    expect(looks).toEqual(['member:discord:1:3'])
    now += 1
    await until('the timer', () => looks.length === 2)
    expect(looks[1]).toBe(ada)
  })

  it('asks nothing while a person has to mend something, then releases everybody at once', async () => {
    let isMended = false
    let asked = 0
    let checks = 0
    const { queue, gates } = await aQueue()
    const refusal = () =>
      new OperatorError({ id: 'discord:1:9', what: ['role'], fix: ['move it'] }, async () => {
        checks++
        return isMended
      })
    const done = new Set<Who>()
    await queue.work(async who => {
      await gates.pass(['discord:1:9'], async () => {
        asked++
        if (!isMended) throw refusal()
      })
      done.add(who)
      return {}
    })
    await Promise.all(Array.from({ length: 300 }, (_, n) => queue.mark(`member:discord:1:${n}`, event)))
    await until('the gate', () => gates.closed().length === 1)
    await until('nobody looks', () => asked > 0 && asked <= 16)
    const askedBefore = asked
    await gates.check()
    expect(checks).toBe(1)
    expect(asked).toBe(askedBefore)
    isMended = true
    await gates.check()
    await until('everybody', () => done.size === 300)
    expect(gates.closed()).toEqual([])
  })

  it('tells once what closes again with nobody having got through, and anew once somebody had', async () => {
    const news: string[] = []
    const gates = createGates({ log, told: (_, state) => news.push(state) })
    onTestFinished(gates.close)
    const problem = { id: 'discord:1:9', what: ['role'], fix: ['move it'] }
    const refuse = () =>
      gates
        .pass(['discord:1:9'], () => Promise.reject(new OperatorError(problem, async () => true)))
        .catch(() => undefined)
    for (let n = 0; n < 3; n++) {
      await refuse()
      await gates.check()
    }
    expect(news).toEqual(['closed', 'open'])
    await gates.pass(['discord:1:9'], async () => undefined)
    await refuse()
    expect(news).toEqual(['closed', 'open', 'closed'])
  })

  it('finishes what runs and starts nothing more when it closes', async () => {
    const { queue } = await aQueue()
    let finish = () => {}
    let looks = 0
    await queue.work(async () => {
      looks++
      await new Promise<void>(resolve => (finish = resolve))
      return {}
    })
    await queue.mark(ada, event)
    await until('the look', () => looks === 1)
    const closed = queue.close()
    await queue.mark('member:discord:1:3', event)
    finish()
    await closed
    expect(looks).toBe(1)
    expect(queue.waiting().count).toBe(1)
  })
})

async function aQueue({ url, now = () => 1 }: { url?: string; now?: () => number } = {}) {
  const own = url ? { store: await openStore(url), url } : await ownStore()
  const gates = createGates({ log, told: () => undefined })
  const queue: Queue = createQueue({
    marks: own.store.collection<Mark>('marks'),
    now,
    log,
    stopped: gates.wait,
    random: () => 0.5,
  })
  onTestFinished(async () => {
    gates.close()
    await queue.close()
    await own.store.close().catch(() => undefined)
  })
  return { queue, gates, url: own.url }
}
