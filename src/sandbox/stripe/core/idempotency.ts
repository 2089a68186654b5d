import { invalid, StripeRefusal } from './errors.ts'

const KEPT_MS = 24 * 60 * 60 * 1000

/** An answer as it went out, kept to be given again. */
export interface Answer {
  status: number
  body: string
}

/** The place of one request under its key: it says how the request ended, or lets go of the key. */
export interface Claim {
  /** The earlier answer, when this request is a repetition. */
  earlier?: Answer
  keep(answer: Answer): void
  release(): void
}

/** What was answered under which `Idempotency-Key` (docs.stripe.com/api/idempotent_requests). */
export interface IdempotencyKeys {
  /** Throws 409 `idempotency_key_in_use` while the first one is still being answered, and `idempotency_error` when it asked for something else. */
  claim(key: string, request: string): Claim
}

/** Remembers answers for 24 hours of the clock, errors of the server included. */
export function createIdempotencyKeys(now: () => number): IdempotencyKeys {
  const entries = new Map<string, { request: string; since: number; answer?: Answer }>()
  return {
    claim(key, request) {
      if (key.length > 255)
        throw invalid('Idempotency keys must be 255 characters or fewer.', { isRemembered: false })
      const entry = entries.get(key)
      if (entry && now() - entry.since < KEPT_MS) {
        if (entry.request !== request) throw mismatch(key)
        if (!entry.answer) throw inUse(key)
        return { earlier: entry.answer, keep: () => {}, release: () => {} }
      }
      const fresh: { request: string; since: number; answer?: Answer } = { request, since: now() }
      entries.set(key, fresh)
      return {
        keep(answer) {
          fresh.answer = answer
        },
        release() {
          if (entries.get(key) === fresh) entries.delete(key)
        },
      }
    },
  }
}

function mismatch(key: string) {
  return new StripeRefusal(
    400,
    {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    },
    false,
  )
}

function inUse(key: string) {
  return invalid(
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { code: 'idempotency_key_in_use', status: 409, isRemembered: false },
  )
}
