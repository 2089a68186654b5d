import type Stripe from 'stripe'
import { communityOf, type MemberId } from '../member.ts'
import type { Plan } from '../plan.ts'
import { underKey } from './attempts.ts'
import type { Customers } from './customers.ts'
import { blocksAnother, isForPlan, type Subscription } from './entitlement.ts'
import { type Ask, isUnknown } from './stripe.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Stripe's own pages for a customer. Each link is a bearer secret of minutes: made for one request, shown to one person. */
export interface Portal {
  /** The portal's front page, of the customer that pays; `undefined` for a member who has no customer. */
  link(member: MemberId): Promise<string | undefined>
  /** The page that confirms changing a subscription to `plan`. */
  changeLink(
    member: MemberId,
    subscription: Subscription,
    plan: Plan & { productId: string },
  ): Promise<string>
  /** The configuration that `link` opens; made if the account has none. */
  ensureConfiguration(): Promise<Stripe.BillingPortal.Configuration>
}

const configurationMaxAgeMs = 10 * 60_000

export function createPortal(deps: {
  stripe: Stripe
  ask: Ask
  customers: Customers
  subscriptions: Pick<Subscriptions, 'of'>
  now: () => number
  /** Where a community is found in a browser: the way back from Stripe's pages. */
  home: (community: `${string}:${string}`) => Promise<string>
}): Portal {
  const { stripe, ask, customers, subscriptions, now, home } = deps
  const remembered = new Map<string, { at: number; configuration: Stripe.BillingPortal.Configuration }>()

  // Found again by its metadata, so that no number of processes or restarts makes a second one.
  const configurationFor = async (
    purpose: string,
    isIt: (configuration: Stripe.BillingPortal.Configuration) => boolean,
    params: Stripe.BillingPortal.ConfigurationCreateParams,
  ) => {
    const known = remembered.get(purpose)
    if (known && now() - known.at < configurationMaxAgeMs) return known.configuration
    const configuration = await ask(async () => {
      for await (const each of stripe.billingPortal.configurations.list({ active: true, limit: 100 }))
        if (isIt(each)) return each
      return underKey(`portal:${purpose}`, options =>
        stripe.billingPortal.configurations.create(params, options),
      )
    })
    remembered.set(purpose, { at: now(), configuration })
    return configuration
  }

  const ensureConfiguration = () =>
    configurationFor('billing', each => each.is_default || each.metadata?.chat_portal === 'billing', {
      metadata: { chat_portal: 'billing' },
      features: {
        customer_update: { enabled: true, allowed_updates: ['email', 'address', 'tax_id'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true, mode: 'at_period_end' },
      },
    })

  // The portal refuses two prices of one product with the same interval; a configuration of one target price is always fine.
  const changeConfiguration = ({ priceId, productId }: Plan & { productId: string }) =>
    configurationFor(priceId, each => each.metadata?.chat_price === priceId, {
      metadata: { chat_price: priceId },
      features: {
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          proration_behavior: 'always_invoice',
          products: [{ product: productId, prices: [priceId] }],
        },
      },
    })

  // The portal is one customer's: of several, theirs is the one that they pay with.
  const payerOf = async (member: MemberId): Promise<string | undefined> => {
    const all = await customers.of(member)
    if (all.length < 2) return all[0]
    const running = (await subscriptions.of(all)).filter(blocksAnother)
    return (running.find(isForPlan) ?? running[0])?.customer ?? all[0]
  }

  const link = async (member: MemberId): Promise<string | undefined> => {
    const customer = await payerOf(member)
    if (!customer) return undefined
    const [configuration, return_url] = await Promise.all([ensureConfiguration(), home(communityOf(member))])
    try {
      const { url } = await ask(() =>
        stripe.billingPortal.sessions.create({ customer, return_url, configuration: configuration.id }),
      )
      return url
    } catch (error) {
      if (!isUnknown(error)) throw error
      // It may have been deleted, and the event of that lost.
      await customers.relink(customer)
      if ((await customers.of(member)).includes(customer)) throw error
      return link(member)
    }
  }

  return {
    ensureConfiguration,
    link,
    async changeLink(member, subscription, plan) {
      const [configuration, return_url] = await Promise.all([
        changeConfiguration(plan),
        home(communityOf(member)),
      ])
      const item = subscription.items[0]
      const { url } = await ask(() =>
        stripe.billingPortal.sessions.create({
          customer: subscription.customer,
          return_url,
          configuration: configuration.id,
          flow_data: {
            type: 'subscription_update_confirm',
            subscription_update_confirm: {
              subscription: subscription.id,
              items: [{ id: item?.id ?? '', price: plan.priceId, quantity: 1 }],
            },
            after_completion: { type: 'redirect', redirect: { return_url } },
          },
        }),
      )
      return url
    },
  }
}
