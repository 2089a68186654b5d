import { describe, expect, it } from 'vitest'
import { createJournal, type JournalEntry } from '../src/access/journal.ts'
import { type Membership, newcomer } from '../src/access/membership.ts'
import { createPersonalData } from '../src/access/personal-data.ts'
import type { Pending } from '../src/access/queue.ts'
import type { Subscription } from '../src/billing/entitlement.ts'
import { bold, text } from '../src/text.ts'
import { ownStore } from './support/store.ts'
import { subscriptionTo } from './support/subscription.ts'

const ada = 'discord:1:2'
const ben = 'discord:1:3'

const subscription = (status: string) => subscriptionTo('', { status })

interface World {
  subscriptions: Subscription[]
  marked: Set<string>
  /** Looks that are not due yet. */
  timers: Set<string>
  /** What was still stored when the links were erased. */
  leftBehind: unknown[]
  links: Map<string, string[]>
}

/** One member with a customer, and what is stored about them. */
async function aMember(stored?: Partial<Membership>) {
  const { store } = await ownStore()
  const memberships = store.collection<Membership>('memberships')
  if (stored) await memberships.set(ada, { ...newcomer, ...stored })
  const journal = createJournal(store)
  const pending: Pending = { causes: [], since: 0, failure: undefined }
  const world: World = {
    subscriptions: [],
    marked: new Set(),
    timers: new Set(),
    leftBehind: [],
    links: new Map([[ada, ['cus_1']]]),
  }
  const personalData = createPersonalData({
    billing: {
      customers: {
        of: async member => world.links.get(member) ?? [],
        async forget(member) {
          world.leftBehind.push([...world.timers], await journal.of(member), await memberships.get(member))
          world.links.delete(member)
        },
      },
      subscriptions: { of: async customers => (customers.includes('cus_1') ? world.subscriptions : []) },
    },
    memberships,
    journal,
    queue: {
      pending: who => (world.marked.has(who) ? pending : undefined),
      forget: async who => void world.timers.delete(who),
    },
    now: () => 10,
  })
  return { world, store, memberships, journal, personalData }
}

describe('what is stored about a member', () => {
  it('is shown to them as words', async () => {
    const { personalData, journal, memberships } = await aMember({ plans: ['basic'] })
    await journal.add(ada, {
      at: 0,
      causes: [{ what: 'event', detail: 'invoice.paid evt_1' }, { what: 'sweep' }],
      found: 'active basic',
      did: text`gave ${bold('gold')}`,
    })
    await journal.add(ada, { at: 1, causes: [], did: text`nothing to change` })
    expect(await personalData.of(ada)).toEqual({
      member: ada,
      customers: ['cus_1'],
      membership: await memberships.get(ada),
      journal: [
        { at: '1970-01-01T00:00:00.001Z', causes: [], found: undefined, did: 'nothing to change' },
        {
          at: '1970-01-01T00:00:00.000Z',
          causes: ['event: invoice.paid evt_1', 'sweep'],
          found: 'active basic',
          did: 'gave gold',
        },
      ],
    })
  })

  it('is nothing for somebody who never did anything', async () => {
    const { personalData } = await aMember()
    const nothing = { member: ben, customers: [], membership: undefined, journal: [] }
    expect(await personalData.of(ben)).toEqual(nothing)
  })

  it('is erased, the links last, so that whoever is cut off is found again', async () => {
    const { personalData, journal, memberships, world } = await aMember({ plans: ['basic'] })
    await journal.add(ada, { at: 0, causes: [], did: text`gave` })
    await journal.add(ben, { at: 0, causes: [], did: text`gave` })
    world.timers.add(`member:${ada}`).add(`member:${ben}`)
    expect(await personalData.forget(ada)).toBeUndefined()
    expect(world.leftBehind).toEqual([[`member:${ben}`], [], undefined])
    expect(await journal.of(ada)).toEqual([])
    expect(await memberships.get(ada)).toBeUndefined()
    expect([...world.links]).toEqual([])
    expect(await journal.of(ben)).toHaveLength(1)
  })
})

describe('what is in the way of forgetting somebody', () => {
  it('is nothing where nothing is stored, nor where all of it is over', async () => {
    const none = await aMember()
    expect(await none.personalData.kept(ada)).toBeUndefined()
    const over = await aMember({ complimentary: { by: ada, until: 10 }, verifiedAt: 1 })
    over.world.subscriptions = [subscription('canceled')]
    expect(await over.personalData.kept(ada)).toBeUndefined()
  })

  it('is a subscription first, then what an admin gave, a role, and a look that is due', async () => {
    const { personalData, world, memberships } = await aMember({
      complimentary: { by: ada, until: 11 },
      given: ['gold'],
    })
    world.marked.add(`member:${ada}`)
    world.subscriptions = [subscription('canceled'), subscription('active')]
    expect(await personalData.kept(ada)).toBe('subscription')
    world.subscriptions = []
    expect(await personalData.kept(ada)).toBe('complimentary')
    await memberships.set(ada, { ...newcomer, given: ['gold'] })
    expect(await personalData.kept(ada)).toBe('roles')
    await memberships.set(ada, newcomer)
    expect(await personalData.kept(ada)).toBe('looks')
    world.marked.clear()
    expect(await personalData.kept(ada)).toBeUndefined()
  })

  it('leaves everything where it is', async () => {
    const { personalData, journal, memberships, world } = await aMember({ given: ['gold'] })
    await journal.add(ada, { at: 0, causes: [], did: text`gave` })
    expect(await personalData.forget(ada)).toBe('roles')
    expect(await memberships.get(ada)).toMatchObject({ given: ['gold'] })
    expect(await journal.of(ada)).toHaveLength(1)
    expect([...world.links.keys()]).toEqual([ada])
  })
})

describe('the journal', () => {
  it('keeps the last fifty entries of each, the newest first', async () => {
    const { journal } = await aMember()
    for (let at = 0; at < 51; at++) await journal.add(ada, { at, causes: [], did: [] })
    const times = (await journal.of(ada)).map(({ at }) => at)
    expect(times).toHaveLength(50)
    expect([times[0], times.at(-1)]).toEqual([50, 1])
    expect(await journal.of('discord:1')).toEqual([])
  })

  it('finds what an earlier process wrote', async () => {
    const { journal, store } = await aMember()
    const entry: JournalEntry = { at: 0, causes: [], did: text`gave` }
    await store.collection<JournalEntry[]>('journal').set(ada, [entry])
    expect(await journal.of(ada)).toEqual([entry])
  })
})
