import type { Request, Response } from 'express'
import type { JsonObject } from './json.ts'

/**
 * What may go wrong with a call: an error code, an HTTP status, silence, a cut connection, slowness, a rate limit;
 * `lost` does what was asked and then cuts the connection before the answer.
 */
export type Fault =
  | { error: string }
  | { status: number }
  | 'hang'
  | 'reset'
  | 'lost'
  | { delayMs: number }
  | { rateLimit: { retryAfterSeconds: number } }

/** Decides, call by call, whether something goes wrong; `method` is `response_url` for those posts. */
export type FaultPicker = (request: {
  method: string
  body: JsonObject
  teamId?: string
}) => Fault | undefined

/** Breaks the call as the fault says; true when nothing is left to do. */
export async function applyFault(
  fault: Fault | undefined,
  request: Request,
  response: Response,
): Promise<boolean> {
  if (fault === undefined || fault === 'lost') return false
  if (fault === 'hang') return true
  if (fault === 'reset') {
    request.socket.destroy()
    return true
  }
  if ('delayMs' in fault) {
    await wait(fault.delayMs)
    return false
  }
  if ('error' in fault) response.json({ ok: false, error: fault.error })
  else if ('status' in fault) response.status(fault.status).type('text').send('')
  else sendRateLimit(response, fault.rateLimit.retryAfterSeconds)
  return true
}

/** Slack's 429: the seconds to wait are in `Retry-After`. */
export function sendRateLimit(response: Response, seconds: number): void {
  response.status(429).set('Retry-After', String(seconds)).json({ ok: false, error: 'ratelimited' })
}

/** Resolves after so many milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
