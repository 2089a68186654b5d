/** The sandbox's time: the machine's own, moved ahead by whoever plays. It never goes back. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Moves the clock ahead to `at` (milliseconds since the epoch); an earlier time changes nothing. */
  moveTo(at: number): void
}

/** A clock that runs with the machine's until it is moved. */
export function createClock(): Clock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    moveTo(at) {
      ahead = Math.max(ahead, at - Date.now())
    },
  }
}
