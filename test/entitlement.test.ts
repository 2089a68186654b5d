import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entitle, type Subscription } from '../src/billing/entitlement.ts'

const day = 86_400_000
const subscription = (change: Partial<Subscription> = {}, lookupKey = 'basic'): Subscription => ({
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  items: [
    {
      id: 'si_1',
      priceId: 'price_1',
      productId: 'prod_1',
      plan: {
        priceId: 'price_1',
        lookupKey,
        nickname: undefined,
        amount: 1000,
        currency: 'usd',
        interval: 'month',
        intervalCount: 1,
      },
    },
  ],
  startedAt: 0,
  awaitsFirstPayment: false,
  periodEndsAt: 30 * day,
  trialEndsAt: undefined,
  endsAt: undefined,
  latestInvoice: 'in_2',
  endedInvoice: undefined,
  owed: undefined,
  ...change,
})
const at = (now: number) => ({ now, graceDays: 7 })

describe('an entitlement', () => {
  it.each([
    ['active', true],
    ['trialing', true],
    ['incomplete', false],
    ['incomplete_expired', false],
    ['unpaid', false],
    ['paused', false],
    ['canceled', false],
    ['something_new', false],
  ])('of a subscription that is %s: %s', (status, holds) => {
    expect(entitle([subscription({ status })], at(1)).plans).toEqual(holds ? ['basic'] : [])
  })

  it('lasts through the grace of an overdue renewal and ends on its millisecond', () => {
    const overdue = subscription({
      status: 'past_due',
      owed: { invoice: 'in_2', since: 10 * day, needsConfirmation: false },
    })
    expect(entitle([overdue], at(17 * day - 1))).toEqual({
      plans: ['basic'],
      by: ['sub_1'],
      changesAt: 17 * day,
    })
    expect(entitle([overdue], at(17 * day))).toEqual({ plans: [], by: [], changesAt: undefined })
  })

  it('ends at once with no grace', () => {
    const overdue = subscription({
      status: 'past_due',
      owed: { invoice: 'in_2', since: day, needsConfirmation: false },
    })
    expect(entitle([overdue], { now: day, graceDays: 0 }).plans).toEqual([])
  })

  it('is off while the latest invoice is the one that was taken back, and on again with the next', () => {
    expect(entitle([subscription({ endedInvoice: 'in_2' })], at(1)).plans).toEqual([])
    expect(entitle([subscription({ endedInvoice: 'in_2', latestInvoice: 'in_3' })], at(1)).plans).toEqual([
      'basic',
    ])
  })

  it('needs a price with a lookup key', () => {
    const foreign = subscription({
      items: [{ id: 'si', priceId: 'price_x', productId: 'prod_x', plan: undefined }],
    })
    expect(entitle([foreign], at(1)).plans).toEqual([])
  })

  it('joins subscriptions, and its earliest change is the next to come', () => {
    const owed = (since: number) => ({ invoice: 'in', since, needsConfirmation: false })
    const found = entitle(
      [
        subscription({ status: 'past_due', owed: owed(5 * day) }, 'pro'),
        subscription({ status: 'past_due', owed: owed(3 * day) }, 'basic'),
        subscription({ status: 'canceled' }, 'patron'),
      ],
      at(6 * day),
    )
    expect(found.plans).toEqual(['basic', 'pro'])
    expect(found.changesAt).toBe(10 * day)
  })

  it('does not depend on the order of subscriptions, and asking at the change finds it changed', () => {
    const some = fc.record({
      status: fc.constantFrom('active', 'past_due', 'trialing', 'unpaid', 'canceled', 'paused'),
      since: fc.integer({ min: 0, max: 40 * day }),
      key: fc.constantFrom('a', 'b', 'c'),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 5 }), fc.integer({ min: 0, max: 50 * day }), (list, now) => {
        const all = list.map(({ status, since, key }, n) =>
          subscription(
            { id: `sub_${n}`, status, owed: { invoice: 'in', since, needsConfirmation: false } },
            key,
          ),
        )
        const found = entitle(all, at(now))
        const reversed = entitle([...all].reverse(), at(now))
        expect(reversed.plans).toEqual(found.plans)
        expect(reversed.changesAt).toBe(found.changesAt)
        if (found.changesAt === undefined) return
        expect(found.changesAt).toBeGreaterThan(now)
        expect(entitle(all, at(found.changesAt)).by.length).toBeLessThan(found.by.length)
      }),
    )
  })
})
