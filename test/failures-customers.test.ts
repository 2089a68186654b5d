import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  breakStore,
  customerOf,
  joinMembers,
  linkFor,
  loseEvents,
  nameOf,
  priceOf,
  quiet,
  subscriptionOf,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
})
afterEach(() => {
  world.stripe.faults.delivery = undefined
  world.stripe.faults.current = undefined
  world.stripe.settings.searchLag = 0
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
const sweep = async () => {
  await world.app.access.sweep.run({ what: 'sweep' })
  await quiet(world)
}

/** A customer who pays, made by hand, with what it and its subscription say about whose it is. */
const pay = async (ofCustomer: string | undefined, ofSubscription: string | undefined) => {
  const named = (user: string | undefined) => ({
    metadata: user === undefined ? {} : { chat_member: nameOf(world, user) },
  })
  const customer = await world.sdk.customers.create({
    ...named(ofCustomer),
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const items = [{ price: priceOf(world, 'basic_monthly') }]
  await world.sdk.subscriptions.create({ customer: customer.id, items, ...named(ofSubscription) })
  return customer.id
}

describe('a subscription that names somebody', () => {
  it('makes them a member at once, though its customer was looked at before and named nobody', async () => {
    const user = newcomer('later')
    const { id: customer } = await world.sdk.customers.create({ email: 'later@example.com' })
    world.stripe.changeCard(customer, 'pm_card_visa')
    await quiet(world)
    const items = [{ price: priceOf(world, 'basic_monthly') }]
    const metadata = { chat_member: nameOf(world, user) }
    await world.sdk.subscriptions.create({ customer, items, metadata })
    await until('the role', () => holds(world, user))
    await quiet(world)
  })
})

describe.each([
  ['by its events', () => () => quiet(world)],
  [
    'by a sweep when those are lost',
    () => {
      loseEvents(world)
      return sweep
    },
  ],
])('whose a subscription is, found %s,', (how, listen) => {
  const person = (name: string) => newcomer(`${name}${how.length}`)

  it('says its customer, or the subscription where that says nothing', async () => {
    const look = listen()
    const [customers, own, first, other] = ['customers', 'own', 'first', 'other'].map(person)
    await pay(customers, undefined)
    await pay(undefined, own)
    await pay(first, other)
    await look()
    for (const user of [customers, own, first])
      await until(`the role of ${user}`, () => holds(world, user ?? ''))
    expect(holds(world, other ?? '')).toBe(false)
  })

  it('can be changed by hand, and taken away', async () => {
    const [from, to] = [person('from'), person('to')]
    const customer = await pay(from, undefined)
    await until('the role', () => holds(world, from))
    await quiet(world)
    const look = listen()
    await world.sdk.customers.update(customer, { metadata: { chat_member: nameOf(world, to) } })
    await look()
    await until('the role of the other', () => holds(world, to) && !holds(world, from))
    await world.sdk.customers.update(customer, { metadata: { chat_member: '' } })
    await look()
    await until('the role to go', () => !holds(world, to))
    expect(holds(world, from)).toBe(false)
  })

  it('is nobody’s any more when the customer is deleted', async () => {
    const user = person('gone')
    await joinMembers(world, user)
    const look = listen()
    await world.sdk.customers.del(customerOf(world, user))
    await look()
    await until('the role to go', () => !holds(world, user))
    expect(read(await say(world, user, '/billing'))).toContain('no membership here yet')
  })
})

/** Makes somebody's customer somebody else's, by hand. */
const moveCustomer = async (from: string, to: string) => {
  const customer = customerOf(world, from)
  await world.sdk.customers.update(customer, { metadata: { chat_member: nameOf(world, to) } })
  await until('the role of the other', () => holds(world, to) && !holds(world, from))
  await quiet(world)
  return customer
}

describe('whoever lost a customer', () => {
  it.each([
    ['deleted', (customer: string) => world.sdk.customers.del(customer)],
    [
      'given to somebody else',
      (customer: string) =>
        world.sdk.customers.update(customer, {
          metadata: { chat_member: nameOf(world, newcomer('somebody')) },
        }),
    ],
  ])(
    'that was %s loses the role, though they ask for a link before any event of it comes',
    async (how, lose) => {
      const user = newcomer(`asks${how.length}`)
      await joinMembers(world, user)
      loseEvents(world)
      await lose(customerOf(world, user))
      expect(read(await say(world, user, '/subscribe plan:basic_monthly'))).toContain('Pay on Stripe')
      await until('the role to go', () => !holds(world, user))
      await quiet(world)
    },
  )

  it('loses the role, at whichever write the bot stops on the way', async () => {
    for (let stops = 0; stops < 7; stops++) {
      const user = newcomer(`stops${stops}`)
      await joinMembers(world, user)
      const find = loseEvents(world)
      await world.sdk.customers.del(customerOf(world, user))
      await world.stripe.settled()
      const deleted = world.stripe.objects.events.find(({ type }) => type === 'customer.deleted')
      const { left, mend } = await breakStore(world, stops)
      find()
      world.stripe.resend(deleted?.id ?? '')
      await world.stripe.settled()
      await until('the last write', async () => (await left()) <= 0 || !holds(world, user))
      await world.stopBot()
      await mend()
      await world.startBot()
      world.stripe.resend(deleted?.id ?? '')
      await until(`the role to go, after a stop at write ${stops}`, () => !holds(world, user))
      await quiet(world)
    }
  })

  it.each([0, 60_000])(
    'to somebody else gets one of their own, however late a search is: %i ms',
    async lag => {
      world.stripe.settings.searchLag = lag
      const [from, to] = [newcomer(`mine${lag}`), newcomer(`theirs${lag}`)]
      await joinMembers(world, from)
      await moveCustomer(from, to)
      expect(read(await say(world, from, '/billing'))).toContain('no membership here yet')
      expect(read(await say(world, from, '/subscribe plan:basic_monthly'))).toContain('Pay on Stripe')
      expect(customerOf(world, from)).not.toBe(customerOf(world, to))
      await quiet(world)
      expect([holds(world, from), holds(world, to)]).toEqual([false, true])
    },
  )

  it('does not get it back by opening the page again that once thanked them', async () => {
    const [from, to] = [newcomer('thanked'), newcomer('moved')]
    await joinMembers(world, from)
    const customer = await moveCustomer(from, to)
    const [session] = world.stripe.objects.sessions.filter(each => each.customer === customer)
    const page = await fetch(`${world.app.url}/checkout/success?session_id=${session?.id}`)
    expect(page.status).toBe(200)
    await quiet(world)
    expect([holds(world, from), holds(world, to)]).toEqual([false, true])
  })

  it('that Stripe does not even list for any more loses the role by a sweep', async () => {
    const user = newcomer('unlisted')
    await joinMembers(world, user)
    loseEvents(world)
    const customer = customerOf(world, user)
    await world.sdk.customers.del(customer)
    world.stripe.faults.current = ({ path, params }) =>
      path === '/v1/subscriptions' && params.customer === customer
        ? {
            status: 404,
            type: 'invalid_request_error',
            code: 'resource_missing',
            message: 'No such customer',
          }
        : undefined
    await sweep()
    expect(holds(world, user)).toBe(false)
  })
})

describe('somebody with two customers', () => {
  it('gets to the billing of the one that pays', async () => {
    const user = newcomer('double')
    await linkFor(world, user)
    await pay(user, undefined)
    await until('the role', () => holds(world, user))
    await quiet(world)
    const page = await (await fetch(linkOf(await say(world, user, '/billing')))).text()
    expect(page).toContain('Cancel')
    expect(subscriptionOf(world, user).status).toBe('active')
  })
})
