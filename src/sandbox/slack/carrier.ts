import { type JsonObject, parseJson } from './json.ts'
import { remember } from './memory.ts'
import { signatureHeaders } from './signature.ts'
import type { SocketMode } from './socket-mode.ts'
import type { World } from './world.ts'

/** One thing for the app to know, by whichever way it listens. */
export interface Envelope {
  kind: 'slash_commands' | 'interactive' | 'events_api'
  teamId: string
  payload: JsonObject
  /** Set from the second try on. */
  retry?: { num: number; reason: string }
}

/** How the app took it: `failure` is the word Slack shows or notes. */
export interface Ack {
  status: number | undefined
  ms: number
  body: unknown
  failure: 'operation_timeout' | 'dispatch_failed' | 'http_error' | 'unknown_command' | undefined
  /** The app asked for no more tries (`X-Slack-No-Retry: 1`). */
  noRetry: boolean
}

/** An ack that never came, since nothing was sent. */
export function notSent(failure: Ack['failure']): Ack {
  return { status: undefined, ms: 0, body: undefined, failure, noRetry: false }
}

/** An HTTP request as it was sent to the app, and what came of it. */
export interface Delivery {
  readonly id: string
  readonly teamId: string | undefined
  readonly kind: Envelope['kind'] | 'url_verification'
  readonly carrier: 'http' | 'socket'
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly at: number
  ack: Ack | undefined
}

/** Where Slack posts; one URL for all, or one for each kind. */
export interface RequestUrls {
  events?: string | undefined
  commands?: string | undefined
  interactivity?: string | undefined
}

/** Carries things to the app. */
export interface Carrier {
  urls: RequestUrls
  readonly deliveries: Delivery[]
  /** Whether anybody listens at all. */
  listens(kind: Envelope['kind']): boolean
  send(envelope: Envelope): Promise<Ack>
  /** Posts a body as it is; without `headers` it is signed properly. */
  post(url: string, body: string, contentType: string, headers?: Record<string, string>): Promise<Ack>
  /** Sends the very same request again, old signature and all. */
  replay(delivery: Delivery): Promise<Ack>
}

/** A carrier that prefers Socket Mode while the app is connected, as Slack does when it is turned on. */
export function createCarrier(deps: {
  world: World
  signingSecret: string
  socketMode: SocketMode
  ackTimeoutMs: number
}): Carrier {
  const { world } = deps
  const deliveries: Delivery[] = []
  const urls: RequestUrls = {}

  async function send(envelope: Envelope): Promise<Ack> {
    if (deps.socketMode.connections() > 0) {
      const delivery = note(
        envelope.kind,
        envelope.teamId,
        'socket',
        '',
        {},
        JSON.stringify(envelope.payload),
      )
      return finish(delivery, await deps.socketMode.send(envelope, deps.ackTimeoutMs))
    }
    const url = urlFor(urls, envelope.kind)
    if (!url) return notSent('dispatch_failed')
    const { body, contentType } = encode(envelope)
    const headers = {
      'content-type': contentType,
      ...signatureHeaders(deps.signingSecret, body),
      ...(envelope.retry
        ? { 'x-slack-retry-num': String(envelope.retry.num), 'x-slack-retry-reason': envelope.retry.reason }
        : {}),
    }
    const delivery = note(envelope.kind, envelope.teamId, 'http', url, headers, body)
    return finish(delivery, await postOnce(url, headers, body))
  }

  function note(
    kind: Delivery['kind'],
    teamId: string | undefined,
    carrier: Delivery['carrier'],
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Delivery {
    const id = world.ids.make('L')
    const delivery: Delivery = {
      id,
      teamId,
      kind,
      carrier,
      url,
      headers,
      body,
      at: world.clock.now(),
      ack: undefined,
    }
    remember(deliveries, delivery)
    return delivery
  }

  function finish(delivery: Delivery, ack: Ack): Ack {
    delivery.ack = ack
    world.happened({ type: 'delivery', teamId: delivery.teamId, id: delivery.id })
    return ack
  }

  async function postOnce(url: string, headers: Record<string, string>, body: string): Promise<Ack> {
    const started = performance.now()
    const ms = () => Math.round(performance.now() - started)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(deps.ackTimeoutMs),
      })
      const text = await response.text()
      return {
        status: response.status,
        ms: ms(),
        body: parseJson(text) ?? text,
        failure: response.ok ? undefined : 'http_error',
        noRetry: response.headers.get('x-slack-no-retry') === '1',
      }
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      const failure = isLate ? 'operation_timeout' : 'dispatch_failed'
      return { status: undefined, ms: ms(), body: undefined, failure, noRetry: false }
    }
  }

  return {
    urls,
    deliveries,
    send,
    listens: kind => deps.socketMode.connections() > 0 || urlFor(urls, kind) !== undefined,
    async post(url, body, contentType, headers) {
      const all = { 'content-type': contentType, ...(headers ?? signatureHeaders(deps.signingSecret, body)) }
      const delivery = note('url_verification', undefined, 'http', url, all, body)
      return finish(delivery, await postOnce(url, all, body))
    },
    async replay(delivery) {
      const again = note(
        delivery.kind,
        delivery.teamId,
        'http',
        delivery.url,
        delivery.headers,
        delivery.body,
      )
      return finish(again, await postOnce(delivery.url, delivery.headers, delivery.body))
    },
  }
}

function urlFor(urls: RequestUrls, kind: Envelope['kind']): string | undefined {
  if (kind === 'events_api') return urls.events
  return kind === 'interactive' ? urls.interactivity : urls.commands
}

/** Commands are form fields, presses one form field of JSON, events JSON. */
function encode(envelope: Envelope): { body: string; contentType: string } {
  if (envelope.kind === 'events_api') {
    return { body: JSON.stringify(envelope.payload), contentType: 'application/json' }
  }
  const form =
    envelope.kind === 'interactive'
      ? new URLSearchParams({ payload: JSON.stringify(envelope.payload) })
      : new URLSearchParams(Object.entries(envelope.payload).map(([name, value]) => [name, String(value)]))
  return { body: form.toString(), contentType: 'application/x-www-form-urlencoded' }
}
