import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBilling } from '../src/billing/billing.ts'
import { addPrice } from './support/failures.ts'
import { ownStore } from './support/store.ts'
import { until } from './support/until.ts'
import { becomeMember, buttonsOf, holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000

describe('subscribing', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterEach(() => world.close())

  it('five times at once makes one customer and one open session', async () => {
    // So that none of them is done before the others have begun.
    world.stripe.faults.current = ({ method }) => (method === 'POST' ? { delayMs: 200 } : undefined)
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => say(world, world.ada, '/subscribe plan:basic_monthly')),
    )
    expect(new Set(replies.map(linkOf)).size).toBe(1)
    expect(world.stripe.objects.customers).toHaveLength(1)
    expect(world.stripe.objects.sessions).toHaveLength(1)
  })

  it('in five processes at once makes one customer and one open session', async () => {
    const bots = await Promise.all(
      Array.from({ length: 5 }, async () =>
        createBilling({
          secretKey: world.stripe.secretKey,
          apiBase: world.stripe.url,
          publicUrl: 'https://bot.example',
          store: (await ownStore()).store,
          now: world.clock.now,
          home: async () => 'https://chat.example',
        }),
      ),
    )
    const offers = await Promise.all(
      bots.map(async ({ catalog, checkout }) => {
        const [tier] = await catalog.tiers()
        const [plan] = tier?.plans ?? []
        return tier && plan && checkout.offer(`discord:${world.guild}:${world.ada}`, tier, plan)
      }),
    )
    expect(new Set(offers.map(offer => offer?.kind === 'checkout' && offer.url)).size).toBe(1)
    expect(world.stripe.objects.customers).toHaveLength(1)
    expect(world.stripe.objects.sessions).toHaveLength(1)
  })

  it('to two plans at once leaves one open session', async () => {
    // So that both find none before either has one.
    world.stripe.faults.current = ({ path }) => (path.endsWith('/sessions') ? { delayMs: 200 } : undefined)
    const plans = ['basic_monthly', 'pro_monthly']
    await Promise.all(plans.map(plan => say(world, world.ada, `/subscribe plan:${plan}`)))
    expect(world.stripe.objects.sessions.filter(({ status }) => status === 'open')).toHaveLength(1)
  })

  it('sells nothing twice to somebody who pays in another tab meanwhile', async () => {
    const link = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    // Whatever is asked first finds it unpaid.
    let count = 0
    world.stripe.faults.current = ({ method, path }) => {
      const isRead = method === 'GET' && /subscriptions$|sessions$/.test(path)
      if (isRead && ++count === 2) world.stripe.pay(link)
      return undefined
    }
    const reply = read(await say(world, world.ada, '/subscribe plan:pro_monthly'))
    expect(reply).toContain('Change your plan')
    expect(world.stripe.objects.sessions.filter(({ status }) => status === 'open')).toEqual([])
  })

  it('carries the member everywhere the contract says, and lets Stripe choose', async () => {
    const member = `discord:${world.guild}:${world.ada}`
    const asked: string[] = []
    world.stripe.faults.current = ({ method, path, params }) => {
      if (method === 'POST' && path === '/v1/checkout/sessions') asked.push(...Object.keys(params))
      return undefined
    }
    await say(world, world.ada, '/subscribe plan:basic_monthly')
    expect(asked).toContain('allow_promotion_codes')
    expect(asked.filter(name => name.startsWith('payment_method'))).toEqual([])
    const [session] = (await world.sdk.checkout.sessions.list()).data
    expect(session).toMatchObject({
      mode: 'subscription',
      client_reference_id: member,
      metadata: { chat_member: member },
      allow_promotion_codes: true,
      locale: 'auto',
    })
    expect(world.stripe.objects.customers[0]?.metadata).toEqual({ chat_member: member })
    world.stripe.pay(session?.id ?? '')
    expect(world.stripe.objects.subscriptions[0]?.metadata).toEqual({ chat_member: member })
  })

  it('again gives the link that is open, and for another plan closes it first', async () => {
    const first = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    expect(linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))).toBe(first)
    const other = linkOf(await say(world, world.ada, '/subscribe plan:pro_monthly'))
    expect(other).not.toBe(first)
    expect(linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))).not.toBe(first)
    expect(world.stripe.objects.sessions.filter(({ status }) => status === 'open')).toHaveLength(1)
  })

  it('in another currency than the open link closes that first, or Stripe would refuse', async () => {
    await addPrice(world, 900, { currency: 'eur', lookup_key: 'euro_monthly' })
    const first = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    await until('the euro plan to be sold', async () => {
      const reply = await say(world, world.ada, '/subscribe plan:euro_monthly')
      return read(reply).includes('Almost there') && linkOf(reply) !== first
    })
    expect(world.stripe.objects.sessions.map(({ status, currency }) => `${status} ${currency}`)).toEqual([
      'open eur',
      'expired usd',
    ])
  })

  it('a day later makes a fresh link', async () => {
    const first = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    await world.stripe.advance(day)
    expect(linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))).not.toBe(first)
  })

  it('without a plan shows what there is, and with one for sale goes straight to it', async () => {
    expect(read(await say(world, world.ada, '/subscribe'))).toContain('$30.00 / month')
    for (const { id, lookup_key } of (await world.sdk.prices.list()).data)
      if (lookup_key !== 'pro_monthly') await world.sdk.prices.update(id, { active: false })
    await until('the catalog to hear of it', async () =>
      read(await say(world, world.ada, '/subscribe')).includes('Almost there'),
    )
  })

  it('offers the plans by what is typed', async () => {
    const person = world.discord.as(world.ada, world.guild)
    const { choices } = await person.autocomplete('/subscribe plan:pat')
    expect(choices).toEqual([{ name: 'Membership: Patron, $30.00 / month', value: 'patron_monthly' }])
  })

  it('to a plan that is not sold here is refused, by any name', async () => {
    const price = await addPrice(world, 100)
    for (const name of [price.id, 'no_such_plan', '*', '__proto__'])
      expect(read(await say(world, world.ada, `/subscribe plan:${name}`))).toContain('There is no plan')
    expect(world.stripe.objects.sessions).toHaveLength(0)
  })

  it.each(['active', 'trialing', 'past_due', 'unpaid', 'paused'])(
    'while a subscription is %s never sells a second one',
    async status => {
      await becomeMember(world, world.ada)
      const [subscription] = world.stripe.objects.subscriptions
      if (subscription) Object.assign(subscription, { status })
      const reply = await say(world, world.ada, '/subscribe plan:pro_monthly')
      expect(linkOf(reply)).toContain('/p/session/')
      expect(world.stripe.objects.sessions.filter(({ status: state }) => state === 'open')).toHaveLength(0)
    },
  )

  it('to another plan by the portal swaps the roles with no moment without any', async () => {
    const gold = world.discord.addRole(world.guild, { name: 'Gold' }).id
    world.discord.moveRole(world.guild, gold, 1)
    await say(world, world.admin, '/premium role role:@Gold plan:pro_monthly')
    await becomeMember(world, world.ada)
    await say(world, world.admin, '/premium role role:@Gold plan:pro_monthly')
    const link = linkOf(await say(world, world.ada, '/subscribe plan:pro_monthly'))
    let hadNone = false
    const stop = world.discord.subscribe(() => {
      if (!holds(world, world.ada) && !holds(world, world.ada, gold)) hadNone = true
    })
    const page = await (await fetch(link)).text()
    expect(page).toContain('Pro')
    await submit(link, page)
    await until('the new role', () => holds(world, world.ada, gold))
    await until('the old role to go', () => !holds(world, world.ada))
    stop()
    expect(hadNone).toBe(false)
  })

  it.each([
    ['of several items', 'usd'],
    ['in another currency', 'eur'],
  ])('with a subscription %s leads to billing, where it can be ended', async (kind, currency) => {
    await becomeMember(world, world.ada)
    const [subscription] = world.stripe.objects.subscriptions
    const extra = await addPrice(world, 500, {
      currency,
      ...(kind === 'in another currency' && { lookup_key: 'euro_monthly' }),
    })
    if (kind === 'of several items')
      await world.sdk.subscriptions.update(subscription?.id ?? '', { items: [{ price: extra.id }] })
    const plan = kind === 'of several items' ? 'pro_monthly' : 'euro_monthly'
    await until('the plan to be sold', async () => {
      const reply = await say(world, world.ada, `/subscribe plan:${plan}`)
      return (
        read(reply).includes("can't make this change in one step") && linkOf(reply).includes('/p/session/')
      )
    })
    expect(world.stripe.objects.portalSessions[0]?.flow).toBeNull()
    expect(world.stripe.objects.subscriptions).toHaveLength(1)
  })

  it('is private to the caller', async () => {
    const offer = await say(world, world.ada, '/subscribe plan:basic_monthly')
    expect(offer.flags).toBe(64)
    expect(world.discord.messages(world.channel, world.ben).map(({ id }) => id)).not.toContain(offer.id)
  })
})

describe('a payment', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await becomeMember(world, world.ada)
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
  })
  afterEach(() => world.close())

  const last = () => world.discord.dms(world.ada).at(-1)

  it.each([
    ['fails', 'pm_card_chargeCustomerFail', "didn't go through"],
    ['needs the bank’s confirmation', 'pm_card_authenticationRequired', 'confirm the payment'],
  ])(
    'that %s is told once per invoice, with a Billing button, and keeps the role in its grace',
    async (_, card, words) => {
      world.stripe.changeCard(world.stripe.objects.customers[0]?.id ?? '', card)
      await world.stripe.advance(31 * day + 3_600_000 * 2)
      await until('the notice', () => world.discord.dms(world.ada).length === 2)
      const notice = last()
      expect(notice && read(notice)).toContain(words)
      expect(notice && buttonsOf(notice).map(({ label }) => label)).toEqual(['Billing'])
      expect(holds(world, world.ada)).toBe(true)
      await world.stripe.advance(4 * day)
      await until('quiet', () => world.app.access.queue.waiting().count === 0)
      expect(world.discord.dms(world.ada)).toHaveLength(2)
      expect(read(await say(world, world.ada, '/billing'))).toMatch(
        /A payment is missing: you keep .* until <t:/,
      )
    },
  )

  it('that stays open ends access with the grace, by a timer and without any event', async () => {
    world.stripe.settings.afterLastRetry = 'past_due'
    world.stripe.changeCard(world.stripe.objects.customers[0]?.id ?? '', 'pm_card_chargeCustomerFail')
    await world.stripe.advance(31 * day + 3_600_000 * 2)
    await until('the notice', () => world.discord.dms(world.ada).length === 2)
    for (const { id } of world.stripe.objects.endpoints) await world.sdk.webhookEndpoints.del(id)
    await world.stripe.advance(6 * day - 3_600_000 * 3)
    expect(holds(world, world.ada)).toBe(true)
    world.clock.moveTo(world.clock.now() + 2 * day)
    await until('the role to go', () => !holds(world, world.ada))
    await until('the goodbye', () =>
      read(last() ?? world.discord.dms(world.ada)[0] ?? ({ content: '', embeds: [] } as never)).includes(
        'has ended',
      ),
    )
    expect(read(await say(world, world.ada, '/billing'))).toContain(
      'A payment is missing, so it unlocks nothing',
    )
  })
})

/** Sends a page's form as a browser without scripts does. */
async function submit(address: string, page: string): Promise<void> {
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page) ?? []
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const body = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value]))
  await fetch(new URL(action.replaceAll('&amp;', '&'), address), { method: 'POST', body, redirect: 'manual' })
}
