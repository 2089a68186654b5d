import { describe, expect, it } from 'vitest'
import { createHarm, type HeldBack, isMany, losesAccess } from '../src/access/harm.ts'
import { plain } from '../src/text.ts'
import { ownStore } from './support/store.ts'

const lounge = 'discord:1'
const hour = 60 * 60_000
const found = (losing: number, change: Partial<HeldBack> = {}): HeldBack => ({
  at: 1,
  cause: { what: 'sweep' },
  losing,
  holders: 40,
  ...change,
})
const wanted = { everyPlan: ['gold'], byPlan: {} }
const proposed = (losing: number) => found(losing, { cause: { what: 'settings' }, settings: wanted })

async function aCap() {
  const { store } = await ownStore()
  const world = { now: 1_000, told: [] as string[] }
  const harm = createHarm({
    store,
    notices: { log: async (community, line) => void world.told.push(`${community} ${plain(line)}`) },
    now: () => world.now,
  })
  return { world, harm, entry: () => store.collection('harm').get(lounge) }
}

describe('the cap on harm', () => {
  it.each([
    [10, 10, false],
    [11, 11, true],
    [11, 54, true],
    [11, 55, false],
    [12, 55, true],
    [0, 0, false],
  ])('takes %i of %i for many: %s', async (losing, holders, is) => {
    expect(isMany(losing, holders)).toBe(is)
    const { harm } = await aCap()
    expect(await harm.isTooMuch(lounge, losing, holders)).toBe(is)
  })

  it.each([
    [['gold'], ['silver'], false],
    [[], ['silver'], true],
    [['gold'], ['silver', 'bronze'], true],
    [['gold'], [], false],
    [[], [], false],
  ])(
    'of somebody who lacks %j and has %j too many says that they lose access: %s',
    (missing, surplus, is) => {
      expect(losesAccess({ missing, surplus })).toBe(is)
    },
  )

  it('lets go as many as an admin said, for an hour, in that community', async () => {
    const { world, harm } = await aCap()
    await harm.allow(lounge, 20)
    expect(await harm.isTooMuch(lounge, 20, 40)).toBe(false)
    expect(await harm.isTooMuch(lounge, 21, 40)).toBe(true)
    expect(await harm.isTooMuch('discord:2', 20, 40)).toBe(true)
    world.now += hour - 1
    expect(await harm.isTooMuch(lounge, 20, 40)).toBe(false)
    world.now += 1
    expect(await harm.isTooMuch(lounge, 20, 40)).toBe(true)
  })

  it('tells once what stopped, and says what to do about it', async () => {
    const { world, harm } = await aCap()
    expect(await harm.held(lounge)).toBeUndefined()
    await harm.hold(lounge, found(20))
    await harm.hold(lounge, found(21))
    expect(world.told).toEqual([
      "discord:1 Stopped: 20 of 40 people would lose access now. They keep it until an admin confirms that with /premium sync. If that can't be right, check Stripe first.",
    ])
    expect(await harm.held(lounge)).toEqual(found(21))
  })

  it('tells of a setting that stopped though a look did before, once', async () => {
    const { world, harm } = await aCap()
    await harm.hold(lounge, found(20))
    await harm.hold(lounge, proposed(15))
    await harm.hold(lounge, proposed(16))
    expect(world.told.slice(1)).toEqual([
      'discord:1 Stopped: a changed setting would take a paid role from 15 of 40 people. Nothing is changed until an admin confirms it with /premium sync.',
    ])
    expect(await harm.held(lounge)).toEqual(proposed(16))
  })

  it.each([
    [15, 20, 20],
    [20, 15, 20],
  ])(
    'keeps a setting that takes from %i beside a look that takes from %i, as %i',
    async (first, then, both) => {
      const { harm } = await aCap()
      await harm.hold(lounge, proposed(first))
      await harm.hold(lounge, found(then, { at: 2 }))
      expect(await harm.held(lounge)).toEqual({ ...found(both, { at: 2 }), settings: wanted })
    },
  )

  it('forgets what a look found once a look is harmless, and never a setting that waits', async () => {
    const { harm, entry } = await aCap()
    await harm.hold(lounge, found(20))
    await harm.release(lounge)
    expect(await entry()).toBeUndefined()
    await harm.hold(lounge, proposed(20))
    await harm.release(lounge)
    expect(await entry()).toEqual({ held: proposed(20) })
    await harm.drop(lounge)
    expect(await entry()).toBeUndefined()
  })

  it.each(['release', 'drop'] as const)('keeps an admin’s word on %s, until its hour is over', async what => {
    const { world, harm, entry } = await aCap()
    await harm.hold(lounge, proposed(20))
    await harm.allow(lounge, 20)
    expect(await harm.held(lounge)).toBeUndefined()
    await harm.hold(lounge, found(30))
    await harm[what](lounge)
    const allowed = { losing: 20, until: 1_000 + hour }
    expect(await entry()).toEqual({ allowed })
    world.now = allowed.until - 1
    await harm[what](lounge)
    expect(await entry()).toEqual({ allowed })
    world.now = allowed.until
    await harm[what](lounge)
    expect(await entry()).toBeUndefined()
  })

  it.each(['release', 'drop'] as const)('has nothing to do on %s where nothing waits', async what => {
    const { harm, entry } = await aCap()
    await harm[what](lounge)
    expect(await entry()).toBeUndefined()
  })
})
