import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  addPayer,
  customerOf,
  deliver,
  invoiceOf,
  joinMembers,
  linkFor,
  logLines,
  loseEvents,
  nameOf,
  priceOf,
  quiet,
  subscriptionOf,
  useLogChannel,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000

let world: World
let gold: string
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  gold = world.discord.addRole(world.guild, { name: 'Gold' }).id
  world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 9)
  await say(world, world.admin, '/premium role role:@Premium')
  await say(world, world.admin, '/premium role role:@Gold plan:patron_monthly')
  await useLogChannel(world)
})
afterEach(() => {
  world.stripe.faults.current = undefined
  world.stripe.faults.delivery = undefined
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
const second = (user: string, plan: string) => {
  const customer = customerOf(world, user)
  world.stripe.changeCard(customer, 'pm_card_visa')
  const metadata = { chat_member: nameOf(world, user) }
  return world.sdk.subscriptions.create({ customer, items: [{ price: priceOf(world, plan) }], metadata })
}

describe('of two subscriptions', () => {
  it.each(['basic_monthly', 'pro_monthly'])(
    'one ends and access by the other (%s) stays, with no moment without it',
    async plan => {
      const user = newcomer(`two${plan.slice(0, 3)}`)
      await joinMembers(world, user)
      const first = subscriptionOf(world, user).id
      await second(user, plan)
      await quiet(world)
      const before = world.discord.requests().length
      await world.sdk.subscriptions.cancel(first)
      await quiet(world)
      expect(holds(world, user)).toBe(true)
      const removals = world.discord
        .requests()
        .slice(before)
        .filter(({ method }) => method === 'DELETE')
      expect(removals).toEqual([])
      await world.sdk.subscriptions.cancel(subscriptionOf(world, user).id)
      await until('the role to go', () => !holds(world, user))
    },
  )

  it('that were both paid through open links access is kept, and the log channel is told once', async () => {
    const user = newcomer('double')
    const first = await linkFor(world, user)
    const other = await world.sdk.checkout.sessions.create({
      mode: 'subscription',
      customer: customerOf(world, user),
      client_reference_id: nameOf(world, user),
      line_items: [{ price: priceOf(world, 'pro_monthly'), quantity: 1 }],
      success_url: 'http://localhost/done',
    })
    world.stripe.pay(first)
    world.stripe.pay(other.id)
    await until('the role', () => holds(world, user))
    const told = () =>
      logLines(world)
        .join('\n')
        .split('\n')
        .filter(line => line.includes('Paid twice') && line.includes(user))
    await until('the log channel', () => told().length > 0)
    await world.app.access.queue.mark(`member:${nameOf(world, user) as `${string}:${string}:${string}`}`, {
      what: 'sweep',
    })
    await quiet(world)
    expect(told()).toHaveLength(1)
    expect(holds(world, user)).toBe(true)
  })
})

describe('a subscription', () => {
  it('that moves up and down swaps roles, and its member always holds one of them', async () => {
    const user = newcomer('mover')
    await joinMembers(world, user)
    let empty = 0
    const stop = world.discord.subscribe(() => {
      if (!holds(world, user) && !holds(world, user, gold)) empty++
    })
    for (const [plan, role, old] of [
      ['patron_monthly', gold, world.premium],
      ['basic_monthly', world.premium, gold],
    ] as const) {
      const { id, items } = subscriptionOf(world, user)
      await world.sdk.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: priceOf(world, plan) }],
      })
      await until('the other role', () => holds(world, user, role) && !holds(world, user, old))
    }
    stop()
    expect(empty).toBe(0)
  })

  it('whose new role cannot be given yet keeps the old one until it can', async () => {
    const user = newcomer('waits')
    await joinMembers(world, user)
    world.discord.moveRole(world.guild, gold, 20)
    const { id, items } = subscriptionOf(world, user)
    await world.sdk.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', price: priceOf(world, 'patron_monthly') }],
    })
    await until('the problem', () => world.app.access.gates.closed().length > 0)
    expect(holds(world, user)).toBe(true)
    world.discord.moveRole(world.guild, gold, 1)
    await world.app.access.gates.check()
    await until('the new role alone', () => holds(world, user, gold) && !holds(world, user))
    await quiet(world)
  })

  it('that is canceled in the portal keeps access until its end, however the end is written', async () => {
    for (const params of [
      { cancel_at_period_end: true },
      { cancel_at: Math.floor(world.clock.now() / 1000) + 86_400 * 9 },
    ]) {
      const user = newcomer(`ends${Object.keys(params)[0]?.length}`)
      await joinMembers(world, user)
      await world.sdk.subscriptions.update(subscriptionOf(world, user).id, params)
      await quiet(world)
      expect(holds(world, user)).toBe(true)
      expect(read(await say(world, user, '/billing'))).toContain('Ends on')
      await world.stripe.advance(32 * day)
      await until('the role to go', () => !holds(world, user))
    }
  })

  it('completed by a bank debit waits for the money, and holds nothing when it never comes', async () => {
    const [comes, fails] = [newcomer('debit'), newcomer('debitfails')]
    for (const user of [comes, fails]) world.stripe.pay(await linkFor(world, user), { card: 'pm_sepaDebit' })
    await quiet(world)
    for (const user of [comes, fails]) {
      expect(subscriptionOf(world, user).status).toBe('active')
      expect(holds(world, user)).toBe(false)
      expect(read(await say(world, user, '/billing'))).toContain('first payment is on its way')
    }
    const [ofComes, ofFails] = [comes, fails].map(user => invoiceOf(world, user).id)
    // A dearer plan makes another invoice that nobody has paid, a cheaper one credit for what nobody has paid.
    for (const plan of ['patron_monthly', 'basic_monthly']) {
      const { id, items } = subscriptionOf(world, comes)
      await world.sdk.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: priceOf(world, plan) }],
        proration_behavior: 'always_invoice',
      })
      await quiet(world)
      expect(holds(world, comes) || holds(world, comes, gold)).toBe(false)
    }
    world.stripe.settleDebit(ofComes ?? '', true)
    world.stripe.settleDebit(ofFails ?? '', false)
    await until('the role', () => holds(world, comes))
    await until('the welcome', () => world.discord.dms(comes).map(read).join().includes('Welcome'))
    await quiet(world)
    // Nothing was ever paid, so there is nothing that days of grace would keep.
    expect(subscriptionOf(world, fails).status).toBe('past_due')
    expect(holds(world, fails)).toBe(false)
    expect(world.discord.dms(fails).map(read).join()).toContain("didn't go through")
    world.stripe.payInvoice(invoiceOf(world, fails).id, { card: 'pm_card_visa' })
    await until('the role', () => holds(world, fails))
    await quiet(world)
  })
})

describe('a first payment that never came', () => {
  it.each(['voidInvoice', 'markUncollectible'] as const)(
    'and is given up (%s) gives nothing away',
    async how => {
      const user = newcomer(how)
      world.stripe.pay(await linkFor(world, user), { card: 'pm_sepaDebit' })
      await quiet(world)
      const { id } = invoiceOf(world, user)
      world.stripe.settleDebit(id, false)
      await quiet(world)
      await world.sdk.invoices[how](id)
      await quiet(world)
      // So Stripe calls whoever owes nothing any more.
      expect(subscriptionOf(world, user).status).toBe('active')
      expect(holds(world, user)).toBe(false)
    },
  )
})

describe('a customer', () => {
  it('that is deleted ends access; one that Stripe does not know ends nothing, and an operator hears of it', async () => {
    const [deleted, unknown] = [newcomer('deleted'), newcomer('unknown')]
    await joinMembers(world, deleted)
    await joinMembers(world, unknown)
    await world.sdk.customers.del(customerOf(world, deleted))
    await until('the role to go', () => !holds(world, deleted))
    await quiet(world)
    world.stripe.faults.current = () => ({
      status: 404,
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: 'No such customer',
    })
    await deliver(world, {
      id: 'evt_missing',
      type: 'invoice.paid',
      data: { object: { object: 'invoice', customer: customerOf(world, unknown) } },
    })
    await until('the problem', () =>
      world.app.access.gates.closed().some(({ id }) => id === 'stripe:account'),
    )
    await until('the log channel', () => logLines(world).join('\n').includes("doesn't know"))
    expect(holds(world, unknown)).toBe(true)
    expect(world.discord.dms(unknown)).toHaveLength(1)
    world.stripe.faults.current = undefined
    await world.app.access.gates.check()
    await quiet(world)
    expect(holds(world, unknown)).toBe(true)
    // Whoever was deleted can come back the same day.
    linkOf(await say(world, deleted, '/subscribe plan:basic_monthly'))
  })

  it('whose member is changed by hand takes the role with it', async () => {
    const [from, to] = [newcomer('from'), newcomer('to')]
    await joinMembers(world, from)
    const customer = customerOf(world, from)
    await world.sdk.customers.update(customer, { metadata: { chat_member: nameOf(world, to) } })
    await until('the new role', () => holds(world, to) && !holds(world, from))
    // The subscription still names whom Checkout sold it to.
    await world.sdk.customers.update(customer, { metadata: { chat_member: 'nonsense' } })
    await until('the role back', () => holds(world, from) && !holds(world, to))
    await world.sdk.customers.update(customer, { metadata: { chat_member: nameOf(world, to) } })
    await until('the new role again', () => holds(world, to) && !holds(world, from))
    await world.sdk.customers.update(customer, { metadata: { chat_member: nameOf(world, from) } })
    await until('the role back', () => holds(world, from) && !holds(world, to))
    await quiet(world)
  })

  it('that was made again elsewhere counts beside the old one, and alone when that is deleted', async () => {
    const user = newcomer('merged')
    await joinMembers(world, user)
    const old = customerOf(world, user)
    const find = loseEvents(world)
    const { customer } = subscriptionOf(world, await addPayer(world, 'elsewhere'))
    find()
    await world.sdk.customers.update(customer, { metadata: { chat_member: nameOf(world, user) } })
    await quiet(world)
    await world.sdk.customers.del(old)
    await quiet(world)
    expect(holds(world, user)).toBe(true)
  })
})

describe('an event', () => {
  it.each([
    [
      'before 2025',
      { object: 'invoice', subscription: 'sub_old', charge: 'ch_old', payment_intent: 'pi_old' },
    ],
    ['of now', { object: 'invoice', parent: { subscription_details: { subscription: 'sub_new' } } }],
    ['with the customer expanded', { object: 'invoice', isExpanded: true }],
  ])('in the shape %s is understood', async (name, object) => {
    const user = newcomer(name.replaceAll(' ', ''))
    const link = await linkFor(world, user)
    loseEvents(world)
    world.stripe.pay(link)
    await world.stripe.settled()
    const id = customerOf(world, user)
    const customer = 'isExpanded' in object ? { object: 'customer', id } : id
    await deliver(world, { id: 'evt_shape', type: 'invoice.paid', data: { object: { ...object, customer } } })
    await until('the role', () => holds(world, user))
    await quiet(world)
  })
})
