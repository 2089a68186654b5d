import type { Params } from './params.ts'

/** What a fault is decided on: one request to the API. */
export interface FaultRequest {
  method: string
  /** Without the query: `/v1/customers`. */
  path: string
  params: Params
  idempotencyKey?: string
}

/**
 * What goes wrong with a request. `hang` and `reset` happen before anything is done; a `status` refuses it in Stripe's
 * shape; `delayMs` answers late what was done at once; `lost` does it, and the answer never arrives.
 */
export type Fault =
  | 'hang'
  | 'reset'
  | {
      status: number
      type?: string
      code?: string
      message?: string
      retryAfterSeconds?: number
      isRemembered?: boolean
    }
  | { delayMs: number }
  | { lost: 'hang' | 'reset' }

/** What goes wrong with one attempt to deliver an event: it never leaves, arrives several times, or late. */
export type DeliveryFault = 'drop' | { times: number } | { delayMs: number }

/** What is to go wrong, settable at any time. */
export interface Faults {
  /** Asked before every API request. */
  current?: ((request: FaultRequest) => Fault | undefined) | undefined
  /** Asked before every attempt to deliver an event. */
  delivery?:
    | ((event: { id: string; type: string }, url: string, attempt: number) => DeliveryFault | undefined)
    | undefined
}

const TYPES: Record<number, [type: string, code: string | undefined, message: string]> = {
  401: ['invalid_request_error', undefined, 'Invalid API Key provided.'],
  402: ['card_error', 'card_declined', 'Your card was declined.'],
  409: [
    'api_error',
    'lock_timeout',
    'This object cannot be accessed right now because another API request is currently accessing it.',
  ],
  429: [
    'invalid_request_error',
    'rate_limit',
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  ],
}

/** The body Stripe gives a failure of that status. */
export function faultBody(fault: { status: number; type?: string; code?: string; message?: string }) {
  const [type, code, message] = TYPES[fault.status] ?? ['api_error', undefined, 'An unknown error occurred']
  const chosen = fault.code ?? code
  return {
    type: fault.type ?? type,
    message: fault.message ?? message,
    ...(chosen === undefined ? {} : { code: chosen }),
  }
}
