import { createServer } from 'node:http'
import express from 'express'
import { type Clock, createClock } from '../clock.ts'
import { settleSession } from './checkout/complete.ts'
import { createApi, type Log } from './core/api.ts'
import { type Change, createChanges } from './core/changes.ts'
import type { Faults } from './core/faults.ts'
import { newId } from './core/ids.ts'
import type * as Kept from './core/objects.ts'
import { createDriver, type Driver } from './driver.ts'
import { invoiceOf, settle } from './invoices/collect.ts'
import { broken, unrecognized } from './last-resorts.ts'
import { type Objects, objectsOf } from './objects-view.ts'
import { servePages } from './pages/pages.ts'
import { saveDefaultConfiguration } from './portal/configurations.ts'
import { serveApi } from './routes.ts'
import { followInvoices } from './subscriptions/dunning.ts'
import { createDeliveries, type Delivery } from './webhooks/deliveries.ts'
import { createEndpoint, type EndpointOf } from './webhooks/endpoints.ts'
import { type AccountSettings, createWorld, type World } from './world.ts'

const API_VERSION = '2026-10-28.endive'
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How the account is to be; everything has a default. */
export interface StripeStandInOptions {
  /** 0, the default, lets the system choose. */
  port?: number
  clock?: Clock
  /** The only key that is accepted. */
  secretKey?: string
  /** Milliseconds before each further attempt to deliver an event. */
  retryDelays?: readonly number[]
  /** After how many milliseconds without an answer a delivery has failed. */
  deliveryTimeout?: number
  settings?: Partial<AccountSettings>
  /** False for an account whose owner never saved the portal's settings, which has no default configuration. */
  hasPortalSettings?: boolean
  log?: Log
}

/** A Stripe account on this machine: its API, its hosted pages, its events, and the hands that pay. */
export interface StripeStandIn extends Driver {
  /** The bare origin: `http://127.0.0.1:PORT`. */
  url: string
  secretKey: string
  clock: Clock
  faults: Faults
  /** The account's settings, to be changed at any time. */
  settings: AccountSettings
  objects: Objects
  /** Moves the clock ahead through everything that falls due, in order; resolves when the events of it were sent once. */
  advance(ms: number): Promise<void>
  /** Tells of every object, event and delivery that changes; answers the function that ends it. */
  subscribe(listener: (change: Change) => void): () => void
  /** Adds an endpoint with a secret that its receiver has already, as `stripe listen` would. */
  listen(endpoint: EndpointOf): Kept.WebhookEndpoint
  /** The last thousand deliveries, newest first. */
  deliveries(): Delivery[]
  /** Sends an event once more. */
  resend(event: string, endpoint?: string): void
  /** Resolves when no delivery is under way. Those that wait for a later retry don't count. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Starts the stand-in for Stripe on this machine's loopback address. */
export async function createStripeStandIn(options: StripeStandInOptions = {}): Promise<StripeStandIn> {
  const {
    port = 0,
    clock = createClock(),
    secretKey = `sk_test_${newId('key').slice(4)}`,
    hasPortalSettings = true,
    log = () => {},
  } = options
  const changes = createChanges()
  const settings: AccountSettings = {
    paymentRetries: [3 * DAY, 5 * DAY, 7 * DAY],
    afterLastRetry: 'cancel',
    draftFor: HOUR,
    debitTakes: 4 * DAY,
    refundTakes: 5 * DAY,
    searchLag: MINUTE,
    ...options.settings,
  }
  const faults: Faults = {}
  const world = createWorld({ clock, changes, settings, apiVersion: API_VERSION })
  const deliveries = createDeliveries(world, {
    retryDelays: options.retryDelays ?? [SECOND, 5 * SECOND, 30 * SECOND, 5 * MINUTE, HOUR, 6 * HOUR, DAY],
    timeout: options.deliveryTimeout ?? 10 * SECOND,
    faults,
  })
  world.hooks.deliver = deliveries.send
  world.hooks.paymentSettled = intent => settlePayment(world, intent)
  followInvoices(world)

  const app = express().disable('x-powered-by').disable('etag')
  app.use(express.text({ type: () => true, limit: '1mb' }))
  serveApi(createApi(app, world, { secretKey, faults }), world)
  servePages(app, world)
  app.use(unrecognized(log))
  app.use(broken)
  const server = createServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  world.origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`
  if (hasPortalSettings) saveDefaultConfiguration(world)

  const runDue = () => {
    world.timers.run(clock.now())
    deliveries.catchUp()
  }
  // Real time passes too, and others may move the clock.
  const heartbeat = setInterval(runDue, SECOND).unref()

  return {
    ...createDriver(world),
    url: world.origin,
    secretKey,
    clock,
    faults,
    settings,
    objects: objectsOf(world),
    async advance(ms) {
      const target = clock.now() + ms
      for (let next = world.timers.next(); next !== undefined && next <= target; next = world.timers.next()) {
        clock.moveTo(next)
        runDue()
        await deliveries.settled()
      }
      clock.moveTo(target)
      runDue()
      changes.tell({ kind: 'clock', id: String(target), type: 'clock' })
      await deliveries.settled()
    },
    subscribe: changes.subscribe,
    listen: endpoint => createEndpoint(world, endpoint),
    deliveries: deliveries.all,
    resend(id, endpoint) {
      const event = world.events.get(id)
      if (!event) throw new Error(`the Stripe stand-in knows no ${id}`)
      deliveries.resend(event, endpoint)
    },
    settled: deliveries.settled,
    async close() {
      clearInterval(heartbeat)
      deliveries.close()
      await new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function settlePayment(world: World, intent: Kept.PaymentIntent) {
  const isPaid = intent.status === 'succeeded'
  const invoice = invoiceOf(world, intent)
  if (invoice?.status === 'open')
    settle(world, invoice, isPaid ? 'succeeded' : 'failed', { isPresent: false })
  settleSession(world, intent.id, isPaid)
}
