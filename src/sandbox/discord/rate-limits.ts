import { createHash } from 'node:crypto'

/** How much the stand-in lets through; times are real ones, as the client's waits are. */
export interface RateLimitRules {
  /** Requests a second over everything (Discord's 50). */
  globalPerSecond: number
  /** What one bucket (method, route and its guild, channel or webhook) allows in how many seconds. */
  bucket(method: string, route: string): { limit: number; seconds: number }
}

/** Discord's global limit, and buckets wide enough not to be in the way. */
export const DEFAULT_LIMITS: RateLimitRules = {
  globalPerSecond: 50,
  bucket: () => ({ limit: 50, seconds: 1 }),
}

/** One refusal or one pass: the headers to answer with, and how long to wait if refused. */
export interface Verdict {
  headers: Record<string, string>
  refusedFor?: { seconds: number; global: boolean }
}

interface Window {
  remaining: number
  resetsAt: number
}

/** Counts requests in fixed windows and says what passes (docs.discord.com/developers/topics/rate-limits). */
export function createRateLimits(rules: RateLimitRules, now: () => number = Date.now) {
  const buckets = new Map<string, Window>()
  let overall: Window = { remaining: rules.globalPerSecond, resetsAt: 0 }

  return {
    /** Takes one request out of its bucket. `countsGlobally` is false for interaction answers. */
    take(method: string, route: string, major: string, countsGlobally: boolean): Verdict {
      const at = now()
      if (countsGlobally) {
        if (overall.resetsAt <= at) overall = { remaining: rules.globalPerSecond, resetsAt: at + 1000 }
        if (overall.remaining <= 0) {
          const seconds = (overall.resetsAt - at) / 1000
          return { headers: refusedHeaders(seconds, 'global'), refusedFor: { seconds, global: true } }
        }
        overall.remaining--
      }
      const { limit, seconds } = rules.bucket(method, route)
      const hash = createHash('sha1').update(`${method} ${route}`).digest('hex').slice(0, 32)
      const key = `${hash}:${major}`
      let window = buckets.get(key)
      if (!window || window.resetsAt <= at) {
        window = { remaining: limit, resetsAt: at + seconds * 1000 }
        buckets.set(key, window)
      }
      const left = (window.resetsAt - at) / 1000
      const refused = window.remaining <= 0
      if (!refused) window.remaining--
      const headers = {
        'X-RateLimit-Limit': String(limit),
        'X-RateLimit-Remaining': String(window.remaining),
        'X-RateLimit-Reset': (window.resetsAt / 1000).toFixed(3),
        'X-RateLimit-Reset-After': left.toFixed(3),
        'X-RateLimit-Bucket': hash,
      }
      if (!refused) return { headers }
      return {
        headers: { ...headers, ...refusedHeaders(left, 'user') },
        refusedFor: { seconds: left, global: false },
      }
    },
  }
}

/** The headers of a 429, for `seconds` and of this scope. */
export function refusedHeaders(seconds: number, scope: 'user' | 'global' | 'shared'): Record<string, string> {
  return {
    // Whole seconds, rounded up; the body carries the fraction.
    'Retry-After': String(Math.ceil(seconds)),
    'X-RateLimit-Scope': scope,
    ...(scope === 'global' && { 'X-RateLimit-Global': 'true' }),
  }
}
