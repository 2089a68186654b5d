import { describe, expect, it } from 'vitest'
import { formatMoney, formatPrice, type Plan } from '../src/plan.ts'

const plan: Plan = {
  priceId: 'price_1',
  lookupKey: 'basic',
  nickname: undefined,
  amount: 1000,
  currency: 'usd',
  interval: 'month',
  intervalCount: 1,
}

describe('a price', () => {
  it.each([
    [{}, 'en-US', '$10.00 / month'],
    [{ currency: 'jpy' }, 'en-US', '¥1,000 / month'],
    [{ currency: 'eur', amount: 9900, interval: 'year' }, 'en-US', '€99.00 / year'],
    [{ currency: 'kwd', amount: 12_500 }, 'en-US', 'KWD 12.500 / month'],
    [{ currency: 'isk', amount: 500_000 }, 'en-US', 'ISK 5,000 / month'],
    [{ intervalCount: 3 }, 'en-US', '$10.00 / 3 months'],
    [{ amount: undefined }, 'en-US', 'price shown at checkout / month'],
    [{ amount: 0 }, 'en-US', '$0.00 / month'],
    [{ currency: 'eur' }, 'de', '10,00 € / month'],
    [{ currency: 'jpy' }, 'ja', '￥1,000 / month'],
  ])('%o reads in %s as %s', (change, locale, expected) => {
    const shown = formatPrice({ ...plan, ...change }, locale).replaceAll(/\u00a0|\u202f/g, ' ')
    expect(shown).toBe(expected)
  })

  it('is shown in English for a locale that is none', () => {
    expect(formatMoney(1000, 'usd', 'no such locale!')).toBe('$10.00')
  })
})
