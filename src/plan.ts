import type { RoleId } from './member.ts'

/** A Stripe Price with a lookup key: what a member buys. */
export interface Plan {
  priceId: string
  lookupKey: string
  nickname: string | undefined
  /** In Stripe's smallest unit of `currency`; `undefined` where the price depends on usage or quantity. */
  amount: number | undefined
  /** Lower-case ISO code. */
  currency: string
  /** `day`, `week`, `month` or `year`. */
  interval: string
  intervalCount: number
}

/** A Stripe Product and the plans that are sold for it. */
export interface Tier {
  productId: string
  name: string
  description: string | undefined
  image: string | undefined
  features: string[]
  plans: Plan[]
}

/** A tier as one community sells it: the plans that have a role there, each with what it unlocks. */
export interface TierOnSale extends Tier {
  plans: (Plan & { unlocks: RoleId[] })[]
}

// docs.stripe.com/currencies#zero-decimal and #three-decimal. ISK and UGX are two-decimal in the API, shown with none.
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))

/** How many decimals Stripe's amounts of this currency have. */
export const decimalsOf = (currency: string): number =>
  zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2

/** Stripe's `amount` of `currency` as a reader of `locale` writes it: `$10.00`, `¥1,000`, `10,000 €`. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  return new Intl.NumberFormat(knownLocale(locale), {
    style: 'currency',
    currency: currency.toUpperCase(),
  }).format(amount / 10 ** decimalsOf(currency))
}

/** A plan's price and rhythm: `$10.00 / month`, `€99.00 / 3 months`. */
export function formatPrice(plan: Plan, locale: string): string {
  const every = plan.intervalCount === 1 ? plan.interval : `${plan.intervalCount} ${plan.interval}s`
  const amount =
    plan.amount === undefined ? 'price shown at checkout' : formatMoney(plan.amount, plan.currency, locale)
  return `${amount} / ${every}`
}

/** How a plan is called where its tier's name stands beside it, and only if that says something new. */
export const planName = (tier: Tier, plan: Plan): string =>
  plan.nickname && plan.nickname !== tier.name ? plan.nickname : tier.name

/** How a plan is called where its tier's name doesn't stand beside it: `Gold Yearly`, or `Yearly` where Gold is the only tier. */
export function fullName(tier: Tier, plan: Plan, isOnlyTier: boolean): string {
  const name = planName(tier, plan)
  return isOnlyTier || name.toLowerCase().includes(tier.name.toLowerCase()) ? name : `${tier.name} ${name}`
}

// discord.com/developers/docs/interactions/application-commands: what completion fills in has at most 100 characters.
const longestTyped = 100

/** What a person types to name a plan: its lookup key, or the price's id where that is longer than a command takes. */
export const typedName = ({ lookupKey, priceId }: Plan): string =>
  lookupKey.length > longestTyped ? priceId : lookupKey

// A platform may send a locale that this Intl has never heard of; a price in English beats no price.
function knownLocale(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? 'en-US'
  } catch {
    return 'en-US'
  }
}
