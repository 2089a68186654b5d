const MOST = 10_000

/** Adds to a log that forgets its oldest half when it is full. */
export function remember<T>(log: T[], entry: T): void {
  if (log.length >= MOST) log.splice(0, MOST / 2)
  log.push(entry)
}
