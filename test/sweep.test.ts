import { describe, expect, it } from 'vitest'
import { createHarm } from '../src/access/harm.ts'
import type { Cause } from '../src/access/mark.ts'
import type { Membership } from '../src/access/membership.ts'
import { createSettings } from '../src/access/settings.ts'
import { createSweep } from '../src/access/sweep.ts'
import type { Subscription } from '../src/billing/entitlement.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import { createLog } from '../src/log.ts'
import { type CommunityId, communityOf, type MemberId, memberId, type RoleId } from '../src/member.ts'
import { plain, text } from '../src/text.ts'
import { createFakePlatform } from './support/fake-platform.ts'
import { ownStore } from './support/store.ts'
import { subscriptionTo as to } from './support/subscription.ts'

const lounge: CommunityId = 'discord:1'
const ada = 'discord:1:2'
const bob = 'discord:1:3'
const cause: Cause = { what: 'sweep' }
const day = 86_400_000
const now = 50 * day

/** Everybody, between a Stripe and a chat that say what the test wants. */
async function everybody() {
  const { store } = await ownStore()
  const memberships = store.collection<Membership>('memberships')
  const settings = createSettings(store)
  await settings.change(lounge, () => ({ everyPlan: ['gold'], byPlan: { pro: ['platin'] } }))
  const platform = createFakePlatform(lounge, ['gold', 'platin'])
  const world = {
    now,
    stripe: new Map<string, { member: MemberId | undefined; subscriptions: Subscription[] }>(),
    owners: new Map<string, MemberId>(),
    links: [] as string[],
    refunded: [] as string[],
    askedSince: [] as number[],
    marks: [] as unknown[],
    told: [] as string[],
    asked: [] as string[],
    /** What goes wrong when one member is asked about. */
    broken: new Map<MemberId, Error>(),
  }
  const harm = createHarm({
    store,
    notices: { log: async (community, line) => void world.told.push(`${community} ${plain(line)}`) },
    now: () => world.now,
  })
  const sweep = createSweep({
    billing: {
      customers: {
        known: async customer => world.owners.get(customer),
        link: async (member, customer) => void world.links.push(`link ${member} ${customer}`),
        relink: async customer => {
          world.links.push(`relink ${customer}`)
          return undefined
        },
      },
      subscriptions: { everybody: async () => world.stripe },
      refunds: {
        async since(at) {
          world.askedSince.push(at)
          return world.refunded
        },
      },
    },
    chat: {
      async held(member, among) {
        world.asked.push(`${member} ${among}`)
        const error = world.broken.get(member)
        if (error) throw error
        return platform.roles.held(member, among)
      },
      platform: of => (of.startsWith('discord:') ? platform : undefined),
    },
    settings,
    memberships,
    queue: { mark: async (who, why) => void world.marks.push([who, why]) },
    harm,
    store,
    log: createLog('silent'),
    now: () => world.now,
    graceDays: 7,
  })
  return {
    world,
    store,
    sweep,
    harm,
    settings,
    platform,
    memberships,
    pays: (member: MemberId | undefined, customer: string, ...subscriptions: Subscription[]) =>
      world.stripe.set(customer, { member, subscriptions }),
    /** Somebody whom an earlier look gave roles, and who still holds them. */
    async has(member: MemberId, roles: RoleId[], change: Partial<Membership> = {}) {
      platform.held.set(member, new Set(roles))
      await memberships.set(member, { given: roles, plans: [], isGone: false, verifiedAt: 1, ...change })
    },
    differences: async (community?: CommunityId) => (await sweep.compare(community)).differences,
  }
}

const refusal = new OperatorError({ id: 'x', what: text`No.`, fix: text`Do.` }, async () => false)

describe('a comparison', () => {
  it('finds nothing in those whom the store, Stripe and the chat agree about', async () => {
    const { world, sweep, pays, has } = await everybody()
    pays(ada, 'cus_1', to('pro basic'))
    await has(ada, ['gold', 'platin'], { plans: ['basic', 'pro'] })
    await has(bob, [])
    await has('slack:1:4', ['C1'], { complimentary: { by: ada, roles: ['C1'] } })
    world.broken.set('slack:1:4', refusal)
    const seen: unknown[] = []
    expect(await sweep.compare(undefined, { progress: (...step) => seen.push(step) })).toEqual({
      compared: 3,
      holders: new Map([
        [lounge, 1],
        ['slack:1', 1],
      ]),
      differences: [],
    })
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
  })

  it('finds who lacks a role: never given, or taken since', async () => {
    const { pays, has, platform, sweep } = await everybody()
    pays(ada, 'cus_1', to('basic'))
    pays(bob, 'cus_2', to('basic pro'))
    platform.held.set(ada, new Set(['gold']))
    await has(bob, ['gold', 'platin'], { plans: ['basic', 'pro'] })
    platform.held.set(bob, new Set(['gold']))
    expect(await sweep.compare(lounge)).toEqual({
      compared: 2,
      holders: new Map([[lounge, 1]]),
      differences: [
        { member: bob, missing: ['platin'], surplus: [] },
        { member: ada, missing: ['gold'], surplus: [] },
      ],
    })
  })

  it('finds who has a role for which there is no reason any more, counting everybody who holds one', async () => {
    const { has, sweep } = await everybody()
    await has(ada, ['gold'])
    await has(bob, ['platin'], { complimentary: { by: ada, roles: ['platin'], until: now } })
    expect(await sweep.compare(lounge)).toEqual({
      compared: 2,
      holders: new Map([[lounge, 2]]),
      differences: [
        { member: ada, missing: [], surplus: ['gold'] },
        { member: bob, missing: [], surplus: ['platin'] },
      ],
    })
  })

  it.each<[string, Partial<Membership>]>([
    ['a look was cut off at', {}],
    ['the store knows with old plans', { plans: ['basic', 'pro'], verifiedAt: 1 }],
    ['the store knows with a plan fewer', { plans: [], verifiedAt: 1 }],
  ])('finds somebody whom %s, though their roles are right', async (_, membership) => {
    const { pays, memberships, settings, differences } = await everybody()
    await settings.change(lounge, () => ({ everyPlan: [], byPlan: {} }))
    pays(ada, 'cus_1', to('basic'))
    pays(bob, 'cus_2', to('basic'))
    await memberships.set(ada, { given: [], plans: ['basic'], isGone: false, ...membership })
    expect(await differences()).toEqual([{ member: ada, missing: [], surplus: [] }])
  })

  it('joins the plans of all customers of one member, and counts grace as it is set', async () => {
    const { pays, has, world, differences } = await everybody()
    pays(ada, 'cus_1', to('pro'))
    pays(ada, 'cus_2', to('basic'))
    pays(bob, 'cus_3', to('basic', { status: 'past_due', owed: owedSince(now - 7 * day + 1) }))
    await has(ada, ['gold', 'platin'], { plans: ['basic', 'pro'] })
    await has(bob, ['gold'], { plans: ['basic'] })
    expect(await differences()).toEqual([])
    world.now += 1
    expect(await differences()).toEqual([{ member: bob, missing: [], surplus: ['gold'] }])
  })

  it('tries out other settings than those that are set', async () => {
    const { pays, has, sweep } = await everybody()
    pays(ada, 'cus_1', to('basic'))
    await has(ada, ['gold'], { plans: ['basic'] })
    const { differences } = await sweep.compare(lounge, { rules: { everyPlan: ['platin'], byPlan: {} } })
    expect(differences).toEqual([{ member: ada, missing: ['platin'], surplus: ['gold'] }])
  })

  it('of one community leaves the others alone, and skips keys that name nobody', async () => {
    const { pays, has, memberships, sweep } = await everybody()
    pays('discord:11:5', 'cus_1', to('basic'))
    pays('discord:1:5', 'cus_2', to('basic'))
    await has(ada, [])
    await has('discord:11:2', [])
    await memberships.set('discord:1:not-one', { given: ['gold'], plans: [], isGone: false })
    expect((await sweep.compare(lounge)).compared).toBe(2)
    expect((await sweep.compare(undefined)).compared).toBe(4)
  })

  it('mends links on its way, and reads again whose customer one is that the store knows otherwise', async () => {
    const { pays, world, sweep } = await everybody()
    pays(ada, 'cus_new', to('basic'))
    pays(ada, 'cus_known', to('basic'))
    pays(ada, 'cus_of_bob', to('basic'))
    pays(undefined, 'cus_left', to('basic'))
    pays(undefined, 'cus_stranger', to('basic'))
    world.owners.set('cus_known', ada).set('cus_of_bob', bob).set('cus_left', bob)
    expect((await sweep.compare(undefined)).compared).toBe(1)
    expect(world.links).toEqual([
      `link ${ada} cus_new`,
      `link ${ada} cus_known`,
      'relink cus_of_bob',
      'relink cus_left',
    ])
  })

  it('ends where it is told to', async () => {
    const { has, sweep } = await everybody()
    await has(ada, [])
    await has(bob, [])
    const end = new AbortController()
    const watch = { progress: () => end.abort(new Error('enough')), stop: end.signal }
    await expect(sweep.run(cause, undefined, watch)).rejects.toThrow('enough')
    expect(await sweep.last()).toBeUndefined()
  })
})

const owedSince = (since: number) => ({ invoice: 'in_1', since, needsConfirmation: false })

describe('a question who holds what', () => {
  it('is one list a role, and one a member only for those who are not on it', async () => {
    const { pays, has, platform, world, differences } = await everybody()
    const members: MemberId[] = [ada, bob, 'discord:1:4']
    for (const member of members) {
      pays(member, `cus of ${member}`, to('basic pro'))
      await has(member, ['gold', 'platin'], { plans: ['basic', 'pro'] })
    }
    let lists = 0
    const { holders } = platform.roles
    platform.roles.holders = (...which) => {
      lists += 1
      return holders(...which)
    }
    platform.held.get(bob)?.delete('platin')
    expect(await differences()).toEqual([{ member: bob, missing: ['platin'], surplus: [] }])
    expect(lists).toBe(2)
    expect(world.asked).toEqual([`${bob} platin`])
  })

  it('is one a member where there is no list', async () => {
    const { pays, has, platform, world, differences } = await everybody()
    pays(ada, 'cus_1', to('basic'))
    await has(ada, ['gold'], { plans: ['basic'] })
    platform.trouble = refusal
    expect(await differences()).toEqual([])
    expect(world.asked).toEqual([`${ada} gold`])
  })

  it('counts as held what somebody who left would get, or where a person must mend the chat first', async () => {
    const { pays, has, platform, world, differences } = await everybody()
    pays(ada, 'cus_1', to('basic'))
    pays(bob, 'cus_2', to('basic'))
    await has(ada, ['gold'], { plans: ['basic'] })
    await has(bob, ['gold'], { plans: ['basic'] })
    platform.held.delete(ada)
    platform.held.set(bob, new Set())
    world.broken.set(bob, refusal)
    expect(await differences()).toEqual([])
    world.broken.set(bob, new RetryLater('down'))
    await expect(differences()).rejects.toThrow('down')
  })
})

describe('a sweep', () => {
  it('marks those who differ, and remembers what it found', async () => {
    const { pays, has, world, sweep, store } = await everybody()
    pays(ada, 'cus_1', to('basic'))
    await has(bob, [])
    world.refunded = ['ch_1']
    const report = { startedAt: now, endedAt: now, compared: 2, differing: 1, heldBack: 0 }
    expect(await sweep.run(cause)).toEqual({ ...report, marked: [ada] })
    expect(world.marks).toEqual([
      ['charge:ch_1', cause],
      [`member:${ada}`, cause],
    ])
    expect(await sweep.last()).toEqual(report)
    // Under the name at which a later version looks.
    expect(await store.collection('sweeps').get('last')).toEqual(report)
  })

  it('of one community remembers nothing: it was not everybody', async () => {
    const { has, sweep } = await everybody()
    await has(ada, ['gold'])
    expect(await sweep.run(cause, lounge)).toMatchObject({ marked: [ada] })
    expect(await sweep.last()).toBeUndefined()
  })

  it('asks for refunds from a day before the last, which at first is a month ago, and never lies ahead', async () => {
    const { world, sweep } = await everybody()
    await sweep.run(cause)
    world.now = now + 3 * day
    await sweep.run(cause)
    world.now = now
    await sweep.run(cause)
    expect(world.askedSince).toEqual([now - 31 * day, now - day, now - day])
  })

  it('holds back all who would lose access where they are many, marks the others, and forgets that once it is past', async () => {
    const { pays, has, world, sweep, harm, settings } = await everybody()
    const people = (of: CommunityId, count: number) =>
      Array.from({ length: count }, (_, n) => memberId(of, `9${n}`))
    for (const member of [...people(lounge, 11), ...people('discord:2', 10)]) await has(member, ['gold'])
    await settings.change('discord:2', () => ({ everyPlan: ['gold'], byPlan: {} }))
    pays(ada, 'cus_1', to('pro'))
    await has(ada, ['gold'], { plans: ['pro'] })
    const { marked, ...report } = await sweep.run(cause)
    expect(marked.sort()).toEqual([ada, ...people('discord:2', 10)].sort())
    expect(report).toMatchObject({ compared: 22, differing: 22, heldBack: 11 })
    expect(await harm.held(lounge)).toEqual({ at: now, cause, losing: 11, holders: 12 })
    expect(world.told).toEqual([expect.stringContaining('discord:1 Stopped: 11 of 12 people')])

    const one = await sweep.run(cause, lounge)
    expect(one.marked.map(communityOf)).toEqual([lounge])
    await sweep.run(cause, 'discord:2')
    expect(await harm.held(lounge)).toBeDefined()
    world.stripe.clear()
    for (const member of people(lounge, 11)) await has(member, [])
    await sweep.run(cause)
    expect(await harm.held(lounge)).toBeUndefined()
  })
})
