import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { type Ask, stripeApiVersion } from './stripe.ts'
import { webhookEvents } from './webhook.ts'

/** One webhook endpoint of the account, as the bot sees it. */
export interface Endpoint {
  id: string
  url: string
  isEnabled: boolean
  /** The API version that its payloads have; it can't be changed. */
  version: string | undefined
  isPinned: boolean
  /** Events that the bot needs and that aren't sent there. */
  missing: string[]
  /** Whether one of these is its signing secret; `undefined` where nobody can tell. */
  hasSecret(secrets: readonly string[]): boolean | undefined
}

/** The endpoints through which Stripe reaches the bot. */
export interface Endpoints {
  /** Those that call the bot at `publicUrl`, and those that a bot like this one made for another address. */
  find(publicUrl: string): Promise<{ here: Endpoint[]; elsewhere: Endpoint[] }>
  /** Makes one with every event and the pinned version. Stripe tells its secret this once. */
  create(publicUrl: string): Promise<{ id: string; secret: string }>
  /** Gives it the address, the events it lacks, and life. Events that somebody added stay. */
  mend(id: string, publicUrl: string): Promise<void>
  /** Remembers at the endpoint, as a fingerprint, which secret is its own. */
  remember(id: string, secret: string): Promise<void>
  remove(id: string): Promise<void>
}

/** Where Stripe is to send events for a bot that the world reaches at `publicUrl`. */
export const endpointUrl = (publicUrl: string): string => `${publicUrl.replace(/\/+$/, '')}/stripe/webhook`

const mark = { chat_endpoint: 'velvet-rope' }

export function createEndpoints({ stripe, ask }: { stripe: Stripe; ask: Ask }): Endpoints {
  return {
    async find(publicUrl) {
      const url = endpointUrl(publicUrl)
      const all = await ask(() => stripe.webhookEndpoints.list({ limit: 100 }))
      return {
        here: all.data.filter(each => each.url === url).map(endpointOf),
        elsewhere: all.data
          .filter(each => each.url !== url && each.metadata.chat_endpoint === mark.chat_endpoint)
          .map(endpointOf),
      }
    },
    create: publicUrl =>
      ask(async () => {
        const { id, secret = '' } = await stripe.webhookEndpoints.create({
          url: endpointUrl(publicUrl),
          description: 'Velvet Rope',
          enabled_events: [...webhookEvents],
          api_version: stripeApiVersion,
          metadata: mark,
        })
        return { id, secret }
      }),
    async mend(id, publicUrl) {
      await ask(async () => {
        const { enabled_events } = await stripe.webhookEndpoints.retrieve(id)
        const hasAll = enabled_events.includes('*')
        const wanted: readonly string[] = [...new Set([...enabled_events, ...webhookEvents])]
        await stripe.webhookEndpoints.update(id, {
          url: endpointUrl(publicUrl),
          disabled: false,
          // What the account sends already is one of Stripe's own words.
          ...(!hasAll && { enabled_events: wanted as Stripe.WebhookEndpointUpdateParams.EnabledEvent[] }),
          metadata: mark,
        })
      })
    },
    async remember(id, secret) {
      await ask(() =>
        stripe.webhookEndpoints.update(id, { metadata: { ...mark, chat_secret: fingerprint(secret) } }),
      )
    },
    async remove(id) {
      await ask(() => stripe.webhookEndpoints.del(id))
    },
  }
}

function endpointOf(endpoint: Stripe.WebhookEndpoint): Endpoint {
  const { id, url, status, api_version, enabled_events, metadata } = endpoint
  const known = metadata.chat_secret
  return {
    id,
    url,
    isEnabled: status === 'enabled',
    version: api_version ?? undefined,
    isPinned: api_version === stripeApiVersion,
    missing: enabled_events.includes('*') ? [] : webhookEvents.filter(type => !enabled_events.includes(type)),
    hasSecret: secrets => (known ? secrets.some(secret => fingerprint(secret) === known) : undefined),
  }
}

// Long enough to tell two secrets apart, and nothing that one could sign with.
const fingerprint = (secret: string) => createHash('sha256').update(secret).digest('hex').slice(0, 16)
