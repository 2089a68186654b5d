import type { NextFunction, Request, Response } from 'express'
import { type Log, refusal } from './core/api.ts'
import { invalid } from './core/errors.ts'
import { newId } from './core/ids.ts'

/** Answers what no operation and no page took, in Stripe's words, and tells the log. */
export function unrecognized(log: Log) {
  return (request: Request, response: Response) => {
    const { method, path } = request
    log({ method, path }, 'no such address')
    const refused = invalid(
      `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      { status: 404 },
    )
    response
      .status(404)
      .type('application/json')
      .send(refusal(refused, newId('req')).body)
  }
}

/** Answers what broke, a body that is too large or can't be read among it. Express tells such handlers by their four parameters. */
export function broken(error: unknown, _request: Request, response: Response, _next: NextFunction) {
  const message = error instanceof Error ? error.message : String(error)
  const status =
    error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500
  const type = status < 500 ? 'invalid_request_error' : 'api_error'
  response
    .status(status)
    .type('application/json')
    .send(JSON.stringify({ error: { type, message } }))
}
