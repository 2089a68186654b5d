import { describe, expect, it } from 'vitest'
import { runChecks } from '../src/access/checks.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import type { MemberId } from '../src/member.ts'
import { text } from '../src/text.ts'
import { aCommunity, linesOf, now } from './support/checked.ts'

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
const lacksGold = (member: MemberId) => ({ member, missing: ['gold'], surplus: [] })
const refusal = (id: string) => ({ id, what: text`${id} is closed.`, fix: text`Open ${id}.` })

describe('the status of a community', () => {
  it('says in the order of setting up what is well', async () => {
    const { groups } = await aCommunity()
    const all = await groups()
    expect(all.map(({ name }) => name)).toEqual(['What is for sale', 'Stripe', 'The bot', 'Members'])
    expect(linesOf(all)).toHaveLength(11)
    expect(linesOf(all).filter(line => !line.startsWith('✓'))).toEqual([])
  })

  it('asks the chat before all else', async () => {
    const { platform, deps } = await aCommunity()
    const asked: string[] = []
    const { problems } = platform
    platform.problems = async () => {
      const found = await problems()
      asked.push('chat')
      return found
    }
    platform.roles.check = async () => {
      asked.push('role')
      return []
    }
    await runChecks({ ...deps, community: 'discord:1' })
    expect(asked).toEqual(['chat', 'role'])
  })

  it.each([
    ['settings', 'What is for sale'],
    ['settings', 'The log channel'],
    ['role', 'A paid role'],
    ['tiers', 'The plans'],
    ['key', "Stripe's key"],
    ['endpoint', 'The webhook endpoint'],
    ['delivery', 'The last webhook'],
    ['portal', 'The customer portal'],
    ['problems', 'The chat'],
    ['waiting', 'The waiting looks'],
    ['last sweep', 'The sweep'],
    ['compare', 'Who holds what'],
    ['held', 'What waits for an admin'],
  ])('says why it could not ask about %s: %s', async (what, name) => {
    const { world, groups } = await aCommunity()
    world.broken.set(what, new Error('it broke'))
    expect(linesOf(await groups()).join('\n')).toContain(
      `✗ ${name} could not be checked: it broke\n→ Look again in a minute; if it stays, the bot's log says more.`,
    )
    world.broken.set(what, 'a mere word')
    expect(linesOf(await groups())).toContain(`✗ ${name} could not be checked: a mere word`)
    world.broken.set(what, new RetryLater('it is busy'))
    expect(linesOf(await groups()).join('\n')).toContain(
      `✗ ${name} can't be checked now: it is busy.\n→ Look again in a minute; until then the bot waits and tries again.`,
    )
  })

  it('says what several questions meet once, where it is met first', async () => {
    const { world, look } = await aCommunity()
    const refused = new OperatorError(refusal('stripe:key'), async () => false)
    for (const what of ['tiers', 'key', 'portal', 'compare']) world.broken.set(what, refused)
    expect(await look('What is for sale')).toEqual([
      '✓ The bot can give @gold.',
      '✗ stripe:key is closed.',
      '→ Open stripe:key.',
    ])
    expect(await look('Stripe')).toHaveLength(2)
    expect(await look('Members')).toEqual([])
  })

  it('repeats what is well', async () => {
    const { platform, look } = await aCommunity()
    platform.allWell = text`No look waits.`
    expect((await look('The bot')).slice(0, 2)).toEqual(['✓ No look waits.', '✓ No look waits.'])
  })
})

describe('what the status says is for sale', () => {
  it('is every paid role once, and the plans', async () => {
    const { set, look } = await aCommunity()
    await set({ everyPlan: ['gold'], byPlan: { pro: ['silver', 'gold'] } })
    expect(await look('What is for sale')).toEqual([
      '✓ The bot can give @gold.',
      '✓ The bot can give @silver.',
      '✓ 2 plans are on sale: basic, pro.',
    ])
  })

  it("asks for a role by the chat's own word while there is none", async () => {
    const { world, platform, set, look } = await aCommunity()
    await set({ everyPlan: [], byPlan: {} })
    world.onSale = []
    platform.roleWord = 'channel'
    expect(await look('What is for sale')).toEqual([
      '✗ No paid channel is set, so nothing is for sale.',
      '→ Choose one with /premium setup or /premium role.',
    ])
    world.isConnected = false
    expect((await look('What is for sale'))[0]).toBe('✗ No paid role is set, so nothing is for sale.')
  })

  it('is what stops a role, and nothing where the chat is not there to ask', async () => {
    const { world, platform, look } = await aCommunity()
    platform.broken.add('gold')
    expect((await look('What is for sale')).slice(0, 2)).toEqual(['✗ It is broken.', '→ Mend it.'])
    world.isConnected = false
    expect((await look('What is for sale'))[0]).toBe('✓ The bot can give @gold.')
  })

  it.each([
    [1, '1 plan is on sale: p1.'],
    [10, '10 plans are on sale: p1, p2, p3, p4, p5, p6, p7, p8, p9, p10.'],
    [12, '12 plans are on sale: p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, 2 more.'],
  ])('names ten of %i plans', async (count, line) => {
    const { world, look } = await aCommunity()
    world.onSale = numbered(1, count).map(n => `p${n}`)
    expect((await look('What is for sale'))[1]).toBe(`✓ ${line}`)
  })

  it('is read anew from Stripe at each look', async () => {
    const { world, look } = await aCommunity()
    world.onSale = []
    await look('What is for sale')
    world.inStripe = ['new']
    expect((await look('What is for sale')).slice(1)).toEqual([
      '✗ No plan that Stripe has is on sale here: new.',
      '→ Say what they unlock with /premium role.',
    ])
  })

  it('is nothing where Stripe has no plan, and a price that wants a lookup key where there is one', async () => {
    const { world, look } = await aCommunity()
    world.inStripe = world.onSale = []
    expect((await look('What is for sale')).slice(1)).toEqual([
      '✗ Stripe has no active recurring price with a lookup key, so there is no plan to sell.',
      '→ Make one in the Stripe dashboard (Product catalog), or run npm run seed for three examples.',
    ])
    world.unnamed = ['price_1', 'price_2']
    expect((await look('What is for sale')).slice(2)).toEqual([
      '→ Give price_1, price_2 a lookup key in the Stripe dashboard (Product catalog, the price, Edit).',
    ])
  })

  it('tells of prices without a lookup key beside the plans', async () => {
    const { world, look } = await aCommunity()
    world.unnamed = ['price_1']
    expect((await look('What is for sale')).slice(2)).toEqual([
      "– 1 active price has no lookup key and can't be bought here: price_1.",
    ])
    world.unnamed = ['price_1', 'price_2']
    expect((await look('What is for sale')).slice(2)).toEqual([
      "– 2 active prices have no lookup key and can't be bought here: price_1, price_2.",
    ])
  })

  it('names each plan with roles of its own that Stripe has no longer', async () => {
    const { set, look } = await aCommunity()
    await set({ everyPlan: ['gold'], byPlan: { pro: ['gold'], old: ['gold'] } })
    expect((await look('What is for sale')).slice(2)).toEqual([
      '✗ The plan old unlocks something here, but Stripe has no active price with that lookup key. Who has it keeps it; nobody can buy it.',
      '→ Unarchive its price and product in the Stripe dashboard (Product catalog), or move the lookup key to the price that replaces it.',
    ])
  })
})

describe('what the status says of members', () => {
  it('is that everybody holds what they paid for', async () => {
    const { world, platform, look } = await aCommunity()
    world.differences = [
      // Somebody else gave the role; the next only has too much; the last isn't there.
      lacksGold('discord:1:2'),
      { member: 'discord:1:3', missing: [], surplus: ['gold'] },
      lacksGold('discord:1:4'),
    ]
    platform.held.set('discord:1:2', new Set(['gold'])).set('discord:1:3', new Set())
    expect(await look('Members')).toEqual(['✓ Everybody who pays holds what they paid for (2 compared).'])
  })

  it('names who lacks a role of several', async () => {
    const { world, platform, look } = await aCommunity()
    world.differences = [{ member: 'discord:1:2', missing: ['silver', 'gold'], surplus: [] }]
    platform.held.set('discord:1:2', new Set(['gold']))
    const fix = "→ Mend what else is red here, then /premium sync; /premium why tells each one's story."
    expect(await look('Members')).toEqual([
      "✗ 1 person who pays doesn't hold what they paid for: name of discord:1:2.",
      fix,
    ])
    world.isConnected = false
    expect(await look('Members')).toEqual([
      "✗ 1 person who pays doesn't hold what they paid for: discord:1:2.",
      fix,
    ])
  })

  it.each([
    [2, '2 people', ''],
    [10, '10 people', ''],
    [11, '11 people', ' and 1 more'],
    [50, '50 people', ' and 40 more'],
    [51, '50 or more people', ' and 40 more'],
  ])('names ten of %i, and asks about fifty', async (count, people, more) => {
    const { world, platform, look } = await aCommunity()
    const members = numbered(1, count).map((n): MemberId => `discord:1:${n}`)
    for (const member of members) platform.held.set(member, new Set())
    const surplus = numbered(100, 160).map(n => ({
      member: `discord:1:${n}` as const,
      missing: [],
      surplus: ['gold'],
    }))
    world.differences = [...surplus, ...members.map(lacksGold)]
    const names = members.slice(0, 10).map(member => `name of ${member}`)
    expect((await look('Members'))[0]).toBe(
      `✗ ${people} who pay don't hold what they paid for: ${names.join(', ')}${more}.`,
    )
  })

  it("has a button for what waits for an admin's word", async () => {
    const { world, look, groups } = await aCommunity()
    const held = { at: now, cause: { what: 'sweep' }, losing: 12, holders: 20 } as const
    const fix =
      "→ If that can't be right, check Stripe first. If it is, confirm it with the button, or with /premium sync confirm:yes."
    world.held = held
    expect((await look('Members')).slice(1)).toEqual([
      "✗ 12 of 20 people would lose access, which waits for an admin's word.",
      fix,
    ])
    expect((await groups()).flatMap(({ checks }) => checks).flatMap(({ button }) => button ?? [])).toEqual([
      { label: 'Take access from 12 people', run: 'premium sync confirm:yes' },
    ])
    world.held = { ...held, settings: { everyPlan: [], byPlan: {} } }
    expect((await look('Members')).slice(1)).toEqual([
      "✗ A changed setting waits for an admin's word: it would take access from 12 of 20 people.",
      fix,
    ])
  })
})
