import { describe, expect, it } from 'vitest'
import { createChanges } from '../src/access/changes.ts'
import { createHarm } from '../src/access/harm.ts'
import { createJournal } from '../src/access/journal.ts'
import type { Membership } from '../src/access/membership.ts'
import { type CommunitySettings, createSettings } from '../src/access/settings.ts'
import type { Difference } from '../src/access/sweep.ts'
import { type CommunityId, type MemberId, memberId } from '../src/member.ts'
import { plain, text } from '../src/text.ts'
import { ownStore } from './support/store.ts'

const lounge: CommunityId = 'discord:1'
const admin = 'discord:1:9'
const old: CommunitySettings = { everyPlan: ['gold'], byPlan: {}, logChannel: 'general' }
const why = { did: text`set the role`, detail: 'roles', by: admin } as const
const toSilver = (settings: CommunitySettings) => ({ ...settings, everyPlan: ['silver'] })
const people = (count: number): MemberId[] =>
  Array.from({ length: count }, (_, n) => memberId(lounge, `${n}`))

/** A community where so many hold a role, and a sweep that finds what the test says. */
async function aCommunity(holding = 0) {
  const { store } = await ownStore()
  const settings = createSettings(store)
  await settings.change(lounge, () => old)
  const memberships = store.collection<Membership>('memberships')
  const member: Membership = { given: ['gold'], plans: [], isGone: false }
  await Promise.all(people(holding).map(one => memberships.set(one, member)))
  await memberships.set('discord:1:none', { ...member, given: [] })
  await memberships.set('discord:11:else', member)
  const journal = createJournal(store)
  const world = {
    differences: [] as Difference[],
    compared: [] as unknown[],
    marks: [] as unknown[],
    told: [] as string[],
  }
  const harm = createHarm({
    store,
    notices: { log: async (_, line) => void world.told.push(plain(line)) },
    now: () => 5,
  })
  const changes = createChanges({
    settings,
    memberships,
    sweep: {
      async compare(community, options) {
        world.compared.push([community, options?.rules])
        return { compared: 0, holders: new Map(), differences: world.differences }
      },
    },
    harm,
    journal,
    queue: { mark: async (who, cause) => void world.marks.push([who, cause]) },
    known: async community => new Set([memberId(community, 'a'), memberId(community, 'b')]),
    now: () => 5,
  })
  return {
    world,
    changes,
    harm,
    settings: () => settings.of(lounge),
    wrote: async () =>
      (await journal.of(lounge)).map(({ did, ...rest }) => ({ ...rest, did: plain(did) })).reverse(),
  }
}

const byAdmin = { at: 5, causes: [{ what: 'admin', by: admin }] }
const losing = (count: number): Difference[] =>
  people(count).map(member => ({ member, missing: ['silver'], surplus: ['gold'] }))

describe('a changed setting', () => {
  it('is applied where few hold anything, without asking Stripe, and marks everybody', async () => {
    const { world, changes, settings, wrote } = await aCommunity(10)
    expect(await changes.propose(lounge, toSilver, why)).toEqual({ marked: ['discord:1:a', 'discord:1:b'] })
    expect(await settings()).toEqual({ ...old, everyPlan: ['silver'] })
    const cause = { what: 'settings', detail: 'roles', by: admin }
    expect(world.marks).toEqual([
      ['member:discord:1:a', cause],
      ['member:discord:1:b', cause],
    ])
    expect(world.compared).toEqual([])
    expect(await wrote()).toEqual([{ ...byAdmin, did: 'set the role' }])
  })

  it('is tried out where many hold something, and applied where it takes from few', async () => {
    const { world, changes, settings } = await aCommunity(11)
    world.differences = [
      ...losing(10),
      ...people(11).map(member => ({ member, missing: ['silver'], surplus: [] })),
    ]
    expect(await changes.propose(lounge, toSilver, why)).toHaveProperty('marked')
    expect(world.compared).toEqual([[lounge, { ...old, everyPlan: ['silver'] }]])
    expect((await settings()).everyPlan).toEqual(['silver'])
  })

  it('is held back where it takes from many, and changes nothing', async () => {
    const { world, changes, harm, settings, wrote } = await aCommunity(11)
    world.differences = losing(11)
    const held = {
      at: 5,
      cause: { what: 'settings', detail: 'roles', by: admin },
      losing: 11,
      holders: 11,
      settings: { ...old, everyPlan: ['silver'] },
    }
    expect(await changes.propose(lounge, toSilver, why)).toEqual({ held })
    expect(await harm.held(lounge)).toEqual(held)
    expect(world.told).toHaveLength(1)
    expect(await settings()).toEqual(old)
    expect(world.marks).toEqual([])
    expect(await wrote()).toEqual([
      { ...byAdmin, did: 'asked for: set the role; held back, 11 would lose a paid role' },
    ])
  })

  it('takes the place of one that waits', async () => {
    const { world, changes, harm } = await aCommunity(11)
    world.differences = losing(11)
    await changes.propose(lounge, toSilver, why)
    world.differences = []
    await changes.propose(lounge, settings => settings, why)
    expect(await harm.held(lounge)).toBeUndefined()
  })

  it('is confirmed with its roles alone, and marks everybody in the name of whoever confirms', async () => {
    const { world, changes, harm, settings, wrote } = await aCommunity(11)
    world.differences = losing(11)
    await changes.propose(
      lounge,
      rules => ({ ...toSilver(rules), byPlan: { pro: ['x'] }, logChannel: 'b' }),
      why,
    )
    expect(await changes.confirm(lounge, 'discord:1:8')).toEqual(['discord:1:a', 'discord:1:b'])
    expect(await settings()).toEqual({ everyPlan: ['silver'], byPlan: { pro: ['x'] }, logChannel: 'general' })
    expect(world.marks).toEqual([
      ['member:discord:1:a', { what: 'settings', detail: 'roles', by: 'discord:1:8' }],
      ['member:discord:1:b', { what: 'settings', detail: 'roles', by: 'discord:1:8' }],
    ])
    expect(await harm.held(lounge)).toBeUndefined()
    expect(await harm.isTooMuch(lounge, 11, 11)).toBe(false)
    expect((await wrote()).slice(1)).toEqual([
      {
        at: 5,
        causes: [{ what: 'admin', by: 'discord:1:8' }],
        did: 'confirmed that 11 may lose a paid role',
      },
    ])
  })

  it('is taken back, once', async () => {
    const { world, changes, harm, wrote } = await aCommunity(11)
    world.differences = losing(11)
    await changes.propose(lounge, toSilver, why)
    expect(await changes.discard(lounge, admin)).toBe(true)
    expect(await harm.held(lounge)).toBeUndefined()
    expect((await wrote()).slice(1)).toEqual([{ ...byAdmin, did: 'took a proposed setting back' }])
    expect(await changes.discard(lounge, admin)).toBe(false)
    expect(await wrote()).toHaveLength(2)
  })
})

describe('what a look held back', () => {
  it('is confirmed, and marks nobody: the next look does', async () => {
    const { world, changes, harm, settings } = await aCommunity()
    await harm.hold(lounge, { at: 1, cause: { what: 'sweep' }, losing: 20, holders: 40 })
    expect(await changes.discard(lounge, admin)).toBe(false)
    expect(await changes.confirm(lounge, admin)).toEqual([])
    expect(await harm.isTooMuch(lounge, 20, 40)).toBe(false)
    expect(world.marks).toEqual([])
    expect(await settings()).toEqual(old)
  })

  it('is nothing where nothing waits', async () => {
    const { changes, wrote } = await aCommunity()
    expect(await changes.confirm(lounge, admin)).toBeUndefined()
    expect(await wrote()).toEqual([])
  })
})
