import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'
import { refusedHeaders } from './rate-limits.ts'

/** A request as a fault sees it. `path` starts after `/api/v10`. */
interface FaultRequest {
  method: string
  path: string
  body: unknown
}

/** What goes wrong with one request. */
export type Fault =
  /** Answered with this status instead of being done. */
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** Never answered, and not done. */
  | 'hang'
  /** The connection breaks, and nothing is done. */
  | 'reset'
  /** Done and answered, but only after this time. */
  | { delayMs: number }
  | { rateLimit: { retryAfterSeconds: number; global?: boolean } }
  /** Done, but the answer is lost: broken off, never sent, or replaced by an error. */
  | { lost: 'hang' | 'reset' | { status: number } }

/** Set `current` to make requests fail; it is asked once for each. */
export interface Faults {
  current?: ((request: FaultRequest) => Fault | undefined) | undefined
}

/** Acts out a fault on the answer; returns false when there is nothing left to do with it. */
export async function actOut(fault: Fault, response: Response): Promise<boolean> {
  if (fault === 'hang') return false
  if (fault === 'reset') {
    response.req.socket.resetAndDestroy()
    return false
  }
  if ('delayMs' in fault) {
    await new Promise(resolve => setTimeout(resolve, fault.delayMs))
    return true
  }
  if ('rateLimit' in fault) {
    const { retryAfterSeconds, global = false } = fault.rateLimit
    response
      .status(429)
      .set(refusedHeaders(retryAfterSeconds, global ? 'global' : 'user'))
      .json(tooMany(retryAfterSeconds, global))
    return false
  }
  if ('lost' in fault) return true
  response.status(fault.status).set(fault.headers ?? {})
  if (fault.body === undefined)
    response.json({ message: `${fault.status}: ${STATUS_CODES[fault.status] ?? 'Unknown'}`, code: 0 })
  else response.json(fault.body)
  return false
}

/** The body of a 429. */
export function tooMany(seconds: number, global: boolean): object {
  return { message: 'You are being rate limited.', retry_after: Number(seconds.toFixed(3)), global }
}
