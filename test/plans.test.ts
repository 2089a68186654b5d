import { Locale } from 'discord.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinMembers } from './support/failures.ts'
import { until } from './support/until.ts'
import { buttonsOf, press, read, say, startWorld, type World } from './support/world.ts'

describe('/plans', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterAll(() => world.close())

  const price = (
    product: string,
    lookup_key: string,
    amount: number,
    currency: string,
    change: object = {},
  ) =>
    world.sdk.prices.create({
      product,
      lookup_key,
      currency,
      unit_amount: amount,
      recurring: { interval: 'month' },
      ...change,
    })
  const plansShow = (words: string, locale?: Locale) =>
    until(words, async () => spaced(read(await say(world, world.ada, '/plans', locale))).includes(words))

  it('shows a tier as Stripe holds it: picture, features, every currency and rhythm', async () => {
    const { id } = await world.sdk.products.create({
      name: 'Gold *and* `more` <@1> @everyone',
      description: 'All that glitters',
      images: ['https://example.com/gold.png'],
      marketing_features: [{ name: 'A seat by the window' }],
    })
    await price(id, 'gold_yen', 1000, 'jpy')
    await price(id, 'gold_euro', 9900, 'eur', { recurring: { interval: 'year' } })
    await price(id, 'gold_dinar', 12_500, 'kwd')
    await plansShow('¥1,000 / month')
    const plans = await say(world, world.ada, '/plans')
    const shown = spaced(read(plans))
    expect(shown).toContain('€99.00 / year')
    expect(shown).toContain('KWD 12.500 / month')
    expect(shown).toContain('• A seat by the window')
    expect(plans.embeds.map(({ thumbnail }) => thumbnail?.url)).toContain('https://example.com/gold.png')
    expect(plans.embeds.map(({ title }) => title)).toContain(
      'Gold \\*and\\* \\`more\\` \\<@1> @\u200beveryone',
    )
  })

  it('writes amounts as the reader does', async () => {
    await plansShow('99,00 € / year', Locale.German)
    await plansShow('￥1,000 / month', Locale.Japanese)
  })

  it('offers no price that is archived, one-time, or has no lookup key', async () => {
    const { id } = await world.sdk.products.create({ name: 'Odds and ends' })
    const archived = await price(id, 'odd_archived', 100, 'usd')
    await world.sdk.prices.update(archived.id, { active: false })
    await world.sdk.prices.create({ product: id, currency: 'usd', unit_amount: 200, lookup_key: 'odd_once' })
    await world.sdk.prices.create({
      product: id,
      currency: 'usd',
      unit_amount: 300,
      recurring: { interval: 'week' },
    })
    const sold = await price(id, 'odd_sold', 400, 'usd')
    await plansShow('odd_sold')
    const shown = read(await say(world, world.ada, '/plans'))
    expect(shown).not.toContain('odd_archived')
    expect(shown).not.toContain('odd_once')
    expect(shown).not.toContain('$3.00')
    const shownBefore = await say(world, world.ada, '/plans')
    await world.sdk.products.update(id, { active: false })
    await until(
      'the tier to go',
      async () => !read(await say(world, world.ada, '/plans')).includes('odd_sold'),
    )
    const late = await press(world, world.ada, shownBefore, 'Subscribe: Odds and ends, $4.00 / month')
    expect(read(late)).toBe('There is no plan behind that button any more. `/plans` shows what there is.')
    expect(sold.active).toBe(true)
  })

  it('turns pages when there is more than one message holds', async () => {
    for (let n = 0; n < 9; n++) {
      const { id } = await world.sdk.products.create({ name: `Tier ${n}` })
      for (let m = 0; m < 3; m++) await price(id, `tier_${n}_${m}`, 10_000 + n * 100 + m, 'usd')
    }
    await plansShow('Page 1 of 3')
    let page = await say(world, world.ada, '/plans')
    const seen = new Set(buttonsOf(page).map(({ label }) => label))
    for (let turns = 0; turns < 2; turns++) {
      page = await press(world, world.ada, page, 'Next page')
      for (const { label } of buttonsOf(page)) seen.add(label)
    }
    expect([...seen].filter(label => label.startsWith('Subscribe')).length).toBe(3 + 3 + 27)
    expect(buttonsOf(page).map(({ label }) => label)).not.toContain('Next page')
    page = await press(world, world.ada, page, 'Previous page')
    expect(read(page)).toContain('Page 2 of 3')
  })
})

describe('/plans with a tier of more prices than a message has buttons', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    const recurring = { interval: 'month' } as const
    const sell = async (name: string, count: number, from: number) => {
      const { id: product } = await world.sdk.products.create({ name })
      for (let n = 0; n < count; n++)
        await world.sdk.prices.create({
          product,
          lookup_key: `${name.slice(0, 4)}_${n}_${'k'.repeat(n === 7 ? 150 : 1)}`,
          nickname: `${'x'.repeat(38)}👩${n}`,
          currency: 'usd',
          unit_amount: from + n,
          recurring,
        })
    }
    await sell('Many', 30, 100_000)
    await sell('Last', 1, 900_000)
    await until('the prices', async () => (await offered()).choices?.length)
  })
  afterAll(() => world.close())

  const offered = () => world.discord.as(world.ada, world.guild).autocomplete('/subscribe plan:last')

  it('sells every one of them, and the tiers behind it', async () => {
    let page = await say(world, world.ada, '/plans')
    const seen = new Map(buttonsOf(page).map(({ label, id }) => [id, label]))
    while (buttonsOf(page).some(({ label }) => label === 'Next page')) {
      page = await press(world, world.ada, page, 'Next page')
      for (const { label, id } of buttonsOf(page)) seen.set(id, label)
    }
    const labels = [...seen.values()].filter(label => label.startsWith('Subscribe'))
    expect(labels).toHaveLength(3 + 30 + 1)
    for (const label of labels) expect(label).not.toMatch(/\p{Cs}/u)
  })

  it('offers one by what is typed though its lookup key is longer than a command takes', async () => {
    const person = world.discord.as(world.ada, world.guild)
    const { choices } = await person.autocomplete('/subscribe plan:many_7_')
    const [{ value } = { value: '' }] = choices ?? []
    expect(read(await say(world, world.ada, `/subscribe plan:${value}`))).toContain('$1,000.07 / month')
    const reply = await say(world, world.admin, `/premium role role:@Premium plan:${value}`)
    expect(read(reply)).toContain('now unlocks')
  })
})

describe('plans of several tiers that are called alike', () => {
  it('are told apart by their tier, in buttons, billing and the setup', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    try {
      for (const [name, unit_amount] of [
        ['Silver', 4_000],
        ['Gold', 5_000],
      ] as const) {
        const { id: product } = await world.sdk.products.create({ name })
        for (const [interval, nickname] of [
          ['month', ''],
          ['year', 'Yearly'],
        ] as const)
          await world.sdk.prices.create({
            product,
            lookup_key: `${name}_${interval}`,
            ...(nickname && { nickname }),
            currency: 'usd',
            unit_amount,
            recurring: { interval },
          })
      }
      await say(world, world.admin, '/premium role role:@Premium')
      const plans = await say(world, world.ada, '/plans')
      const labels = buttonsOf(plans).map(({ label }) => label)
      expect(labels).toContain('Subscribe: Silver Yearly, $40.00 / year')
      expect(labels).toContain('Subscribe: Gold Yearly, $50.00 / year')
      expect(labels).toContain('Subscribe: Gold, $50.00 / month')
      expect(read(await say(world, world.admin, '/premium setup'))).toContain('**Gold Yearly**: $50.00')
      await joinMembers(world, world.ada, 'Gold_month')
      await joinMembers(world, world.ben, 'Gold_year')
      expect(read(await say(world, world.ada, '/billing'))).toMatch(/^Gold$/m)
      expect(read(await say(world, world.ben, '/billing'))).toMatch(/^Gold Yearly$/m)
    } finally {
      await world.close()
    }
  })
})

describe('/plans in a server that sells one plan only', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium plan:pro_monthly')
  })
  afterAll(() => world.close())

  it('offers nothing that unlocks nothing there', async () => {
    const plans = await say(world, world.ada, '/plans')
    expect(buttonsOf(plans).map(({ label }) => label)).toEqual(['Subscribe: Pro, $20.00 / month'])
    expect(read(plans)).not.toContain('basic_monthly')
    expect(read(await say(world, world.ada, '/subscribe plan:basic_monthly'))).toContain('There is no plan')
    const { choices } = await world.discord.as(world.ada, world.guild).autocomplete('/subscribe plan:')
    expect(choices?.map(({ value }) => value)).toEqual(['pro_monthly'])
  })

  it('asks Stripe once a minute, and finds without any event what has changed', async () => {
    let reads = 0
    world.stripe.faults.delivery = () => 'drop'
    world.stripe.faults.current = ({ method, path }) => {
      if (method === 'GET' && path === '/v1/prices') reads += 1
      return undefined
    }
    world.clock.moveTo(world.clock.now() + 61_000)
    await Promise.all([world.ada, world.ben, world.admin].map(user => say(world, user, '/plans')))
    expect(reads).toBe(1)
    await world.sdk.products.update('velvet_membership', { name: 'The inner circle' })
    world.clock.moveTo(world.clock.now() + 61_000)
    expect(read(await say(world, world.ada, '/plans'))).toContain('The inner circle')
  })
})

/** Intl separates with spaces of its own kinds. */
const spaced = (words: string) => words.replaceAll(/\u00a0|\u202f/g, ' ')
