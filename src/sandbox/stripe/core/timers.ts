/** Things that fall due by the stand-in's clock: renewals, expiries, retries. */
export interface Timers {
  /** Runs `act` when the clock reaches `at` (milliseconds since the epoch). What it meant to do may have been overtaken: it looks first. */
  at(at: number, act: () => void): void
  /** When the earliest falls due, or undefined. */
  next(): number | undefined
  /** Runs all that are due at `now`, earliest first, including those they add. */
  run(now: number): void
}

interface Timer {
  at: number
  act: () => void
}

/** Timers kept in order; those for the same moment run in the order they were set. */
export function createTimers(): Timers {
  const waiting: Timer[] = []
  return {
    at(at, act) {
      let low = 0
      let high = waiting.length
      while (low < high) {
        const middle = (low + high) >>> 1
        const timer = waiting[middle]
        if (timer !== undefined && timer.at <= at) low = middle + 1
        else high = middle
      }
      waiting.splice(low, 0, { at, act })
    },
    next: () => waiting[0]?.at,
    run(now) {
      for (let first = waiting[0]; first !== undefined && first.at <= now; first = waiting[0]) {
        waiting.shift()
        first.act()
      }
    },
  }
}
