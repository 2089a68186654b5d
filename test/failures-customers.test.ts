import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { customerOf, joinMembers, loseEvents, nameOf, priceOf, quiet } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
})
afterEach(() => {
  world.stripe.faults.delivery = undefined
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
