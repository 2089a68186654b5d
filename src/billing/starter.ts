import type Stripe from 'stripe'
import { decimalsOf } from '../plan.ts'
import type { Ask } from './stripe.ts'

/** What an operator begins with when Stripe is empty. */
export interface Starter {
  /**
   * One product with three monthly prices (10, 20, 30 in `currency`), each with a lookup key and a nickname; run again it
   * changes nothing. Answers what it made; empty when all was there.
   */
  seed(currency: string): Promise<string[]>
}

const product = {
  id: 'velvet_membership',
  name: 'Membership',
  description: 'Support the community and step behind the velvet rope.',
  marketing_features: [{ name: 'The members-only rooms' }, { name: 'A role that shows your support' }],
}

const prices = [
  { lookup_key: 'basic_monthly', nickname: 'Basic', units: 10 },
  { lookup_key: 'pro_monthly', nickname: 'Pro', units: 20 },
  { lookup_key: 'patron_monthly', nickname: 'Patron', units: 30 },
]

export function createStarter({ stripe, ask }: { stripe: Stripe; ask: Ask }): Starter {
  return {
    seed: currency =>
      ask(async () => {
        const made: string[] = []
        const existing = await stripe.prices.list({
          lookup_keys: prices.map(each => each.lookup_key),
          limit: 100,
        })
        const missing = prices.filter(
          ({ lookup_key }) => !existing.data.some(price => price.lookup_key === lookup_key),
        )
        if (missing.length === 0) return made
        if (!(await hasProduct())) {
          await stripe.products.create(product)
          made.push(`product ${product.name}`)
        }
        for (const { units, ...price } of missing) {
          await stripe.prices.create({
            ...price,
            product: product.id,
            currency,
            unit_amount: units * unitsOf(currency),
            recurring: { interval: 'month' },
          })
          made.push(`price ${price.lookup_key}`)
        }
        return made
      }),
  }

  async function hasProduct(): Promise<boolean> {
    const { data } = await stripe.products.list({ ids: [product.id] })
    return data.length > 0
  }
}

// How many of Stripe's smallest units make one of the currency.
const unitsOf = (currency: string) => 10 ** decimalsOf(currency)
