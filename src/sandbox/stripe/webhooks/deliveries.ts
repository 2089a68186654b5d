import { createHmac } from 'node:crypto'
import type { DeliveryFault, Faults } from '../core/faults.ts'
import { createGate } from '../core/gate.ts'
import { newId } from '../core/ids.ts'
import type { StripeEvent, WebhookEndpoint } from '../core/objects.ts'
import type { World } from '../world.ts'

/** One event on its way to one endpoint. */
export interface Delivery {
  id: string
  event: string
  type: string
  endpoint: string
  url: string
  /** How often it was sent. */
  attempts: number
  /** The last answer's status, null when there was none. */
  status: number | null
  /** Why there was no answer. */
  error: string | null
  /** When it was sent last, milliseconds of the clock. */
  at: number
  /** True until the endpoint answers 2xx or the retries are used up. */
  pending: boolean
  /** When it is sent again, milliseconds of the clock; null when it is under way or done. */
  nextAt: number | null
}

/** Sends events to the endpoints that want them, and again until they are taken. */
export interface Deliveries {
  /** The newest first. */
  all(): Delivery[]
  send(event: StripeEvent): void
  /** Sends the event once more to every endpoint that wants it, or to the one named. */
  resend(event: StripeEvent, endpoint?: string): void
  /** Sends at once what falls due by the clock. */
  catchUp(): void
  /** Resolves when nothing is under way. What waits for a later retry doesn't count. */
  settled(): Promise<void>
  close(): void
}

interface Options {
  /** Milliseconds before each further attempt. */
  retryDelays: readonly number[]
  /** After how many milliseconds without an answer an attempt has failed. */
  timeout: number
  faults: Faults
}

const KEPT = 1000
// A month's renewals fall due in one moment; nobody is sent thousands of requests side by side.
const AT_A_TIME = 50

/** Deliveries go out in the background, side by side and in no order; each attempt is signed anew with the machine's real time. */
export function createDeliveries(world: World, { retryDelays, timeout, faults }: Options): Deliveries {
  const all: Delivery[] = []
  const waiting = new Map<Delivery, { timer: NodeJS.Timeout; run: () => void }>()
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  const gate = createGate(AT_A_TIME)

  function start(event: StripeEvent, endpoint: WebhookEndpoint) {
    const delivery: Delivery = {
      id: newId('wd'),
      event: event.id,
      type: event.type,
      endpoint: endpoint.id,
      url: endpoint.url,
      attempts: 0,
      status: null,
      error: null,
      at: world.clock.now(),
      pending: true,
      nextAt: null,
    }
    event.pending_webhooks += 1
    all.push(delivery)
    if (all.length > KEPT) all.shift()
    track(attempt(delivery, event, endpoint))
  }

  function track(work: Promise<void>) {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  async function attempt(delivery: Delivery, event: StripeEvent, endpoint: WebhookEndpoint) {
    delivery.nextAt = null
    // docs.stripe.com/webhooks#disable: an endpoint that was disabled or deleted meanwhile is not tried again.
    if (delivery.attempts > 0 && !isOpen(endpoint)) return end(delivery, event)
    delivery.attempts += 1
    const fault = faults.delivery?.(event, endpoint.url, delivery.attempts)
    // The request that caused the event is answered first, as far as anyone can tell.
    await pause(typeof fault === 'object' && 'delayMs' in fault ? fault.delayMs : 0)
    if (closing.signal.aborted) return
    delivery.at = world.clock.now()
    const answer = await gate.pass(() => post(event, endpoint, fault))
    delivery.status = answer.status
    delivery.error = answer.error
    const wait = retryDelays[delivery.attempts - 1]
    const isTaken = answer.status !== null && answer.status >= 200 && answer.status < 300
    if (isTaken || wait === undefined || closing.signal.aborted) return end(delivery, event)
    retry(delivery, event, endpoint, wait)
    world.changes.tell({ kind: 'delivery', id: delivery.id, type: delivery.type })
  }

  function end(delivery: Delivery, event: StripeEvent) {
    delivery.pending = false
    event.pending_webhooks -= 1
    world.changes.tell({ kind: 'delivery', id: delivery.id, type: delivery.type })
  }

  const isOpen = ({ id }: WebhookEndpoint) => world.endpoints.get(id)?.status === 'enabled'

  function retry(delivery: Delivery, event: StripeEvent, endpoint: WebhookEndpoint, wait: number) {
    delivery.nextAt = world.clock.now() + wait
    const run = () => {
      const entry = waiting.get(delivery)
      if (!entry) return
      clearTimeout(entry.timer)
      waiting.delete(delivery)
      track(attempt(delivery, event, endpoint))
    }
    waiting.set(delivery, { timer: setTimeout(run, wait).unref(), run })
  }

  async function post(
    event: StripeEvent,
    endpoint: WebhookEndpoint,
    fault: DeliveryFault | undefined,
  ): Promise<{ status: number | null; error: string | null }> {
    if (fault === 'drop') return { status: null, error: 'lost on the way' }
    const times = typeof fault === 'object' && 'times' in fault ? fault.times : 1
    const body = JSON.stringify({ ...event, api_version: endpoint.api_version ?? event.api_version }, null, 2)
    let last: { status: number | null; error: string | null } = { status: null, error: null }
    for (let sent = 0; sent < times; sent++) last = await postOnce(endpoint, body)
    return last
  }

  async function postOnce(endpoint: WebhookEndpoint, body: string) {
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signature(body, world.secrets.get(endpoint.id) ?? ''),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeout)]),
      })
      await response.arrayBuffer()
      return { status: response.status, error: null }
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return { status: null, error: cause instanceof Error ? cause.message : String(cause) }
    }
  }

  function wanted(event: StripeEvent) {
    return [...world.endpoints.newest()].filter(
      endpoint =>
        endpoint.status === 'enabled' &&
        endpoint.enabled_events.some(type => type === '*' || type === event.type),
    )
  }

  return {
    all: () => [...all].reverse(),
    send(event) {
      for (const endpoint of wanted(event)) start(event, endpoint)
    },
    resend(event, id) {
      for (const endpoint of wanted(event)) if (id === undefined || endpoint.id === id) start(event, endpoint)
    },
    catchUp() {
      for (const [delivery, { run }] of [...waiting])
        if (delivery.nextAt !== null && delivery.nextAt <= world.clock.now()) run()
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    close() {
      closing.abort()
      for (const { timer } of waiting.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}

/** The `Stripe-Signature` of a body, made with the machine's real time: the receiver's tolerance knows no other. */
function signature(body: string, secret: string, at = Math.floor(Date.now() / 1000)): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
}

function pause(ms: number) {
  return new Promise<void>(resolve => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)))
}
