import { Router } from 'express'
import type { ChatPlatform } from '../platforms/platform.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'

/** `/readyz`: the store answers, and every platform has been connected once. `/metrics`: Prometheus. */
export function healthRoutes(deps: {
  store: Store
  platforms: readonly ChatPlatform[]
  isStarted: () => boolean
  metrics: Metrics
}): Router {
  const { store, platforms, isStarted, metrics } = deps
  const router = Router()
  router.get('/readyz', async (_, response) => {
    const isStoreThere = await store.check().then(
      () => true,
      () => false,
    )
    const state = {
      store: isStoreThere,
      platforms: Object.fromEntries(platforms.map(each => [each.name, each.health()])),
    }
    response.status(isStoreThere && isStarted() ? 200 : 503).json(state)
  })
  router.get('/metrics', async (_, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.text())
  })
  return router
}
