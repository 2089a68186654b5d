import type { Subscription } from '../../src/billing/entitlement.ts'

/** An active subscription, as billing/ reads it, to plans by lookup key; `''` is a price without one. */
export const subscriptionTo = (
  lookupKeys: readonly string[],
  change: Partial<Subscription> = {},
): Subscription => ({
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  items: lookupKeys.map(lookupKey => {
    const priceId = `price_${lookupKey}`
    const price = {
      nickname: undefined,
      amount: 1000,
      currency: 'usd',
      interval: 'month',
      intervalCount: 1,
    } as const
    return {
      id: `si_${lookupKey}`,
      priceId,
      productId: 'prod_1',
      plan: lookupKey ? { ...price, priceId, lookupKey } : undefined,
    }
  }),
  startedAt: 0,
  awaitsFirstPayment: false,
  periodEndsAt: undefined,
  trialEndsAt: undefined,
  endsAt: undefined,
  latestInvoice: 'in_2',
  endedInvoice: undefined,
  owed: undefined,
  ...change,
})
