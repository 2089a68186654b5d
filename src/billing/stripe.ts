import Stripe from 'stripe'
import { OperatorError, RetryLater } from '../errors.ts'

/** The version whose shapes this code reads; the webhook endpoint is pinned to the same. */
export const stripeApiVersion = '2026-10-28.endive'

/** A client for one Stripe account; `apiBase` is a bare origin for a proxy or a stand-in. */
export function createStripe({
  secretKey,
  apiBase,
}: {
  secretKey: string
  apiBase?: string | undefined
}): Stripe {
  const base = apiBase ? new URL(apiBase) : undefined
  return new Stripe(secretKey, {
    apiVersion: stripeApiVersion,
    timeout: 20_000,
    maxNetworkRetries: 2,
    telemetry: false,
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'http:' ? 80 : 443),
      protocol: base.protocol === 'http:' ? 'http' : 'https',
    }),
  })
}

/** Live or test, from the key's prefix: `sk_live_`, `rk_live_`. */
export const isLiveKey = (secretKey: string): boolean => /^(sk|rk)_live_/.test(secretKey)

const unknownId = 'stripe:account'

/** Asks Stripe, and sorts what goes wrong into what time mends and what a person must. */
export type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Answer>

/** An `Ask`, for any account. */
export function createAsk(): Ask {
  return async question => {
    // Mended is what can be asked again: another question may well be answered while this one isn't.
    const isMended = () =>
      question().then(
        () => true,
        () => false,
      )
    const operatorError = (id: string, what: string, fix: string, cause: unknown) =>
      new OperatorError({ id, what: [what], fix: [fix] }, isMended, { cause })
    try {
      return await question()
    } catch (error) {
      if (error instanceof Stripe.errors.StripeAuthenticationError)
        throw operatorError(
          'stripe:key',
          'Stripe refuses the secret key.',
          'Put a valid STRIPE_SECRET_KEY into the settings and start the bot again.',
          error,
        )
      if (error instanceof Stripe.errors.StripePermissionError)
        throw operatorError(
          'stripe:permission',
          `Stripe's key lacks a permission: ${error.message}`,
          'Give the restricted key that permission in the Stripe dashboard, under Developers, API keys.',
          error,
        )
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
        throw operatorError(
          unknownId,
          `Stripe doesn't know ${error.param ?? 'an object'} that this bot remembers: ${error.message}`,
          'Check that STRIPE_SECRET_KEY is of the account and the mode (test or live) that this store was made with.',
          error,
        )
      if (error instanceof Stripe.errors.StripeRateLimitError)
        throw new RetryLater('stripe is busy', 1_000, { cause: error })
      if (
        error instanceof Stripe.errors.StripeConnectionError ||
        error instanceof Stripe.errors.StripeAPIError
      )
        throw new RetryLater("stripe can't be reached", 0, { cause: error })
      throw error
    }
  }
}

/** Whether an `Ask` threw because Stripe doesn't know what it was asked about. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof OperatorError && error.problem.id === unknownId
