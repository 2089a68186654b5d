/** Lets so many through at a time, the others in the order they came. */
export interface Gate {
  pass<T>(work: () => Promise<T>): Promise<T>
}

/** A gate for `limit` at a time. */
export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = []
  let inside = 0
  return {
    async pass(work) {
      if (inside >= limit) await new Promise<void>(resolve => waiting.push(resolve))
      else inside += 1
      try {
        return await work()
      } finally {
        // Whoever waits takes over this place, so that nobody slips in between.
        const next = waiting.shift()
        if (next) next()
        else inside -= 1
      }
    },
  }
}
