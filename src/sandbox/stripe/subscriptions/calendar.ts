type Interval = 'day' | 'week' | 'month' | 'year' | (string & Record<never, never>)

const DAY = 86_400

/**
 * Seconds since the epoch, `count` intervals after `from`. A month keeps the day of `from` where it exists and takes its
 * own last day where it doesn't (docs.stripe.com/billing/subscriptions/billing-cycle).
 */
export function addInterval(from: number, interval: Interval, count: number): number {
  if (interval === 'day') return from + count * DAY
  if (interval === 'week') return from + count * 7 * DAY
  const start = new Date(from * 1000)
  const months = start.getUTCMonth() + (interval === 'year' ? count * 12 : count)
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), months + 1, 0)).getUTCDate()
  const target = new Date(start)
  target.setUTCFullYear(start.getUTCFullYear(), months, Math.min(start.getUTCDate(), lastDay))
  return Math.floor(target.getTime() / 1000)
}

/** The first end of a period after `now`, counted from the anchor: Jan 31 → Feb 28 → Mar 31. */
export function periodEnd(anchor: number, interval: Interval, count: number, now: number): number {
  const length = { day: DAY, week: 7 * DAY, month: 31 * DAY, year: 366 * DAY }[String(interval)] ?? DAY
  // Starting low and stepping up is exact where a division by a month's length would not be.
  let step = Math.max(0, Math.floor((now - anchor) / (length * count)))
  while (addInterval(anchor, interval, step * count) <= now) step += 1
  return addInterval(anchor, interval, step * count)
}
