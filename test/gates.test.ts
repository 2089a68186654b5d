import { pino } from 'pino'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createGates } from '../src/access/gates.ts'
import { type Mended, OperatorError } from '../src/errors.ts'

const role = 'discord:1:9'
const minute = 60_000
const hour = 60 * minute

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
})

describe('a gate', () => {
  it('lets through what nothing is in the way of, and hands on its answer', async () => {
    const { gates, news } = someGates()
    expect(await gates.pass(['discord', role], async () => 'done')).toBe('done')
    await gates.check()
    expect(gates.closed()).toEqual([])
    expect(news).toEqual([])
  })

  it('closes for what a person must mend, and refuses the next without asking', async () => {
    const { gates, news, refuse, refusal, ask, log } = someGates()
    const error = refusal()
    expect(await refuse(error)).toBe(error)
    expect(await ask()).toBe(error)
    expect(await ask('slack', role)).toBe(error)
    expect(await ask('discord:1')).toBe('asked')
    expect(gates.closed()).toEqual([error.problem])
    expect(news).toEqual([['closed', error.problem]])
    expect(log).toMatchObject([{ level: 50, gate: role, msg: 'stopped until a person mends it' }])
  })

  it('is not closed by what is only reported, which is told once an hour', async () => {
    const { gates, news, refuse, refusal } = someGates()
    const error = refusal()
    for (const wait of [0, hour - 1, 1]) {
      vi.advanceTimersByTime(wait)
      gates.report(error)
    }
    expect(gates.closed()).toEqual([])
    expect(news).toEqual([
      ['closed', error.problem],
      ['closed', error.problem],
    ])
    await refuse(error)
    expect(news).toHaveLength(2)
    expect(gates.closed()).toHaveLength(1)
  })

  it('stays open for what is nobody’s to mend', async () => {
    const { gates, refuse, news } = someGates()
    const error = new Error('the far end is down')
    expect(await refuse(error)).toBe(error)
    expect(gates.closed()).toEqual([])
    expect(news).toEqual([])
  })

  it('opens for all who wait once a check finds it mended, and tells it once', async () => {
    const { gates, world, news, refuse, refusal, released, wait, ask, log } = someGates()
    await refuse()
    for (const name of ['ada', 'bob', 'cem']) wait(name, refusal())
    await gates.check()
    expect(released).toEqual([])
    expect(gates.closed()).toHaveLength(1)
    world.mended = true
    await gates.check()
    expect(released).toEqual(['ada', 'bob', 'cem'])
    expect(gates.closed()).toEqual([])
    expect(await ask()).toBe('asked')
    await gates.check()
    expect(released).toHaveLength(3)
    expect(news.map(([state]) => state)).toEqual(['closed', 'open'])
    expect(log.at(-1)).toMatchObject({ level: 30, gate: role, waited: 3, msg: 'mended' })
  })

  it('that opened between a refusal and the wait for it keeps nobody waiting', async () => {
    const { gates, world, refuse, refusal, released, wait } = someGates()
    const [first, second, other] = [refusal(), refusal(), refusal()]
    await refuse(first)
    wait('ada', second)
    world.mended = true
    await gates.check()
    expect(released).toEqual(['ada'])
    wait('bob', first)
    wait('cem', second)
    expect(released).toEqual(['ada', 'bob', 'cem'])
    expect(gates.closed()).toEqual([])
    wait('dee', other)
    expect(released).toHaveLength(3)
    expect(gates.closed()).toHaveLength(1)
  })

  it('stays closed where the check itself fails', async () => {
    const { gates, world, refuse, ask, log } = someGates()
    const error = await refuse()
    world.whenChecked = () => Promise.reject(new Error('no network'))
    world.mended = true
    await gates.check()
    expect(await ask()).toBe(error)
    expect(log.at(-1)).toMatchObject({
      level: 40,
      gate: role,
      msg: 'could not check',
      err: { message: 'no network' },
    })
  })

  it('is checked once a minute, until all are told to stop', async () => {
    const { gates, world, refuse } = someGates()
    await refuse()
    await vi.advanceTimersByTimeAsync(minute - 1)
    expect(world.checks).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(world.checks).toBe(1)
    await vi.advanceTimersByTimeAsync(minute)
    expect(world.checks).toBe(2)
    gates.close()
    await vi.advanceTimersByTimeAsync(5 * minute)
    expect(world.checks).toBe(2)
  })

  it('is checked as often as it is said', async () => {
    const { world, refuse } = someGates(20)
    await refuse()
    await vi.advanceTimersByTimeAsync(40)
    expect(world.checks).toBe(2)
  })

  it('is looked at anew by those who ask during a check, by all of them together', async () => {
    const { gates, world, refuse } = someGates()
    await refuse()
    const finish: (() => void)[] = []
    world.whenChecked = () => new Promise<void>(resolve => finish.push(resolve))
    const first = gates.check()
    await vi.advanceTimersByTimeAsync(0)
    const later = [gates.check(), gates.check()]
    await vi.advanceTimersByTimeAsync(0)
    expect(world.checks).toBe(1)
    finish[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(world.checks).toBe(2)
    finish[1]?.()
    await Promise.all([first, ...later])
    expect(world.checks).toBe(2)
  })

  it('is not looked at again by whoever asked while the check ran that opened it', async () => {
    const { gates, world, news, refuse } = someGates()
    await refuse()
    world.mended = true
    let finish = () => {}
    world.whenChecked = () => new Promise<void>(resolve => (finish = resolve))
    const first = gates.check()
    await vi.advanceTimersByTimeAsync(0)
    const later = gates.check()
    await vi.advanceTimersByTimeAsync(0)
    finish()
    await Promise.all([first, later])
    expect(world.checks).toBe(1)
    expect(news).toHaveLength(2)
  })

  it('closes by the first wait for it, too', async () => {
    const { gates, world, refusal, released, wait, ask } = someGates()
    const error = refusal()
    wait('ada', error)
    expect(await ask()).toBe(error)
    expect(released).toEqual([])
    world.mended = true
    await gates.check()
    expect(released).toEqual(['ada'])
  })

  it('opens for nobody who had set out before it closed', async () => {
    const { gates, refuse } = someGates()
    let arrive = () => {}
    const early = gates.pass([role], () => new Promise<void>(resolve => (arrive = resolve)))
    await refuse()
    arrive()
    await early
    expect(gates.closed()).toHaveLength(1)
  })
})

describe('a gate that no check can see through', () => {
  it('lets one of those who wait try, and opens for the others when they get through', async () => {
    const { gates, world, news, refuse, refusal, released, wait, ask } = someGates()
    await refuse()
    wait('ada', refusal(), false)
    wait('bob', refusal())
    wait('cem', refusal())
    world.mended = 'perhaps'
    await gates.check()
    expect(released).toEqual(['ada', 'bob'])
    expect(gates.closed()).toHaveLength(1)
    expect(await ask()).toBe('asked')
    expect(released).toEqual(['ada', 'bob', 'cem'])
    expect(gates.closed()).toEqual([])
    expect(news.map(([state]) => state)).toEqual(['closed', 'open'])
  })

  it('closes again when they are refused, and the next check is the next one’s turn', async () => {
    const { gates, world, news, refuse, refusal, released, wait, ask } = someGates()
    const error = await refuse()
    wait('ada', refusal())
    wait('bob', refusal())
    world.mended = 'perhaps'
    await gates.check()
    await refuse()
    expect(await ask()).toBe(error)
    await gates.check()
    expect(released).toEqual(['ada', 'bob'])
    expect(news).toHaveLength(1)
  })

  it('lets nobody try any more once a check sees what is wrong', async () => {
    const { gates, world, refuse, refusal, wait, ask } = someGates()
    const error = await refuse()
    wait('ada', refusal())
    world.mended = 'perhaps'
    await gates.check()
    world.mended = false
    await gates.check()
    expect(await ask()).toBe(error)
  })

  it('stays closed while the one who tries has not come back, and is told of as mended only then', async () => {
    const { gates, world, news, refuse, refusal, wait, ask } = someGates()
    await refuse()
    wait('ada', refusal())
    world.mended = 'perhaps'
    await gates.check()
    await gates.check()
    expect(gates.closed()).toHaveLength(1)
    expect(news).toHaveLength(1)
    expect(await ask()).toBe('asked')
    expect(gates.closed()).toEqual([])
    expect(news.map(([state]) => state)).toEqual(['closed', 'open'])
  })

  it('opens where the one who tries has nothing more to wait for', async () => {
    const { gates, world, refuse, refusal } = someGates()
    await refuse()
    let isThere = true
    gates.wait(refusal(), () => isThere)
    world.mended = 'perhaps'
    await gates.check()
    expect(gates.closed()).toHaveLength(1)
    isThere = false
    await gates.check()
    expect(gates.closed()).toEqual([])
  })

  it('lets one try and no second one, whoever comes by meanwhile', async () => {
    const { gates, world, refuse, refusal, wait, ask } = someGates()
    const error = await refuse()
    wait('ada', refusal())
    world.mended = 'perhaps'
    await gates.check()
    let arrive = () => {}
    const first = gates.pass([role], () => new Promise<void>(resolve => (arrive = resolve)))
    expect(await ask()).toBe(error)
    arrive()
    await first
    expect(gates.closed()).toEqual([])
  })

  it('opens where nobody waits any more', async () => {
    const { gates, world, refuse, refusal, released, wait } = someGates()
    await refuse()
    wait('ada', refusal(), false)
    world.mended = 'perhaps'
    await gates.check()
    expect(gates.closed()).toEqual([])
    expect(released).toEqual(['ada'])
  })

  it('is not told of as mended because nobody waits, and is once it was, though it closed again before', async () => {
    const { gates, world, news, refuse } = someGates()
    await refuse()
    world.mended = 'perhaps'
    await gates.check()
    expect(gates.closed()).toEqual([])
    await refuse()
    expect(gates.closed()).toHaveLength(1)
    expect(news.map(([state]) => state)).toEqual(['closed'])
    world.mended = true
    await gates.check()
    expect(news.map(([state]) => state)).toEqual(['closed', 'open'])
  })

  it('opens once, though somebody gets through while it is checked', async () => {
    const { gates, world, news, refuse, refusal, released, wait, ask } = someGates()
    await refuse()
    wait('ada', refusal())
    wait('bob', refusal())
    world.mended = 'perhaps'
    await gates.check()
    world.mended = true
    world.whenChecked = async () => void (await ask())
    await gates.check()
    expect(released).toEqual(['ada', 'bob'])
    expect(news.map(([state]) => state)).toEqual(['closed', 'open'])
  })
})

describe('the news of a gate', () => {
  it('that closes again with nobody having got through is kept for an hour', async () => {
    const { news, closeAndOpen } = someGates()
    await closeAndOpen()
    vi.advanceTimersByTime(hour - 1)
    await closeAndOpen()
    expect(news.map(([state]) => state)).toEqual(['closed', 'open'])
    vi.advanceTimersByTime(1)
    await closeAndOpen()
    expect(news.map(([state]) => state)).toEqual(['closed', 'open', 'closed', 'open'])
  })

  it('is told anew with another reason or another fix', async () => {
    const { news, closeAndOpen } = someGates()
    await closeAndOpen()
    await closeAndOpen({ what: ['It is gone.'] })
    await closeAndOpen({ fix: ['Make another.'] })
    await closeAndOpen()
    expect(news.map(([, { what, fix }]) => [...what, ...fix].join(' '))).toEqual([
      ...['It is broken. Mend it.', 'It is broken. Mend it.'],
      ...['It is gone. Mend it.', 'It is gone. Mend it.'],
      ...['It is broken. Make another.', 'It is broken. Make another.'],
    ])
  })

  it('is told anew once somebody got through, whatever it had closed for, and through none but it', async () => {
    const { news, ask, closeAndOpen } = someGates()
    await closeAndOpen()
    await closeAndOpen({ what: ['It is gone.'] })
    news.length = 0
    await ask('discord', 'discord:1')
    await closeAndOpen()
    expect(news).toEqual([])
    await ask('discord:1', role)
    await closeAndOpen()
    await closeAndOpen({ what: ['It is gone.'] })
    expect(news).toHaveLength(4)
  })
})

/** Gates of which one can be closed, asked and waited for, and all that is heard of it. */
function someGates(checkEveryMs?: number) {
  const news: [state: string, problem: OperatorError['problem']][] = []
  const log: unknown[] = []
  const released: string[] = []
  const world = { mended: false as Mended, checks: 0, whenChecked: async () => {} }
  const gates = createGates({
    log: pino({ level: 'info' }, { write: line => void log.push(JSON.parse(line)) }),
    told: (problem, state) => void news.push([state, problem]),
    ...(checkEveryMs && { checkEveryMs }),
  })
  onTestFinished(gates.close)
  const refusal = (change: Partial<OperatorError['problem']> = {}) =>
    new OperatorError({ id: role, what: ['It is broken.'], fix: ['Mend it.'], ...change }, async () => {
      world.checks++
      await world.whenChecked()
      return world.mended
    })
  const errorOf = (answer: Promise<unknown>) => answer.catch((error: unknown) => error)
  const refuse = (error: Error = refusal()) => errorOf(gates.pass([role], () => Promise.reject(error)))
  return {
    gates,
    news,
    log,
    released,
    world,
    refusal,
    /** Somebody is refused; answers what they are told. */
    refuse,
    /** Somebody asks for what would go well; answers what they are told. */
    ask: (...ids: string[]) => errorOf(gates.pass(ids.length ? ids : [role], async () => 'asked')),
    wait: (name: string, error: OperatorError, isStillThere = true) =>
      gates.wait(error, () => Boolean(released.push(name)) && isStillThere),
    async closeAndOpen(change?: Partial<OperatorError['problem']>) {
      await refuse(refusal(change))
      world.mended = true
      await gates.check()
    },
  }
}
