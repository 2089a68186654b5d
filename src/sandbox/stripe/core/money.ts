import type { Price } from './objects.ts'

// docs.stripe.com/currencies: these have no smaller unit, those a thousandth; ISK and UGX are given in hundredths all the same.
const WHOLE = new Set([
  'bif',
  'clp',
  'djf',
  'gnf',
  'jpy',
  'kmf',
  'krw',
  'mga',
  'pyg',
  'rwf',
  'vnd',
  'vuv',
  'xaf',
  'xof',
  'xpf',
])
const THOUSANDTHS = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])
const SHOWN_WHOLE = new Set(['isk', 'ugx'])

// docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in the currencies' smallest units.
const LEAST: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
}

/** The smallest amount that Stripe charges in a currency; 1 where it names none. */
export function leastCharge(currency: string): number {
  return LEAST[currency] ?? 1
}

/** An amount of the currency's smallest unit, as people write it: `$10.00`, `¥1,000`. */
export function money(amount: number, currency: string, locale = 'en'): string {
  const digits = WHOLE.has(currency) ? 0 : THOUSANDTHS.has(currency) ? 3 : 2
  const shown = SHOWN_WHOLE.has(currency) ? 0 : digits
  const format = {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  } as const
  return new Intl.NumberFormat(known(locale), format).format(amount / 10 ** digits)
}

function known(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

/** `per month`, `every 3 months`, or nothing for a price that is paid once. */
export function rhythm(price: Price): string {
  if (!price.recurring) return ''
  const { interval, interval_count: count } = price.recurring
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`
}

/** What a price costs and how often: `$10.00 per month`. */
export function priceText(price: Price, locale?: string): string {
  const amount = price.unit_amount === null ? 'By use' : money(price.unit_amount, price.currency, locale)
  return [amount, rhythm(price)].filter(part => part !== '').join(' ')
}

/** A day in words: `31 January 2027`. `seconds` since the epoch. */
export function day(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
}
