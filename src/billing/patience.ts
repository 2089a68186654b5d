import { RetryLater } from '../errors.ts'
import type { Ask } from './stripe.ts'

const firstWaitMs = 500
const longestWaitMs = 30_000
const patienceMs = 120_000

/** An `Ask` for long work: it waits out a Stripe that is busy or away, for about two minutes in a row. */
export function patient(ask: Ask): Ask {
  return async question => {
    const startedAt = performance.now()
    for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
      try {
        return await ask(question)
      } catch (error) {
        if (!(error instanceof RetryLater) || performance.now() - startedAt > patienceMs) throw error
        await new Promise(resolve => setTimeout(resolve, Math.max(wait, error.afterMs)))
      }
    }
  }
}
