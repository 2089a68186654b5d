/** The `error` object of Stripe's answers (docs.stripe.com/api/errors). */
export interface ErrorBody {
  type: string
  message: string
  code?: string
  param?: string
  decline_code?: string
  doc_url?: string
  advice_code?: string
  charge?: string
  payment_intent?: unknown
  payment_method?: unknown
  request_log_url?: string
}

/** A refusal in Stripe's shape: thrown anywhere in the stand-in, answered by the API's edge. */
export class StripeRefusal extends Error {
  override name = 'StripeRefusal'

  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    /** False for a refusal that an idempotency key does not remember, since nothing was begun. */
    readonly isRemembered = true,
  ) {
    super(body.message)
  }
}

interface Details {
  param?: string | undefined
  code?: string | undefined
  status?: number
  isRemembered?: boolean
}

/** An `invalid_request_error`, status 400 unless told. */
export function invalid(message: string, details: Details = {}): StripeRefusal {
  const { param, code, status = 400, isRemembered = true } = details
  return new StripeRefusal(
    status,
    {
      ...(code === undefined
        ? {}
        : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      message,
      ...(param === undefined ? {} : { param }),
      type: 'invalid_request_error',
    },
    isRemembered,
  )
}

/** Stripe's answer to a required parameter that is not there. */
export function missing(param: string): StripeRefusal {
  return invalid(`Missing required param: ${param}.`, {
    param,
    code: 'parameter_missing',
    isRemembered: false,
  })
}

/** Stripe's answer to an id it doesn't know: 404 when the address names it (`param` is `id`), 400 for a parameter. */
export function noSuch(kind: string, id: string, param = 'id'): StripeRefusal {
  const status = param === 'id' ? 404 : 400
  return invalid(`No such ${kind}: '${id}'`, { param, code: 'resource_missing', status })
}
