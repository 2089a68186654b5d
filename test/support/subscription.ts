import type { Subscription } from '../../src/billing/entitlement.ts'
import type { Plan } from '../../src/plan.ts'

/** A plan of ten dollars a month. */
export const planOf = (lookupKey: string): Plan => ({
  priceId: `price_${lookupKey}`,
  lookupKey,
  nickname: undefined,
  amount: 1000,
  currency: 'usd',
  interval: 'month',
  intervalCount: 1,
})

/** An active subscription, as billing/ reads it, to plans by lookup key, with a space between; `''` is a price without one. */
export const subscriptionTo = (keys: string, change: Partial<Subscription> = {}): Subscription => ({
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  items: keys.split(' ').map(lookupKey => ({
    id: `si_${lookupKey}`,
    priceId: `price_${lookupKey}`,
    productId: 'prod_1',
    plan: lookupKey ? planOf(lookupKey) : undefined,
  })),
  startedAt: 0,
  awaitsFirstPayment: false,
  periodEndsAt: undefined,
  trialEndsAt: undefined,
  endsAt: undefined,
  invoicedAt: undefined,
  latestInvoice: 'in_1',
  endedInvoice: undefined,
  owed: undefined,
  ...change,
})
