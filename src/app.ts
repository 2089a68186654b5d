import type { Logger } from 'pino'
import { type Access, createAccess } from './access/access.ts'
import { type Billing, createBilling } from './billing/billing.ts'
import { isLiveKey } from './billing/stripe.ts'
import { loadCommands } from './commands.ts'
import type { Config } from './config.ts'
import { createDispatch } from './dispatch.ts'
import { RetryLater } from './errors.ts'
import type { CommunityId } from './member.ts'
import { connect } from './platforms/connect.ts'
import { createPlatforms } from './platforms/platforms.ts'
import { openStore } from './store/store.ts'
import { checkoutPages } from './web/checkout-pages.ts'
import { healthRoutes } from './web/health-routes.ts'
import { createMetrics } from './web/metrics.ts'
import { openWeb } from './web/web.ts'
import { webhookRoute } from './web/webhook-route.ts'

/** A running bot. */
export interface App {
  /** Where its web server is reached on this machine. */
  url: string
  /** What browsers call it. */
  publicUrl: string
  access: Access
  billing: Billing
  /** Resolves when every platform was connected once; rejects when one never can be, or the bot stops before. */
  connected: Promise<void>
  /** Takes no more work and finishes what runs; what is left is on disk. */
  stop(): Promise<void>
}

/** The only wiring: makes every part from what it needs, and starts them in the order that loses nothing. */
export async function startApp(
  given: Config,
  log: Logger,
  /** How often what waits for a person is checked; every minute unless said. */
  time: { now?: () => number; checkEveryMs?: number } = {},
): Promise<App> {
  const { checkEveryMs } = time
  const web = await openWeb({ host: given.host, port: given.port, log })
  const url = `http://127.0.0.1:${web.port}`
  const publicUrl = given.publicUrl ?? `http://localhost:${web.port}`
  const closing: (() => Promise<void>)[] = [web.close]
  const stop = async () => {
    for (const close of closing.splice(0)) await close()
  }
  try {
    const sandbox = given.isSandbox
      ? await (await import('./sandbox/sandbox.ts')).startSandbox({ url, publicUrl, log })
      : undefined
    if (sandbox) closing.push(sandbox.close)
    const config: Config = { ...given, ...sandbox?.config }
    const now = sandbox?.now ?? time.now ?? Date.now

    const store = await openStore(config.storeUrl, { fresh: config.isSandbox })
    closing.splice(1, 0, store.close)
    if (sandbox) closing.unshift(sandbox.hangUp)
    const commands = await loadCommands()
    const { platforms, routes } = await createPlatforms({
      config,
      publicUrl,
      commands,
      memory: name => store.collection(name),
      log,
    })

    const home = async (community: CommunityId) => {
      const platform = platforms.find(({ name }) => community.startsWith(`${name}:`))
      if (!platform) throw new Error(`no platform for ${community}`)
      const described = await platform.describe(community)
      return sandbox ? { ...described, url: sandbox.home } : described
    }
    const billing = createBilling({
      secretKey: config.stripe.secretKey,
      apiBase: config.stripe.apiBase,
      refundEndsAccess: config.refundEndsAccess,
      publicUrl,
      webhookSecrets: config.stripe.webhookSecrets,
      store,
      now,
      lost: (member, customer) =>
        access.queue.mark(`member:${member}`, { what: 'event', detail: `${customer} is no longer theirs` }),
      home: async community => (await home(community)).url,
    })
    const access: Access = createAccess({
      store,
      billing,
      platforms,
      log,
      now,
      ...config,
      ...(checkEveryMs && { checkEveryMs }),
    })
    const dispatch = createDispatch({ commands, billing, access, log, now })
    const metrics = createMetrics()
    metrics.watch('velvet_marks_waiting', 'Looks that are due', () => access.queue.waiting().count)
    let isStarted = false
    const webhook = webhookRoute({
      secrets: config.stripe.webhookSecrets,
      isLive: isLiveKey(config.stripe.secretKey),
      access,
      catalog: billing.catalog,
      metrics,
      log,
    })
    web.ready(
      webhook,
      checkoutPages({ billing, access, home }),
      healthRoutes({ store, platforms, isStarted: () => isStarted, metrics }),
      ...routes,
      ...(sandbox ? [sandbox.playground] : []),
    )

    await checkKey(billing, log)
    const stopping = new AbortController()
    // All at once: a look that a far end keeps waiting must not keep the chats open for more work.
    closing.unshift(async () => {
      stopping.abort()
      await Promise.all([access.stop(), ...platforms.map(platform => platform.stop())])
    })
    const connecting = platforms.map(platform =>
      connect(platform, { ...dispatch, ...access.heard }, { stop: stopping.signal, log }),
    )
    const connections = await allOf(connecting)
    await access.start()
    await sandbox?.ready()
    const allConnected = Promise.all(connections.map(({ connected }) => connected)).then(() => {
      isStarted = true
    })
    allConnected.catch((error: unknown) => {
      if (!stopping.signal.aborted) log.fatal({ err: error }, 'a platform can never be connected')
    })
    return { url, publicUrl, access, billing, connected: allConnected, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

// Two tokens that are refused are two lines to the operator, not two starts.
async function allOf<Value>(promises: Promise<Value>[]): Promise<Value[]> {
  const outcomes = await Promise.allSettled(promises)
  const refusals: unknown[] = outcomes.flatMap(each => (each.status === 'rejected' ? [each.reason] : []))
  if (refusals.length > 1) throw new AggregateError(refusals)
  return Promise.all(promises)
}

// A refused key is the operator's to mend before anything is sold; a Stripe that is down is only late.
async function checkKey(billing: Billing, log: Logger): Promise<void> {
  try {
    await billing.checkKey()
  } catch (error) {
    if (!(error instanceof RetryLater)) throw error
    log.warn({ err: error }, 'stripe does not answer yet, going on')
  }
}
