const day = 86_400_000

const startOfDay = (at: number) => new Date(at).setHours(0, 0, 0, 0)

/** `Today at 3:40 PM`, as a chat writes it; both are milliseconds. */
export function chatTime(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' })
  const days = Math.round((startOfDay(now) - startOfDay(at)) / day)
  if (days === 0) return `Today at ${time}`
  if (days === 1) return `Yesterday at ${time}`
  return `${shortDate(at)}, ${time}`
}

/** `31 Jan 2027`. */
export const shortDate = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** `31 Jan, 15:40:07`. */
export const stamp = (at: number): string =>
  `${new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${new Date(at).toLocaleTimeString('en-GB')}`

const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['day', day],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `in 3 days`, `2 hours ago`. */
export function relative(at: number, now: number): string {
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  for (const [unit, span] of spans)
    if (Math.abs(at - now) >= span) return words.format(Math.round((at - now) / span), unit)
  return words.format(Math.round((at - now) / 1000), 'second')
}
