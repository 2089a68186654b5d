/** Discord's epoch, the first millisecond of 2015 (docs.discord.com/developers/reference#snowflakes). */
const EPOCH = 1_420_070_400_000

/** Makes ids like Discord's: the time in the upper bits, always increasing, also within one millisecond. */
export function createSnowflakes(now: () => number): () => string {
  let last = 0n
  return () => {
    const fromTime = BigInt(Math.trunc(now()) - EPOCH) << 22n
    last = fromTime > last ? fromTime : last + 1n
    return last.toString()
  }
}
