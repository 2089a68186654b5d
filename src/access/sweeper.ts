import type { Logger } from 'pino'
import type { Sweep } from './sweep.ts'

const tickMs = 1_000
const minuteMs = 60_000

/** Decides when everybody is looked at. */
export interface Sweeper {
  start(): void
  /** Wants a look within moments; a thousand communities that come back at once are one or two looks. */
  soon(): void
  /** Cuts off a look that runs; the next start makes it again. */
  stop(): void
}

/** Has everybody looked at, at the start and then every `everyMinutes`, and a minute after a look that failed; 0: never. */
export function createSweeper({
  sweep,
  everyMinutes,
  now,
  log,
}: {
  sweep: Pick<Sweep, 'run'>
  everyMinutes: number
  now: () => number
  log: Logger
}): Sweeper {
  let ended = Number.NEGATIVE_INFINITY
  let waitMs = 0
  let isRunning = false
  let isWanted = false
  let ticking: NodeJS.Timeout | undefined
  const stopping = new AbortController()

  const sweepWhenDue = async () => {
    // Before the last one's end only a clock can be that was set back, and how far is anybody's guess.
    const isTooEarly = now() >= ended && now() < ended + waitMs
    if (isRunning || (isTooEarly && !isWanted)) return
    isRunning = true
    isWanted = false
    try {
      await sweep.run({ what: 'sweep' }, undefined, { stop: stopping.signal })
      waitMs = everyMinutes * minuteMs
    } catch (error) {
      // Cut off, or the store is closed by now.
      if (stopping.signal.aborted) return
      waitMs = minuteMs
      log.error({ err: error }, 'sweep failed, trying again in a minute')
    }
    ended = now()
    isRunning = false
  }

  return {
    start() {
      if (everyMinutes === 0) return
      void sweepWhenDue()
      // By the clock and not by one long timer: a machine that slept is noticed, and a month is not too long for a timer.
      ticking = setInterval(sweepWhenDue, tickMs)
    },
    soon() {
      isWanted = true
    },
    stop() {
      clearInterval(ticking)
      stopping.abort()
    },
  }
}
