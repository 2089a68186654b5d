import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { SweepReport } from '../src/access/sweep.ts'
import { createSweeper } from '../src/access/sweeper.ts'

const minute = 60_000
const report: SweepReport = { startedAt: 0, endedAt: 0, compared: 0, differing: 0, heldBack: 0 }

/** A sweeper whose clock stands still unless a test moves it; what ticks is the machine. */
function aSweeper(everyMinutes = 15) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const world = {
    now: 1_000_000,
    looks: [] as unknown[],
    during: async (_stop?: AbortSignal) => {},
    logged: '',
  }
  const sweeper = createSweeper({
    sweep: {
      async run(cause, _community, watch) {
        world.looks.push(cause)
        await world.during(watch?.stop)
        return { ...report, marked: [] }
      },
    },
    everyMinutes,
    now: () => world.now,
    log: pino(
      {},
      {
        write(line: string) {
          world.logged += line
        },
      },
    ),
  })
  onTestFinished(sweeper.stop)
  return { world, sweeper, tick: () => vi.advanceTimersByTimeAsync(1_000) }
}

describe('a look at everybody', () => {
  it('comes at the start, and again on the millisecond when its minutes are over', async () => {
    const { world, sweeper, tick } = aSweeper()
    sweeper.start()
    expect(world.looks).toEqual([{ what: 'sweep' }])
    await tick()
    expect(world.looks).toHaveLength(1)
    world.now += 15 * minute - 1
    await tick()
    expect(world.looks).toHaveLength(1)
    world.now += 1
    await tick()
    expect(world.looks).toHaveLength(2)
  })

  it('counts its minutes from the end of the last', async () => {
    const { world, sweeper, tick } = aSweeper()
    world.during = async () => {
      world.now += 20 * minute
    }
    sweeper.start()
    await tick()
    expect(world.looks).toHaveLength(1)
  })

  it('never runs twice at a time', async () => {
    const { world, sweeper, tick } = aSweeper()
    let finish = () => {}
    world.during = () => new Promise<void>(resolve => (finish = resolve))
    sweeper.start()
    sweeper.soon()
    world.now += 60 * minute
    await tick()
    expect(world.looks).toHaveLength(1)
    finish()
    await tick()
    expect(world.looks).toHaveLength(2)
  })

  it('comes a minute after one that failed, and then at its own pace', async () => {
    const { world, sweeper, tick } = aSweeper()
    world.during = () => Promise.reject(new Error('Stripe is down'))
    sweeper.start()
    await tick()
    expect(world.logged).toContain('sweep failed')
    world.now += minute - 1
    await tick()
    expect(world.looks).toHaveLength(1)
    world.now += 1
    world.during = async () => {}
    await tick()
    expect(world.looks).toHaveLength(2)
    world.now += minute
    await tick()
    expect(world.looks).toHaveLength(2)
  })

  it('comes within a second when it is wanted, once however often', async () => {
    const { world, sweeper, tick } = aSweeper()
    sweeper.start()
    await tick()
    sweeper.soon()
    sweeper.soon()
    await tick()
    await tick()
    expect(world.looks).toHaveLength(2)
  })

  it('comes at once when the clock was set back', async () => {
    const { world, sweeper, tick } = aSweeper()
    sweeper.start()
    await tick()
    world.now -= 1
    await tick()
    expect(world.looks).toHaveLength(2)
  })

  it('comes no more once it is stopped', async () => {
    const { world, sweeper, tick } = aSweeper()
    sweeper.start()
    await tick()
    sweeper.stop()
    world.now += 60 * minute
    await tick()
    expect(world.looks).toHaveLength(1)
  })

  it('is cut off when it is stopped, and that is no failure', async () => {
    const { world, sweeper, tick } = aSweeper()
    world.during = stop =>
      new Promise((_, reject) => stop?.addEventListener('abort', () => reject(stop.reason)))
    sweeper.start()
    sweeper.stop()
    await tick()
    expect(world.logged).toBe('')
  })

  it('never comes where it is set to never, wanted or not', async () => {
    const { world, sweeper, tick } = aSweeper(0)
    sweeper.start()
    sweeper.soon()
    await tick()
    expect(world.looks).toEqual([])
  })
})
