import type { Api } from '../core/api.ts'
import { invalid, missing } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { bury, need } from '../core/lookup.ts'
import type { WebhookEndpoint } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'

const LIMIT = 16

/** `/v1/webhook_endpoints` and `/v1/events`. */
export function serveWebhooks(api: Api, world: World) {
  api.on(
    'POST',
    '/v1/webhook_endpoints',
    'api_version connect description enabled_events metadata url',
    ({ params }) => {
      const endpoint = createEndpoint(world, {
        url: urlOf(params),
        enabledEvents: params.texts('enabled_events') ?? [],
        apiVersion: params.text('api_version') ?? null,
        description: params.clearable('description') ?? null,
        metadata: mergedMetadata({}, params),
      })
      // The secret is told once, here.
      return { ...endpoint, secret: world.secrets.get(endpoint.id) }
    },
  )
  api.on('GET', '/v1/webhook_endpoints', 'limit starting_after ending_before', ({ params }) =>
    page(world.endpoints, params, { url: '/v1/webhook_endpoints', noun: 'webhook endpoint' }),
  )
  api.on('GET', '/v1/webhook_endpoints/:id', '', ({ id }) => need(world.endpoints, 'webhook endpoint', id))
  api.on(
    'POST',
    '/v1/webhook_endpoints/:id',
    'description disabled enabled_events metadata url',
    ({ id, params }) => {
      const endpoint = need(world.endpoints, 'webhook endpoint', id)
      const disabled = params.flag('disabled')
      if (params.has('url')) endpoint.url = urlOf(params)
      if (disabled !== undefined) endpoint.status = disabled ? 'disabled' : 'enabled'
      endpoint.enabled_events = params.texts('enabled_events') ?? endpoint.enabled_events
      endpoint.description = params.clearable('description') ?? endpoint.description
      endpoint.metadata = mergedMetadata(endpoint.metadata, params)
      world.touch(endpoint)
      return endpoint
    },
  )
  api.on('DELETE', '/v1/webhook_endpoints/:id', '', ({ id }) => {
    const endpoint = need(world.endpoints, 'webhook endpoint', id)
    return bury(world, world.endpoints, endpoint)
  })

  api.on(
    'GET',
    '/v1/events',
    'created delivery_success limit starting_after ending_before type types',
    ({ params }) => {
      const type = params.text('type')
      const types = params.texts('types')
      return page(world.events, params, {
        url: '/v1/events',
        noun: 'event',
        keep: event =>
          (type === undefined || fits(type, event.type)) && (!types || types.includes(event.type)),
      })
    },
  )
  api.on('GET', '/v1/events/:id', '', ({ id }) => need(world.events, 'event', id))
}

// `customer.*` asks for a whole family.
function fits(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
}

function urlOf(params: Reader): string {
  const url = params.required('url')
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
      param: 'url',
      code: 'url_invalid',
    })
  return url
}

/** What an endpoint is made of. */
export interface EndpointOf {
  url: string
  enabledEvents: string[]
  apiVersion?: string | null
  description?: string | null
  metadata?: Record<string, string>
  /** The signing secret, when the receiver has one already. */
  secret?: string
}

/** Makes an endpoint; its signing secret is kept beside it. */
export function createEndpoint(world: World, of: EndpointOf): WebhookEndpoint {
  if (of.enabledEvents.length === 0) throw missing('enabled_events')
  if (world.endpoints.size >= LIMIT)
    throw invalid(`You have reached the maximum of ${LIMIT} test webhook endpoints.`)
  const endpoint: WebhookEndpoint = {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: of.apiVersion ?? null,
    application: null,
    created: world.now(),
    description: of.description ?? null,
    enabled_events: of.enabledEvents,
    livemode: false,
    metadata: of.metadata ?? {},
    status: 'enabled',
    url: of.url,
  }
  world.secrets.set(endpoint.id, of.secret ?? newId('whsec'))
  world.touch(endpoint)
  return world.endpoints.add(endpoint)
}
