import { relative } from '../time.ts'

const day = 86_400_000

/** A `<!date^…>` as the viewer reads it; `undefined` for a time or a format that Slack doesn't know. `now` is in milliseconds. */
export function slackDate(seconds: number, format: string, now: number): string | undefined {
  const at = new Date(seconds * 1000)
  if (Number.isNaN(at.getTime())) return undefined
  const on = (options: Intl.DateTimeFormatOptions) => at.toLocaleDateString('en-US', options)
  const time = (options: Intl.DateTimeFormatOptions) => at.toLocaleTimeString('en-US', options)
  const long = { month: 'long', day: 'numeric', year: 'numeric' } as const
  const short = { month: 'short', day: 'numeric', year: 'numeric' } as const
  const nearby = nearbyDay(at.getTime(), now)
  const tokens: Record<string, string> = {
    date_num: on({ year: 'numeric', month: '2-digit', day: '2-digit' }),
    date: on(long),
    date_short: on(short),
    date_long: on({ ...long, weekday: 'long' }),
    date_pretty: nearby ?? on(long),
    date_short_pretty: nearby ?? on(short),
    date_long_pretty: nearby ?? on({ ...long, weekday: 'long' }),
    time: time({ hour: 'numeric', minute: '2-digit' }),
    time_secs: time({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: relative(at.getTime(), now),
  }
  let isKnown = true
  const words = format.replaceAll(/\{(\w+)\}/g, (_, token: string) => {
    isKnown &&= Object.hasOwn(tokens, token)
    return tokens[token] ?? ''
  })
  return isKnown ? words : undefined
}

function nearbyDay(at: number, now: number): string | undefined {
  const startOf = (time: number) => new Date(time).setHours(0, 0, 0, 0)
  const days = Math.round((startOf(at) - startOf(now)) / day)
  return { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)]
}
