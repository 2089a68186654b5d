import { beforeEach, describe, expect, it } from 'vitest'
import type { Cause } from '../src/access/mark.ts'
import type { Settled } from '../src/access/queue.ts'
import { aQueue, passed, stillTime } from './support/queue.ts'

const ada = 'member:discord:1:2'
const bob = 'member:discord:1:3'
const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const timer: Cause = { what: 'timer' }
const admin: Cause = { what: 'admin', detail: 'sync' }

beforeEach(stillTime)

describe('what waits', () => {
  it('is every mark that is due, since the oldest of them was made', async () => {
    const { queue, world } = aQueue()
    expect(queue.waiting()).toEqual({ count: 0, oldest: undefined })
    await queue.mark(bob, timer, 5_000)
    expect(queue.waiting()).toEqual({ count: 0, oldest: undefined })
    world.now = 2_000
    await queue.mark(ada, event)
    world.now = 3_000
    await queue.mark(ada, admin)
    await queue.mark(bob, event)
    expect(queue.waiting()).toEqual({ count: 3, oldest: 2_000 })
    world.now = 5_000
    expect(queue.waiting()).toEqual({ count: 4, oldest: 1_000 })
  })

  it('for one is why, since when, and what went wrong, without what is due later', async () => {
    const { queue, world, work } = aQueue()
    const down = new Error('down')
    world.settle = () => Promise.reject(down)
    expect(queue.pending(ada)).toBeUndefined()
    await queue.mark(ada, timer, 5_000)
    expect(queue.pending(ada)).toBeUndefined()
    world.now = 2_000
    await queue.mark(ada, event)
    await queue.mark(bob, event)
    world.now = 3_000
    await queue.mark(ada, admin)
    expect(queue.pending(ada)).toEqual({ causes: [event, admin], since: 2_000, failure: undefined })
    await work()
    expect(queue.pending(ada)).toEqual({ causes: [event, admin], since: 2_000, failure: down })
    world.now = 5_000
    expect(queue.pending(ada)).toMatchObject({ causes: [timer, event, admin], since: 1_000 })
  })

  it('is not to blame for what went wrong before a look that succeeded', async () => {
    const { queue, world, work } = aQueue()
    world.settle = () => Promise.reject(new Error('down'))
    await queue.mark(ada, timer, 5_000)
    await queue.mark(ada, event)
    await work()
    world.settle = async () => ({})
    queue.retry()
    await passed(0)
    world.settle = () => new Promise<Settled>(() => {})
    await queue.mark(ada, event)
    expect(queue.pending(ada)).toEqual({ causes: [event], since: 1_000, failure: undefined })
  })
})

describe('somebody who is forgotten', () => {
  it('loses every mark, timers too, and nobody else does', async () => {
    const { queue, disk, looks, work } = aQueue()
    await queue.mark(ada, event)
    await queue.mark(ada, timer, 5_000)
    await queue.mark(bob, event)
    await queue.forget(ada)
    await queue.forget('member:discord:1:404')
    expect([...disk.keys()].map(key => key.slice(0, bob.length))).toEqual([bob])
    expect(queue.pending(ada)).toBeUndefined()
    await work()
    expect(looks).toEqual([[bob, event]])
  })

  it('is looked at to the end first', async () => {
    const { queue, disk, work, finish } = aQueue({ isSlow: true })
    await queue.mark(ada, event)
    await queue.mark(ada, timer, 5_000)
    await work()
    let isForgotten = false
    const forgotten = queue.forget(ada).then(() => (isForgotten = true))
    await passed(5_000)
    expect(isForgotten).toBe(false)
    expect(disk.size).toBe(2)
    finish(ada)
    await passed(25)
    await forgotten
    expect(disk.size).toBe(0)
  })
})

describe('whoever waits for somebody to be settled', () => {
  it('waits for nothing where there is nothing to do yet', async () => {
    const { queue } = aQueue()
    expect(await queue.settled(ada, 0)).toBe(true)
    await queue.mark(ada, timer, 5_000)
    expect(await queue.settled(ada, 0)).toBe(true)
  })

  it('waits for the look, and for what it leaves to be done', async () => {
    const { queue, world, work, answered } = aWait()
    let arrive = () => {}
    world.settle = async () => ({ afterwards: () => new Promise<void>(resolve => (arrive = resolve)) })
    await work()
    await queue.mark(ada, event)
    await passed(0)
    const answer = answered(1_000)
    await passed(500)
    expect(queue.pending(ada)).toBeUndefined()
    expect(answer).toEqual([])
    arrive()
    await passed(25)
    expect(answer).toEqual([true])
  })

  it('hears that it takes longer once the time is over, and not before', async () => {
    const { queue, answered } = aWait()
    await queue.mark(ada, event)
    const answer = answered(100)
    await passed(100)
    expect(answer).toEqual([])
    await passed(25)
    expect(answer).toEqual([false])
  })

  it('hears what goes wrong meanwhile, and not what went wrong before', async () => {
    const { queue, world, work, answered } = aWait()
    world.settle = () => Promise.reject(new Error('down'))
    await work()
    await queue.mark(ada, event)
    await passed(0)
    world.settle = () => Promise.reject(new Error('still down'))
    const answer = answered(1_000)
    await passed(300)
    expect(answer).toEqual([])
    await passed(225)
    expect(answer).toEqual([{ failure: new Error('still down') }])
  })

  it('hears what goes wrong with somebody who had nothing to do', async () => {
    const { queue, world, work, answered } = aWait()
    world.settle = () => Promise.reject(new Error('down'))
    await queue.mark(ada, event)
    const answer = answered(1_000)
    await work()
    await passed(25)
    expect(answer).toEqual([{ failure: new Error('down') }])
  })

  it('waits no longer once the queue closes', async () => {
    const { queue, answered } = aWait()
    await queue.mark(ada, event)
    const answer = answered(1_000)
    await queue.close()
    await passed(25)
    expect(answer).toEqual([false])
  })
})

/** A queue, and somebody who waits for Ada; the list that they answer with fills once they hear. */
function aWait() {
  const all = aQueue()
  const answered = (withinMs: number) => {
    const answers: unknown[] = []
    void all.queue.settled(ada, withinMs).then(answer => answers.push(answer))
    return answers
  }
  return { ...all, answered }
}
