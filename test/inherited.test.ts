import { describe, expect, it } from 'vitest'
import { inherit, inheritable } from '../src/access/inherited.ts'
import { newcomer } from '../src/access/membership.ts'
import { allRoles, type CommunitySettings, createSettings, rolesOf } from '../src/access/settings.ts'
import { hasAccess } from '../src/access/wanted.ts'
import { ownStore } from './support/store.ts'

const rules: CommunitySettings = { everyPlan: [], byPlan: { basic: ['gold'], pro: ['platin', 'gold'] } }
const unset: CommunitySettings = { everyPlan: [], byPlan: {} }

describe('somebody who was a member before the store knew them', () => {
  const of = (inherited: string[], settings: CommunitySettings, held: string[] = [], given: string[] = []) =>
    inherit({ ...newcomer, given, inherited }, settings, held)

  it('may keep the roles of their plans, and nobody else keeps any', () => {
    expect(inheritable({ inherited: ['pro', 'basic'] }, rules)).toEqual(['platin', 'gold', 'gold'])
    expect(inheritable({}, { ...rules, everyPlan: ['silver'] })).toEqual([])
    expect(inherit({ ...newcomer, given: ['silver'] }, rules, ['gold'])).toEqual({
      given: ['silver'],
      left: {},
      isQuiet: false,
    })
  })

  it('keeps what they hold of them as given by the bot, each once and nothing else', () => {
    expect(of(['pro', 'basic'], rules, ['gold', 'other'], ['silver', 'gold'])).toEqual({
      given: ['silver', 'gold'],
      left: {},
      isQuiet: true,
    })
    expect(of(['pro'], rules, ['platin']).given).toEqual(['platin'])
  })

  it('waits, and is no secret, while their plans have no role', () => {
    expect(of(['basic'], unset)).toEqual({ given: [], left: { inherited: ['basic'] }, isQuiet: false })
    expect(of(['patron'], rules)).toEqual({ given: [], left: { inherited: ['patron'] }, isQuiet: false })
  })

  it('waits for those plans alone that have none', () => {
    expect(of(['basic', 'patron'], rules, ['gold'])).toEqual({
      given: ['gold'],
      left: { inherited: ['patron'] },
      isQuiet: true,
    })
  })

  it('without a plan is settled as soon as any role is set', () => {
    expect(of([], unset)).toEqual({ given: [], left: { inherited: [] }, isQuiet: true })
    expect(of([], rules)).toEqual({ given: [], left: {}, isQuiet: true })
  })
})

describe('the settings', () => {
  it('are empty until something is set, and keep what is', async () => {
    const { store } = await ownStore()
    const settings = createSettings(store)
    expect(await settings.of('discord:1')).toEqual(unset)
    const seen: CommunitySettings[] = []
    const add = (role: string) =>
      settings.change('discord:1', old => {
        seen.push(old)
        return { ...old, everyPlan: [...old.everyPlan, role] }
      })
    expect(await add('gold')).toEqual({ ...unset, everyPlan: ['gold'] })
    await add('silver')
    expect(seen).toEqual([unset, { ...unset, everyPlan: ['gold'] }])
    expect(await settings.of('discord:1')).toEqual({ ...unset, everyPlan: ['gold', 'silver'] })
    expect(await settings.of('discord:2')).toEqual(unset)
  })

  it('name every community that has any, and nothing that is none', async () => {
    const { store } = await ownStore()
    const settings = createSettings(store)
    const rows = store.collection<CommunitySettings>('settings')
    for (const key of ['odd', ':1', 'discord:1:more']) await rows.set(key, unset)
    await settings.change('slack:T1', () => unset)
    const named: string[] = []
    for await (const community of settings.communities()) named.push(community)
    expect(named).toEqual(['discord:1', 'slack:T1'])
  })

  it('give a plan its own roles, even none, and any other those of every plan', () => {
    const mixed: CommunitySettings = { everyPlan: ['silver', 'gold'], byPlan: { pro: ['gold'], free: [] } }
    expect(rolesOf(mixed, 'pro')).toEqual(['gold'])
    expect(rolesOf(mixed, 'free')).toEqual([])
    expect(rolesOf(mixed, 'toString')).toEqual(['silver', 'gold'])
    expect(allRoles(mixed)).toEqual(['silver', 'gold'])
    expect(allRoles(rules)).toEqual(['gold', 'platin'])
  })
})

describe('a reason for access', () => {
  it('is a plan, or what an admin gave, and nothing else', () => {
    expect(hasAccess({ ...newcomer, plans: ['basic'] })).toBe(true)
    expect(hasAccess({ ...newcomer, complimentary: { by: 'discord:1:2' } })).toBe(true)
    expect(hasAccess({ ...newcomer, given: ['gold'] })).toBe(false)
  })
})
