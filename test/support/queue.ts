import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import type { Cause, Mark, Who } from '../../src/access/mark.ts'
import { createQueue, type Settled } from '../../src/access/queue.ts'
import type { OperatorError } from '../../src/errors.ts'

/** Stops the machine's clock until the test ends; `passed` moves it. */
export function stillTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** Lets time pass, and everything happen that is due by then. */
export const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** A queue over a Map, whose looks do what the test wants; `isSlow`: they wait for `finish`. */
export function aQueue({
  isSlow = false,
  random = () => 0.5,
  concurrency,
}: {
  isSlow?: boolean
  random?: () => number
  concurrency?: number
} = {}) {
  const disk = new Map<string, Mark>()
  const looks: [Who, ...Cause[]][] = []
  const at: number[] = []
  const log: unknown[] = []
  const stops: { error: OperatorError; release: () => boolean }[] = []
  const unfinished = new Map<Who, () => void>()
  const slowly = (who: Who) => new Promise<Settled>(resolve => unfinished.set(who, () => resolve({})))
  const world = { now: 1_000, settle: isSlow ? slowly : async (_: Who): Promise<Settled> => ({}) }
  const queue = createQueue({
    marks: {
      set: async (key, mark) => void disk.set(key, mark),
      delete: async (...keys) => keys.forEach(key => void disk.delete(key)),
      async *entries() {
        yield* disk
      },
    },
    now: () => world.now,
    log: pino({ level: 'info' }, { write: line => void log.push(JSON.parse(line)) }),
    stopped: (error, release) => void stops.push({ error, release }),
    random,
    ...(concurrency && { concurrency }),
  })
  return {
    queue,
    disk,
    looks,
    /** When the looks began, in milliseconds. */
    at,
    log,
    stops,
    world,
    finish: (who: Who) => unfinished.get(who)?.(),
    async work() {
      await queue.work((who, causes) => {
        looks.push([who, ...causes])
        at.push(performance.now())
        return world.settle(who)
      })
      await passed(0)
    },
  }
}
