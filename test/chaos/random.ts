/** Chance that can be had again: the same seed gives the same numbers. */
export interface Chance {
  seed: number
  /** From 0 up to 1. */
  next(): number
  /** A whole number below `end`. */
  below(end: number): number
  /** True about so often. */
  is(probability: number): boolean
  one<Item>(items: readonly Item[]): Item
}

/** Mulberry32: small, fast, and even enough for a test. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return {
    seed,
    next,
    below,
    is: probability => next() < probability,
    one(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to choose from')
      return item
    },
  }
}
