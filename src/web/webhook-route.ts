import express, { Router } from 'express'
import type { Logger } from 'pino'
import type { Access } from '../access/access.ts'
import type { Catalog } from '../billing/catalog.ts'
import { readDelivery } from '../billing/webhook.ts'
import type { Metrics } from './metrics.ts'

/**
 * Where Stripe's events come in. 2xx only after the mark is on disk; 400 for what Stripe didn't sign; 500 when the store
 * can't write, so that Stripe sends again.
 */
export function webhookRoute(deps: {
  secrets: readonly string[]
  isLive: boolean
  access: Access
  catalog: Catalog
  metrics: Metrics
  log: Logger
}): Router {
  const { secrets, isLive, access, catalog, metrics, log } = deps
  const router = Router()
  router.post(
    '/stripe/webhook',
    express.raw({ type: () => true, limit: '1mb' }),
    async (request, response) => {
      const body: unknown = request.body
      const signature = request.headers['stripe-signature']
      const hint = readDelivery(
        Buffer.isBuffer(body) ? body : '',
        typeof signature === 'string' ? signature : undefined,
        {
          secrets,
          isLive,
        },
      )
      metrics.delivered(hint.kind)
      if (hint.kind === 'refused') {
        log.warn({ reason: hint.reason }, 'a webhook delivery was refused')
        response.status(400).type('text').send(`${hint.reason}\n`)
        return
      }
      if (hint.kind === 'wrong mode')
        log.warn(
          { type: hint.type, event: hint.id },
          `an event of the other mode (the key is ${isLive ? 'live' : 'test'})`,
        )
      if (hint.kind === 'catalog') catalog.refresh()
      if (hint.kind === 'look')
        await access.queue.mark(hint.who, { what: 'event', detail: `${hint.type} ${hint.id}` })
      if (hint.kind !== 'wrong mode') await access.delivered()
      response.json({ received: true })
    },
  )
  return router
}
