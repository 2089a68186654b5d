import { RESTJSONErrorCodes } from 'discord.js'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { type RequestBody, readBody } from './body.ts'
import { ApiError, checkForm, notFound, refusal, unauthorized } from './errors.ts'
import { actOut, type Fault, type Faults, tooMany } from './faults.ts'
import type { createRateLimits } from './rate-limits.ts'
import type { World } from './world.ts'

/** One request as a route sees it. */
export interface Call {
  param(name: string): string
  query: URLSearchParams
  body: unknown
  files: RequestBody['files']
  /** Where this server is reached, for links to files. */
  origin: string
}

/** What a route answers: JSON with 200, an own status, or nothing with 204. */
export type Answer = { status: number; body?: unknown }

/** `'GET /guilds/:guild'` → what it does. Refusals are thrown. */
export type Routes = Record<string, (call: Call) => Answer | Promise<Answer>>

/** 200 with a body. */
export const ok = (body: unknown): Answer => ({ status: 200, body })
/** 204 without one. */
export const nothing = (): Answer => ({ status: 204 })

/** A request the bot made, as it was answered; `status` is 0 while it is not. */
export interface LoggedRequest {
  method: string
  path: string
  status: number
  /** When it came, on the sandbox's clock. */
  at: number
  /** What the bot wrote for the server's audit log. */
  reason?: string
}

/** What the REST side needs to know of its surroundings. */
export interface RestDeps {
  world: World
  isToken(token: string): boolean
  routes: Routes
  limits: ReturnType<typeof createRateLimits>
  faults: Faults
  latencyMs: number
  origin(): string
  log(request: LoggedRequest, why: string): void
}

/** How many requests the log keeps. */
const KEPT = 5000

/** Interaction answers carry their own token in the path, need no bot token and count for no global limit. */
const OWN_TOKEN = /^\/(interactions|webhooks)\//

/** Mounts the routes under `/api/v10`, with Discord's token check, rate limits and error shapes around them. */
export function mountRest(
  app: Express,
  deps: RestDeps,
): { requests(): LoggedRequest[]; refusals(): Refusals } {
  const { world } = deps
  const logged: LoggedRequest[] = []
  const counts: Refusals = { 401: 0, 403: 0, 429: 0 }
  const router = express.Router()
  for (const [key, handle] of Object.entries(deps.routes)) {
    const [method = '', route = ''] = key.split(' ')
    router.all(route, (request, response, next) => {
      if (request.method !== method) next()
      else void serve(request, response, route, handle)
    })
  }
  router.use((request, response) => {
    void serve(request, response, '*', () => {
      throw notFound()
    })
  })
  app.use('/api/v10', express.raw({ type: () => true, limit: '30mb' }), router)

  async function serve(
    request: Request,
    response: Response,
    route: string,
    handle: Routes[string],
  ): Promise<void> {
    const entry: LoggedRequest = {
      method: request.method,
      path: request.url,
      status: 0,
      at: world.clock.now(),
    }
    logged.push(entry)
    if (logged.length > KEPT) logged.shift()
    response.once('finish', () => {
      entry.status = response.statusCode
      const status = response.statusCode as keyof Refusals
      if (status in counts && response.getHeader('X-RateLimit-Scope') !== 'shared') counts[status]++
      if (route === '*' && entry.status === 404) deps.log(entry, 'no such route')
      world.changed({ type: 'request' })
    })
    let fault: Fault | undefined
    try {
      const reason = request.get('x-audit-log-reason')
      if (reason !== undefined) entry.reason = decodeURIComponent(reason)
      if (deps.latencyMs > 0) await new Promise(resolve => setTimeout(resolve, deps.latencyMs))
      const body = await readBody(request.body, request.get('content-type'))
      fault = deps.faults.current?.({ method: request.method, path: request.path, body: body.json })
      if (fault && !(await actOut(fault, response))) return
      if (!OWN_TOKEN.test(request.path)) authorize(request)
      if (refusedByLimit(request, response, route)) return
      const answer = await handle(callOf(request, body))
      await send(response, answer, fault)
    } catch (error) {
      if (error instanceof ApiError) await send(response, { status: error.status, body: error.body }, fault)
      else {
        deps.log(entry, error instanceof Error ? (error.stack ?? error.message) : String(error))
        response.status(500).json({ message: '500: Internal Server Error', code: 0 })
      }
    }
  }

  function authorize(request: Request): void {
    const [scheme, token] = (request.get('authorization') ?? '').split(' ')
    if (scheme !== 'Bot' || token === undefined || !deps.isToken(token)) throw unauthorized()
  }

  function refusedByLimit(request: Request, response: Response, route: string): boolean {
    const major = ['guild', 'channel', 'token'].map(name => request.params[name] ?? '').join(':')
    const verdict = deps.limits.take(request.method, route, major, !OWN_TOKEN.test(request.path))
    response.set(verdict.headers)
    if (!verdict.refusedFor) return false
    response.status(429).json(tooMany(verdict.refusedFor.seconds, verdict.refusedFor.global))
    return true
  }

  function callOf(request: Request, body: RequestBody): Call {
    return {
      param: name => idOf(name, String(request.params[name] ?? '')),
      query: new URL(request.url, 'http://localhost').searchParams,
      body: body.json,
      files: body.files,
      origin: deps.origin(),
    }
  }

  app.use('/api', (error: { status?: number }, request: Request, response: Response, next: NextFunction) => {
    if (error.status !== 413) return next(error)
    const { status, body } = refusal(RESTJSONErrorCodes.RequestEntityTooLarge)
    request.resume()
    response.status(status).json(body)
  })

  return { requests: () => [...logged], refusals: () => ({ ...counts }) }
}

/** How many answers of each kind that Discord counts towards a ban (10,000 in ten minutes). */
export interface Refusals {
  401: number
  403: number
  429: number
}

/** An id out of the path: a number, or 50035. A token or a word such as `@original` is none. */
function idOf(name: string, value: string): string {
  if (value === '' || name === 'token' || value === '@original' || /^\d{1,20}$/.test(value)) return value
  const check = checkForm()
  check.wrong([`${name}_id`], 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`)
  check.done()
  return value
}

async function send(response: Response, answer: Answer, fault: Fault | undefined): Promise<void> {
  if (typeof fault === 'object' && 'lost' in fault) {
    if (typeof fault.lost === 'string') await actOut(fault.lost, response)
    else await actOut({ status: fault.lost.status }, response)
    return
  }
  response.status(answer.status)
  if (answer.body === undefined) response.end()
  else response.json(answer.body)
}
