import type Stripe from 'stripe'
import { type Endpoint, type Endpoints, endpointUrl } from './endpoint.ts'
import type { KeyReport } from './permissions.ts'
import type { Ask } from './stripe.ts'

/** What members may do in the customer portal. */
export interface PortalReport {
  canCancel: boolean
  canChangeCard: boolean
  canSeeInvoices: boolean
}

/** How the Stripe account stands, read from it at each call; changes nothing. */
export interface Account {
  /** What the key is and may do; throws when Stripe refuses it or can't be reached. */
  key(): Promise<KeyReport>
  /** The endpoint that calls the bot, where `isLocal` says that Stripe can't reach this address anyway. */
  endpoint(): Promise<{
    url: string
    isLocal: boolean
    endpoint: Endpoint | undefined
    /** Whether the settings hold its signing secret; `undefined` where nobody can tell. */
    hasSecret: boolean | undefined
  }>
  /** The portal that members open; `undefined` while there is none. */
  portal(): Promise<PortalReport | undefined>
  /** Active recurring prices that nobody can buy here for want of a lookup key: their ids. */
  unnamedPrices(): Promise<string[]>
}

export function createAccount(deps: {
  stripe: Stripe
  ask: Ask
  endpoints: Endpoints
  inspectKey: () => Promise<KeyReport>
  publicUrl: string
  webhookSecrets: readonly string[]
}): Account {
  const { stripe, ask, endpoints, inspectKey, publicUrl, webhookSecrets } = deps
  return {
    key: inspectKey,
    async endpoint() {
      const { here } = await endpoints.find(publicUrl)
      const isOurs = (each: Endpoint) => each.hasSecret(webhookSecrets)
      const endpoint = here.find(each => each.isEnabled && isOurs(each) !== false) ?? here[0]
      return {
        url: endpointUrl(publicUrl),
        isLocal: isLocal(publicUrl),
        endpoint,
        hasSecret: endpoint && isOurs(endpoint),
      }
    },
    async portal() {
      const { data } = await ask(() => stripe.billingPortal.configurations.list({ active: true, limit: 100 }))
      const opened = data.find(each => each.is_default || each.metadata?.chat_portal === 'billing')
      if (!opened) return undefined
      const { subscription_cancel, payment_method_update, invoice_history } = opened.features
      return {
        canCancel: subscription_cancel.enabled,
        canChangeCard: payment_method_update.enabled,
        canSeeInvoices: invoice_history.enabled,
      }
    },
    unnamedPrices: () =>
      ask(async () => {
        const { data } = await stripe.prices.list({ active: true, type: 'recurring', limit: 100 })
        return data.filter(({ lookup_key }) => !lookup_key).map(({ id }) => id)
      }),
  }
}

const isLocal = (url: string): boolean =>
  /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(new URL(url).hostname)
