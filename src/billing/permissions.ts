import Stripe from 'stripe'
import { OperatorError } from '../errors.ts'
import { type Ask, isLiveKey } from './stripe.ts'

/** What a secret key is and may do. */
export interface KeyReport {
  isLive: boolean
  isRestricted: boolean
  /** The account's name; `undefined` where the key may not read it. */
  account: string | undefined
  /** Lower-case code of the currency that the account's owner works in, where it can be read. */
  currency: string | undefined
  /** Permissions of a restricted key that the bot needs and it hasn't, as the dashboard calls them. */
  missing: string[]
}

const nobody = 'velvet_rope_permission_check'

/**
 * What the bot needs of a restricted key, as the dashboard names it, and a question that changes nothing and that Stripe
 * answers only to a key that has it: a list of one, or a change to something that isn't there.
 */
export const keyPermissions: readonly { name: string; ask: (stripe: Stripe) => Promise<unknown> }[] = [
  { name: 'Customers: Write', ask: stripe => stripe.customers.update(`cus_${nobody}`, { metadata: {} }) },
  { name: 'Subscriptions: Write', ask: stripe => stripe.subscriptions.update(`sub_${nobody}`, {}) },
  { name: 'Checkout Sessions: Write', ask: stripe => stripe.checkout.sessions.expire(`cs_${nobody}`) },
  {
    name: 'Customer portal: Write',
    ask: stripe => stripe.billingPortal.configurations.update(`bpc_${nobody}`, {}),
  },
  { name: 'Webhook Endpoints: Write', ask: stripe => stripe.webhookEndpoints.update(`we_${nobody}`, {}) },
  { name: 'Products: Read', ask: stripe => stripe.products.list({ limit: 1 }) },
  { name: 'Prices: Read', ask: stripe => stripe.prices.list({ limit: 1 }) },
  { name: 'Invoices: Read', ask: stripe => stripe.invoices.list({ limit: 1 }) },
  { name: 'PaymentIntents: Read', ask: stripe => stripe.paymentIntents.list({ limit: 1 }) },
  { name: 'Charges and Refunds: Read', ask: stripe => stripe.charges.list({ limit: 1 }) },
  { name: 'Disputes: Read', ask: stripe => stripe.disputes.list({ limit: 1 }) },
]

/** Looks at a key through Stripe's eyes; throws where Stripe refuses it or can't be reached. */
export function createKeyCheck(deps: {
  stripe: Stripe
  ask: Ask
  secretKey: string
}): () => Promise<KeyReport> {
  const { stripe, ask, secretKey } = deps

  const has = async (question: () => Promise<unknown>): Promise<boolean> => {
    try {
      await ask(question)
    } catch (error) {
      if (error instanceof OperatorError && error.problem.id === 'stripe:permission') return false
      const isRefused = error instanceof OperatorError && error.problem.id === 'stripe:key'
      const isAnswer =
        error instanceof OperatorError || error instanceof Stripe.errors.StripeInvalidRequestError
      if (isRefused || !isAnswer) throw error
    }
    return true
  }

  return async () => {
    const isRestricted = secretKey.startsWith('rk_')
    const [account, ...answers] = await Promise.all([
      ask(() => stripe.accounts.retrieveCurrent()).catch((error: unknown) => {
        if (error instanceof OperatorError && error.problem.id === 'stripe:permission') return undefined
        throw error
      }),
      ...(isRestricted ? keyPermissions.map(each => has(() => each.ask(stripe))) : []),
    ])
    return {
      isLive: isLiveKey(secretKey),
      isRestricted,
      account: account?.settings?.dashboard.display_name ?? account?.business_profile?.name ?? account?.id,
      currency: account?.default_currency,
      missing: keyPermissions.filter((_, index) => answers[index] === false).map(({ name }) => name),
    }
  }
}
