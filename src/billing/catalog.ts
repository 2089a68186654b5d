import type Stripe from 'stripe'
import type { Plan, Tier } from '../plan.ts'
import type { Ask } from './stripe.ts'

/** What is for sale in the whole Stripe account; a community sells what has a role there. */
export interface Catalog {
  /** Active products with their active recurring prices that have a lookup key, cheapest first. */
  tiers(): Promise<Tier[]>
  /** The plan a person named by price id or lookup key, with its tier. */
  find(name: string): Promise<{ tier: Tier; plan: Plan } | undefined>
  /** The next `tiers` asks Stripe again. */
  refresh(): void
}

const maxAgeMs = 60_000

/** A catalog that is a minute old at most, and asks Stripe once however many ask it at the same time. */
export function createCatalog({
  stripe,
  ask,
  now,
}: {
  stripe: Stripe
  ask: Ask
  now: () => number
}): Catalog {
  let read: { at: number; tiers: Promise<Tier[]> } | undefined

  const tiers = () => {
    const age = read ? now() - read.at : Number.POSITIVE_INFINITY
    if (!read || age >= maxAgeMs || age < 0) {
      const fresh = { at: now(), tiers: ask(() => readTiers(stripe)) }
      fresh.tiers.catch(() => {
        // A failure is not an answer to keep.
        if (read === fresh) read = undefined
      })
      read = fresh
    }
    return read.tiers
  }

  return {
    tiers,
    async find(name) {
      for (const tier of await tiers())
        for (const plan of tier.plans)
          if (plan.priceId === name || plan.lookupKey === name) return { tier, plan }
      return undefined
    },
    refresh() {
      read = undefined
    },
  }
}

async function readTiers(stripe: Stripe): Promise<Tier[]> {
  const tiers = new Map<string, Tier>()
  const prices = stripe.prices.list({ active: true, type: 'recurring', expand: ['data.product'], limit: 100 })
  for await (const price of prices) {
    const product = typeof price.product === 'string' || price.product.deleted ? undefined : price.product
    const plan = planOf(price)
    if (!product?.active || !plan) continue
    const tier = tiers.get(product.id) ?? tierOf(product)
    tier.plans.push(plan)
    tiers.set(product.id, tier)
  }
  const cheapest = (tier: Tier) =>
    Math.min(...tier.plans.map(plan => plan.amount ?? Number.POSITIVE_INFINITY))
  for (const tier of tiers.values()) tier.plans.sort((a, b) => (a.amount ?? 0) - (b.amount ?? 0))
  return [...tiers.values()].sort((a, b) => cheapest(a) - cheapest(b) || a.name.localeCompare(b.name))
}

const tierOf = (product: Stripe.Product): Tier => ({
  productId: product.id,
  name: product.name,
  description: product.description ?? undefined,
  image: product.images[0],
  features: product.marketing_features.flatMap(feature => (feature.name ? [feature.name] : [])),
  plans: [],
})

/** The plan that a price is; `undefined` for one without a lookup key or without a rhythm. */
export function planOf(price: Stripe.Price): Plan | undefined {
  if (!price.lookup_key || !price.recurring) return undefined
  return {
    priceId: price.id,
    lookupKey: price.lookup_key,
    nickname: price.nickname ?? undefined,
    amount: price.recurring.usage_type === 'metered' ? undefined : (price.unit_amount ?? undefined),
    currency: price.currency,
    interval: price.recurring.interval,
    intervalCount: price.recurring.interval_count,
  }
}
