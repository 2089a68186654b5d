import type { Express, Request, Response } from 'express'
import type { World } from '../world.ts'
import { type ErrorBody, invalid, StripeRefusal } from './errors.ts'
import { type Fault, type Faults, faultBody } from './faults.ts'
import { type Answer, type Claim, createIdempotencyKeys } from './idempotency.ts'
import { newId } from './ids.ts'
import { type Params, parseForm, type Reader, read } from './params.ts'
import { rendered } from './render.ts'

/** One request to an operation of the API. */
export interface Call {
  params: Reader
  /** The part of the address that the route names `:id`. */
  id: string
  /** The part of the address that the route names `:other`. */
  other: string
}

/** Registers the operations of the API. */
export interface Api {
  /** `takes` names the parameters it knows, separated by blanks; others are refused as Stripe does. `expand` is always known. */
  on(method: 'GET' | 'POST' | 'DELETE', path: string, takes: string, serve: (call: Call) => unknown): void
}

/** Takes a line for every request that no operation knows: no parameters, which may hold secrets. */
export type Log = (request: { method: string; path: string }, why: string) => void

interface Options {
  secretKey: string
  faults: Faults
}

/** The `/v1` operations on an express app: authentication, faults, idempotency, unknown parameters, expansion, errors. */
export function createApi(app: Express, world: World, { secretKey, faults }: Options): Api {
  const keys = createIdempotencyKeys(() => world.clock.now())

  async function answer(
    request: Request,
    response: Response,
    takes: Set<string>,
    serve: (call: Call) => unknown,
  ) {
    const exchange = open(request, response)
    const send = ({ status, body }: Answer, replayed = false) => {
      if (replayed) response.setHeader('Idempotent-Replayed', 'true')
      response.status(status).type('application/json').send(body)
    }
    let claim: Claim | undefined
    try {
      authenticate(request, secretKey)
      claim =
        exchange.key === undefined
          ? undefined
          : keys.claim(exchange.key, `${request.method} ${request.path} ${JSON.stringify(exchange.params)}`)
      if (claim?.earlier) return send(claim.earlier, true)
      const fault = faults.current?.({
        method: request.method,
        path: request.path,
        params: exchange.params,
        ...(exchange.key === undefined ? {} : { idempotencyKey: exchange.key }),
      })
      if (isBefore(fault)) return refuse(fault, response, claim, exchange.id, send)
      const done = perform(world, exchange, request, takes, serve)
      if (typeof fault === 'object' && 'delayMs' in fault) await wait(fault.delayMs)
      if (done.isRemembered) claim?.keep(done.answer)
      else claim?.release()
      if (typeof fault === 'object' && 'lost' in fault) return breakOff(fault.lost, response)
      send(done.answer)
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error
      send(refusal(error, exchange.id))
    }
  }

  app.use('/v1', (_request, response, next) => {
    response.setHeader('Stripe-Version', world.apiVersion)
    next()
  })

  return {
    on(method, path, takes, serve) {
      const known = new Set(['expand', ...takes.split(' ')])
      const handle = (request: Request, response: Response) => answer(request, response, known, serve)
      if (method === 'GET') app.get(path, handle)
      else if (method === 'POST') app.post(path, handle)
      else app.delete(path, handle)
    },
  }
}

interface Exchange {
  id: string
  key: string | undefined
  params: Params
}

function open(request: Request, response: Response): Exchange {
  const id = newId('req')
  const key = request.method === 'POST' ? request.get('Idempotency-Key') : undefined
  const query = request.originalUrl.indexOf('?')
  const encoded = query < 0 ? '' : request.originalUrl.slice(query + 1)
  const body: unknown = request.body
  const params = parseForm(
    [encoded, typeof body === 'string' ? body : ''].filter(part => part !== '').join('&'),
  )
  response.setHeader('Request-Id', id)
  response.setHeader('Stripe-Version', request.get('Stripe-Version') ?? response.get('Stripe-Version') ?? '')
  if (key !== undefined) response.setHeader('Idempotency-Key', key)
  return { id, key, params }
}

/** The key from `Authorization`, Bearer or Basic, must be the account's. Throws Stripe's 401 otherwise. */
function authenticate(request: Request, secretKey: string) {
  const [scheme = '', value = ''] = (request.get('Authorization') ?? '').split(' ')
  const given =
    scheme.toLowerCase() === 'basic'
      ? (Buffer.from(value, 'base64').toString().split(':')[0] ?? '')
      : scheme.toLowerCase() === 'bearer'
        ? value
        : ''
  if (given === secretKey) return
  const message =
    given === ''
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
      : `Invalid API Key provided: ${masked(given)}`
  throw invalid(message, { status: 401, isRemembered: false })
}

function masked(key: string): string {
  return key.length < 13
    ? '*'.repeat(key.length)
    : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`
}

// Handlers are synchronous, so each request is one step: nothing else can come between.
function perform(
  world: World,
  exchange: Exchange,
  request: Request,
  takes: Set<string>,
  serve: (call: Call) => unknown,
) {
  const params = read(exchange.params)
  world.request = { id: exchange.id, idempotency_key: exchange.key ?? null }
  try {
    for (const name of Object.keys(exchange.params)) if (!takes.has(name)) throw unknownParameter(name)
    const expand = params.texts('expand') ?? []
    const call = { params, id: String(request.params.id ?? ''), other: String(request.params.other ?? '') }
    const body = JSON.stringify(rendered(serve(call), expand, world), null, 2)
    return { answer: { status: 200, body }, isRemembered: true }
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error
    return { answer: refusal(error, exchange.id), isRemembered: error.isRemembered }
  } finally {
    world.request = { id: null, idempotency_key: null }
  }
}

/** Stripe's refusal of a parameter it doesn't know. */
export function unknownParameter(name: string) {
  return invalid(`Received unknown parameter: ${name}`, {
    param: name,
    code: 'parameter_unknown',
    isRemembered: false,
  })
}

/** A refusal as the body of an answer. */
export function refusal({ status, body }: { status: number; body: ErrorBody }, requestId: string): Answer {
  const error = { ...body, request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` }
  return { status, body: JSON.stringify({ error }, null, 2) }
}

type Before = Extract<Fault, string | { status: number }>

function isBefore(fault: Fault | undefined): fault is Before {
  return typeof fault === 'string' || (typeof fault === 'object' && 'status' in fault)
}

function refuse(
  fault: Before,
  response: Response,
  claim: Claim | undefined,
  requestId: string,
  send: (answer: Answer) => void,
) {
  if (typeof fault === 'string') {
    claim?.release()
    return breakOff(fault, response)
  }
  const answer = refusal({ status: fault.status, body: faultBody(fault) }, requestId)
  // A plain 500 comes from an operation that had begun, which is what a key remembers; other statuses from before it.
  if (fault.isRemembered ?? fault.status === 500) claim?.keep(answer)
  else claim?.release()
  if (fault.retryAfterSeconds !== undefined)
    response.setHeader('Retry-After', String(fault.retryAfterSeconds))
  send(answer)
}

function breakOff(how: 'hang' | 'reset', response: Response) {
  if (how === 'reset') response.socket?.destroy()
}

function wait(ms: number) {
  return new Promise<void>(resolve => setTimeout(resolve, ms))
}
