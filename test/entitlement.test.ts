import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newcomer } from '../src/access/membership.ts'
import { withoutExpired } from '../src/access/wanted.ts'
import { blocksAnother, entitle, isForPlan, type Subscription } from '../src/billing/entitlement.ts'
import { subscriptionTo } from './support/subscription.ts'

const day = 86_400_000
const subscription = (change: Partial<Subscription> = {}, lookupKey = 'basic') =>
  subscriptionTo(lookupKey, { latestInvoice: 'in_2', ...change })
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
    expect(entitle([subscription({ status })], at(1))).toEqual({
      plans: holds ? ['basic'] : [],
      by: holds ? ['sub_1'] : [],
      changesAt: undefined,
    })
  })

  it.each(['active', 'past_due'])('of one that is %s waits for the first payment', status => {
    const unpaid = subscription({ status, awaitsFirstPayment: true, startedAt: day })
    expect(entitle([unpaid], at(day + 1)).plans).toEqual([])
  })

  it('of one that never had an invoice is as good as any', () => {
    expect(entitle([subscription({ latestInvoice: undefined })], at(1)).plans).toEqual(['basic'])
  })

  it('counts the grace from the start where no open invoice says since when it is overdue', () => {
    const overdue = subscription({ status: 'past_due', startedAt: 3 * day })
    expect(entitle([overdue], at(4 * day)).changesAt).toBe(10 * day)
  })

  it('counts it from the newest invoice rather, where that is known', () => {
    const overdue = subscription({ status: 'past_due', invoicedAt: 9 * day })
    expect(entitle([overdue], at(10 * day)).changesAt).toBe(16 * day)
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

describe('a subscription', () => {
  it.each([
    ['active', true],
    ['trialing', true],
    ['past_due', true],
    ['unpaid', true],
    ['paused', true],
    ['incomplete', false],
    ['incomplete_expired', false],
    ['canceled', false],
  ])('that is %s stands in the way of another: %s', (status, blocks) => {
    expect(blocksAnother(subscription({ status }))).toBe(blocks)
  })

  it('is for a plan as soon as one of its prices has a lookup key', () => {
    const [known] = subscription().items
    const foreign = { id: 'si_2', priceId: 'price_2', productId: 'prod_2', plan: undefined }
    expect(isForPlan(subscription({ items: known ? [foreign, known] : [] }))).toBe(true)
    expect(isForPlan(subscription({ items: [foreign] }))).toBe(false)
  })
})

describe('complimentary access', () => {
  it('ends on its millisecond, and without an end never', () => {
    const free = (until?: number) => ({
      ...newcomer,
      complimentary: { by: 'discord:1:2' as const, ...(until !== undefined && { until }) },
    })
    expect(withoutExpired(free(10), 9).complimentary?.until).toBe(10)
    expect(withoutExpired(free(10), 10).complimentary).toBeUndefined()
    expect(withoutExpired(free(), 1e15).complimentary).toBeDefined()
  })
})
