import type { Logger } from 'pino'
import type { Sweep } from './sweep.ts'

const tickMs = 1_000
const minuteMs = 60_000

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
}): { start(): void; stop(): void } {
  let due = Number.NEGATIVE_INFINITY
  let ticking: NodeJS.Timeout | undefined

  const sweepWhenDue = () => {
    if (now() < due) return
    due = Number.POSITIVE_INFINITY
    sweep.run({ what: 'sweep' }).then(
      () => {
        due = now() + everyMinutes * minuteMs
      },
      (error: unknown) => {
        due = now() + minuteMs
        log.error({ err: error }, 'sweep failed, trying again in a minute')
      },
    )
  }

  return {
    start() {
      if (everyMinutes === 0) return
      sweepWhenDue()
      // By the clock and not by one long timer: a machine that slept is noticed, and a month is not too long for a timer.
      ticking = setInterval(sweepWhenDue, tickMs)
    },
    stop: () => clearInterval(ticking),
  }
}
