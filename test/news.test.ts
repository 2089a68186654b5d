import { describe, expect, it } from 'vitest'
import type { Cause } from '../src/access/mark.ts'
import { type Membership, newcomer } from '../src/access/membership.ts'
import { newsOf } from '../src/access/news.ts'
import type { Entitlement, Subscription } from '../src/billing/entitlement.ts'
import { subscriptionTo } from './support/subscription.ts'

const ada = 'discord:1:2'
const complimentary = { by: ada } as const
const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const sweep: Cause = { what: 'sweep' }
const admin: Cause = { what: 'admin', by: ada }
const settings: Cause = { what: 'settings' }
const operator: Cause = { what: 'admin' }
const member: Partial<Membership> = { given: ['gold'], plans: ['basic'], verifiedAt: 1 }
const nothing: Partial<Membership> = { verifiedAt: 1 }

const subscription = (change: Partial<Subscription> = {}) => subscriptionTo('', change)

interface Look {
  gained?: string[]
  lost?: string[]
  isQuiet?: boolean
  subscriptions?: Subscription[]
  entitlement?: Partial<Entitlement>
  causes?: Cause[]
}

/** What is new when a look found one membership and left another. */
const news = (
  before: Partial<Membership>,
  after: Partial<Membership>,
  { gained = [], lost = [], isQuiet = false, subscriptions = [], entitlement, causes = [event] }: Look = {},
) =>
  newsOf(
    { ...newcomer, ...before },
    {
      gained,
      lost,
      isQuiet,
      after: { ...newcomer, ...after },
      subscriptions,
      entitlement: { plans: [], by: [], changesAt: undefined, ...entitlement },
      causes,
    },
  )

const started = { kind: 'started', roles: ['gold'], isGone: false, isImported: false }

describe('access that starts', () => {
  it.each<[string, Partial<Membership>, Partial<Membership>]>([
    ['the first plan is paid for', nothing, member],
    ['an admin gives it', nothing, { ...member, plans: [], complimentary }],
    ['a process ended while the roles were being given', { given: ['gold'] }, member],
    [
      'a process ended while what an admin gave was being given',
      { complimentary },
      { ...member, complimentary },
    ],
  ])('is news where %s', (_, before, after) => {
    expect(news(before, after)).toEqual([started])
  })

  it('is news to somebody who is not in the community, with no roles', () => {
    expect(news(nothing, { ...member, given: [], isGone: true })).toEqual([
      { ...started, roles: [], isGone: true },
    ])
  })

  it('is news to nobody who was a member all along', () => {
    expect(news(nothing, member, { isQuiet: true, gained: ['gold'] })).toEqual([])
  })

  it.each<[string, boolean, Cause[]]>([
    ['an operator’s command', true, [operator, operator]],
    ['an admin', false, [admin]],
    ['a sweep', false, [sweep]],
    ['an operator’s command and an event', false, [operator, event]],
  ])('by %s is an import: %s', (_, isImported, causes) => {
    expect(news(nothing, member, { causes })).toEqual([{ ...started, isImported }])
  })
})

describe('access that ends', () => {
  it.each<[string, Partial<Membership>]>([
    ['a plan', member],
    ['a plan that was not settled yet', { plans: ['basic'] }],
    ['a role alone', { given: ['gold'], verifiedAt: 1 }],
    ['what an admin gave', { complimentary, verifiedAt: 1 }],
  ])('is news where there was %s', (_, before) => {
    expect(news(before, nothing, { lost: ['gold'] })).toEqual([
      { kind: 'ended', roles: ['gold'], isOnHold: false },
    ])
  })

  it.each(['past_due', 'unpaid', 'paused'])(
    'while a subscription is still there, %s, is no farewell',
    status => {
      expect(
        news(member, nothing, { lost: ['gold'], subscriptions: [subscription({ status })] }),
      ).toMatchObject([{ kind: 'ended', isOnHold: true }])
    },
  )

  it.each<[string, Partial<Membership>]>([
    ['nothing', nothing],
    ['a role that was being given when a process ended', { given: ['gold'] }],
    ['what an admin gave and no look had settled', { complimentary }],
  ])('is no news where there was %s', (_, before) => {
    expect(news(before, nothing)).toEqual([])
  })
})

describe('roles that change', () => {
  const changed = (gained: string[], lost: string[], because: string) => [
    { kind: 'changed', gained, lost, because },
  ]
  const more: Partial<Membership> = { ...member, plans: ['basic', 'pro'] }

  it('are news when one was gained or lost, and not when none was', () => {
    expect(news(member, more, { gained: ['platin'] })).toEqual(changed(['platin'], [], 'membership'))
    expect(news(more, member, { lost: ['platin'] })).toEqual(changed([], ['platin'], 'membership'))
    expect(news(member, more)).toEqual([])
  })

  it('are no news while there is access neither before nor after', () => {
    expect(news(nothing, nothing)).toEqual([])
  })

  it('are no news to somebody who left, and are to somebody who came back', () => {
    expect(news(member, { ...member, isGone: true }, { lost: ['gold'] })).toEqual([])
    expect(news({ ...member, isGone: true }, member, { gained: ['gold'], causes: [sweep] })).toEqual(
      changed(['gold'], [], 'membership'),
    )
  })

  it.each<[because: string, where: string, Cause[], Partial<Membership>]>([
    ['drift', 'no plan changed', [sweep], member],
    ['membership', 'an admin did it, among others', [sweep, admin], member],
    ['settings', 'settings did it, among others', [sweep, settings], member],
    ['membership', 'settings changed with the plans', [settings], more],
    ['membership', 'settings changed while they were away', [settings], { ...member, isGone: true }],
    ['membership', 'the plans changed', [event], more],
  ])('are news of %s where %s', (because, _, causes, before) => {
    expect(news(before, member, { gained: ['gold'], causes })).toEqual(changed(['gold'], [], because))
  })
})

describe('a payment', () => {
  const owed = { invoice: 'in_1', since: 0, needsConfirmation: true }
  const overdue = subscription({ status: 'past_due', owed })
  const trouble = { kind: 'payment trouble', key: 'invoice:in_1', needsConfirmation: true, until: 7 }
  const entitlement = { by: ['sub_1'], changesAt: 7 }

  it('that is overdue is news, with the end of the access that it alone pays for', () => {
    expect(news(member, member, { subscriptions: [overdue], entitlement })).toEqual([trouble])
  })

  it('that is overdue names no end where there is another reason for access', () => {
    const another = { ...entitlement, by: ['sub_2'] }
    const endless = [{ ...trouble, until: undefined }]
    expect(news(member, member, { subscriptions: [overdue], entitlement: another })).toEqual(endless)
    expect(news(member, { ...member, complimentary }, { subscriptions: [overdue], entitlement })).toEqual(
      endless,
    )
  })

  it.each([
    ['without an open invoice', subscription({ status: 'past_due' })],
    ['of a subscription that is not overdue', subscription({ owed })],
  ])('%s is no news', (_, each) => {
    expect(news(member, member, { subscriptions: [each], entitlement })).toEqual([])
  })

  it('that was taken back is news while it is the newest', () => {
    const of = (latestInvoice?: string, endedInvoice?: string) =>
      news(member, member, { subscriptions: [subscription({ latestInvoice, endedInvoice })] })
    expect(of('in_1', 'in_1')).toEqual([{ kind: 'money back', key: 'back:in_1' }])
    expect(of('in_2', 'in_1')).toEqual([])
    expect(of(undefined, undefined)).toEqual([])
  })

  it('that is disputed is news when the dispute opens and when it closes', () => {
    const of = (...details: string[]) =>
      news(member, member, {
        causes: [sweep, ...details.map(detail => ({ what: 'event', detail }) as const)],
      })
    expect(of('charge.dispute.created evt_1', 'charge.dispute.closed evt_2')).toEqual([
      { kind: 'disputed', key: 'dispute:evt_1' },
      { kind: 'dispute closed', key: 'dispute:evt_2' },
    ])
    expect(
      of(
        'charge.dispute.updated evt_1',
        'a charge.dispute.created evt_1',
        'charge.dispute.created evt_1 again',
      ),
    ).toEqual([])
  })

  it('that is made twice is news once two subscriptions pay', () => {
    const subscriptions = ['sub_3', 'sub_2', 'sub_1'].map(id => subscription({ id }))
    const of = (...by: string[]) => news(member, member, { subscriptions, entitlement: { by } })
    expect(of('sub_3', 'sub_2')).toEqual([
      { kind: 'paid twice', key: 'twice:sub_2+sub_3', subscriptions: ['sub_2', 'sub_3'] },
    ])
    expect(of('sub_2')).toEqual([])
  })

  it('is told of once, as long as it stays true', () => {
    const look = { subscriptions: [overdue], entitlement }
    expect(news({ ...member, told: ['invoice:in_1'] }, member, look)).toEqual([])
    expect(news({ ...member, told: ['invoice:in_0'] }, member, look)).toEqual([trouble])
    expect(news({ ...nothing, told: ['invoice:in_1'] }, member, look)).toEqual([started])
  })
})
