import express, { type Request, type Response, type Router } from 'express'
import { type Arguments, createArguments, readBody } from './arguments.ts'
import { applyFault, type FaultPicker, sendRateLimit, wait } from './faults.ts'
import type { JsonObject } from './json.ts'
import { remember } from './memory.ts'
import { type Method, type Methods, refuseScope } from './methods/method.ts'
import { Refusal, refuse } from './refusal.ts'
import { type Team, teamOf, type World } from './world.ts'

/** A method that takes no bot token: `app` wants the app-level one, `none` any or none. */
interface AppMethod {
  token: 'app' | 'none'
  run(args: Arguments, request: Request): JsonObject
}

/** One call as it was answered. */
export interface ApiRequest {
  readonly method: string
  readonly teamId: string | undefined
  /** Without its token. */
  readonly body: JsonObject
  readonly at: number
  /** Slack's error code, or undefined where the call went well. */
  error: string | undefined
}

/** What the Web API needs to know. */
export interface WebApiDeps {
  world: World
  appToken: string
  methods: Methods
  appMethods: Record<string, AppMethod>
  requests: ApiRequest[]
  faults: { current?: FaultPicker | undefined }
  latencyMs: number
  /** Whether calls past a method's tier are answered 429. */
  enforceRateLimits: boolean
  log: (text: string) => void
}

const CALLS_A_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100 }

/** Slack's `/api/METHOD`: tokens, scopes and limits are checked before the method is asked. */
export function webApi(deps: WebApiDeps): Router {
  const router = express.Router()
  const counts = new Map<string, { minute: number; calls: number }>()
  router.use(express.raw({ type: () => true, limit: '20mb' }))
  router.all('/:method', async (request, response) => {
    const method = String(request.params.method)
    const entry: ApiRequest = {
      method,
      teamId: undefined,
      body: {},
      at: deps.world.clock.now(),
      error: undefined,
    }
    remember(deps.requests, entry)
    try {
      const body = {
        ...request.query,
        ...(Buffer.isBuffer(request.body)
          ? await readBody(request.body, request.headers['content-type'] ?? '')
          : {}),
      }
      await answer(method, body, entry, request, response)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      entry.error = error.code
      if (!response.headersSent) response.json({ ok: false, error: error.code, ...error.more })
    } finally {
      deps.world.happened({ type: 'request', teamId: entry.teamId, method, error: entry.error })
    }
  })

  async function answer(
    name: string,
    body: JsonObject,
    entry: ApiRequest & { teamId: string | undefined; body: JsonObject },
    request: Request,
    response: Response,
  ): Promise<void> {
    const { token: inBody, ...rest } = body
    const header = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const token = header ?? (typeof inBody === 'string' ? inBody : undefined)
    const team = token ? owner(token) : undefined
    Object.assign(entry, { body: rest, teamId: team?.id })
    const fault = deps.faults.current?.({ method: name, body: rest, ...(team ? { teamId: team.id } : {}) })
    if (await applyFault(fault, request, response)) {
      entry.error = typeof fault === 'object' && 'error' in fault ? fault.error : 'fault'
      return
    }
    const args = createArguments(rest)
    const said = run(name, args, token, team, request, response)
    if (said === undefined) {
      entry.error = 'ratelimited'
      return
    }
    if (deps.latencyMs > 0) await wait(deps.latencyMs)
    if (fault === 'lost') request.socket.destroy()
    else response.json({ ok: true, ...said })
  }

  function owner(token: string): Team | undefined {
    const known = deps.world.tokens.get(token)
    return known ? teamOf(deps.world, known.teamId) : undefined
  }

  function run(
    name: string,
    args: Arguments,
    token: string | undefined,
    team: Team | undefined,
    request: Request,
    response: Response,
  ): JsonObject | undefined {
    const appMethod = own(deps.appMethods, name)
    if (appMethod) {
      if (appMethod.token === 'app') checkAppToken(token)
      return appMethod.run(args, request)
    }
    const method = own(deps.methods, name)
    if (!method) {
      deps.log(`Slack stand-in: unknown method ${name}`)
      return refuse('unknown_method')
    }
    const caller = checkBotToken(token, team)
    response.set('x-oauth-scopes', caller.scopes.join(','))
    if (method.scopes.length) {
      response.set('x-accepted-oauth-scopes', method.scopes.join(','))
      if (!method.scopes.some(scope => caller.scopes.includes(scope))) refuseScope(caller, method.scopes)
    }
    const wait = deps.enforceRateLimits ? overLimit(name, method, caller) : 0
    if (wait > 0) {
      sendRateLimit(response, wait)
      return undefined
    }
    return method.run({ world: deps.world, team: caller, token: token ?? '', args })
  }

  function checkBotToken(token: string | undefined, team: Team | undefined): Team {
    if (!token) return refuse('not_authed')
    if (token === deps.appToken) return refuse('not_allowed_token_type')
    const known = deps.world.tokens.get(token)
    if (!known || !team) return refuse('invalid_auth')
    if (known.state === 'revoked') return refuse('token_revoked')
    return known.state === 'inactive' ? refuse('account_inactive') : team
  }

  function checkAppToken(token: string | undefined): void {
    if (!token) refuse('not_authed')
    else if (token !== deps.appToken) {
      refuse(deps.world.tokens.has(token) ? 'not_allowed_token_type' : 'invalid_auth')
    }
  }

  /** Seconds until the next minute when this one's calls are spent, else 0. */
  function overLimit(name: string, method: Method, team: Team): number {
    const now = deps.world.clock.now()
    const minute = Math.floor(now / 60_000)
    const key = `${team.id} ${name}`
    const before = counts.get(key)
    const calls = before?.minute === minute ? before.calls + 1 : 1
    counts.set(key, { minute, calls })
    return calls > CALLS_A_MINUTE[method.tier] ? Math.ceil(((minute + 1) * 60_000 - now) / 1000) : 0
  }

  return router
}

/** A name off the wire may be `constructor`. */
function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
