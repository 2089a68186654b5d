import Stripe from 'stripe'

const longestWaitMs = 2_000
const mostFailures = 2
const mostConflicts = 15

/**
 * Makes one thing at Stripe under an idempotency key, however many ask at once in however many processes. Stripe answers a
 * key for a day with what it answered first, a failure of its own included: a key that only repeats a failure is spent, and
 * the next one is the same for everybody (docs.stripe.com/api/idempotent_requests).
 */
export async function underKey<Made>(
  key: string,
  make: (options: Stripe.RequestOptions) => Promise<Made>,
): Promise<Made> {
  let [attempt, failures, conflicts] = [1, 0, 0]
  for (;;) {
    const idempotencyKey = attempt === 1 ? key : `${key}:attempt-${attempt}`
    try {
      // The SDK would try again by itself, and could not tell a failure from its repetition.
      return await make({ idempotencyKey, maxNetworkRetries: 0 })
    } catch (error) {
      if (isSpent(error)) attempt++
      else if (isInUse(error) && conflicts < mostConflicts) await wait(conflicts++)
      else if (isPassing(error) && failures < mostFailures) await wait(failures++)
      else throw error
    }
  }
}

const isSpent = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeIdempotencyError ||
  (error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true')

// Somebody else is making the very same thing, and its answer will be this one's too.
const isInUse = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.statusCode === 409

const isPassing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeConnectionError || error instanceof Stripe.errors.StripeAPIError

const wait = (tries: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, Math.min(longestWaitMs, 200 * 2 ** tries)))
