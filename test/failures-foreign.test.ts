import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addPayer,
  customerOf,
  joinMembers,
  linkFor,
  logLines,
  nameOf,
  quiet,
  subscriptionOf,
  useLogChannel,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000

let world: World
let foreign: string
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
  await useLogChannel(world)
  const { id: product } = await world.sdk.products.create({ name: 'Hosting' })
  const recurring = { interval: 'week' } as const
  foreign = (await world.sdk.prices.create({ product, currency: 'usd', unit_amount: 900, recurring })).id
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
const sweep = async () => {
  await world.app.access.sweep.run({ what: 'sweep' })
  await quiet(world)
}

describe('what else a customer pays for', () => {
  it('by an invoice of its own is no membership', async () => {
    const user = newcomer('once')
    await linkFor(world, user)
    const customer = customerOf(world, user)
    const { id = '' } = await world.sdk.invoices.create({ customer, auto_advance: false })
    await world.sdk.invoiceItems.create({ customer, invoice: id, amount: 500, currency: 'usd' })
    await world.sdk.invoices.finalizeInvoice(id)
    world.stripe.payInvoice(id, { card: 'pm_card_visa' })
    for (const look of [() => quiet(world), sweep]) {
      await look()
      expect(holds(world, user)).toBe(false)
    }
    expect(world.discord.dms(user)).toEqual([])
  })

  it('by a price without a lookup key unlocks nothing', async () => {
    const user = await addPayer(world, 'hosted', foreign)
    for (const look of [() => quiet(world), sweep]) {
      await look()
      expect(holds(world, user)).toBe(false)
    }
    expect(world.discord.dms(user)).toEqual([])
  })

  it('is told as no membership, neither in billing nor on the way to one', async () => {
    const user = await addPayer(world, 'elsewhere', foreign)
    await quiet(world)
    const billing = read(await say(world, user, '/billing'))
    expect(billing).toContain('You have no membership here yet')
    expect(billing).toContain('A subscription that is no membership')
    expect(billing).toContain('[See the plans]')
    const change = read(await say(world, user, '/subscribe plan:basic_monthly'))
    expect(change).toContain('what it was for ends with it')
    expect(change).not.toContain('You are a member already')
  })

  it('beside a membership is neither paid twice nor in trouble, whatever becomes of it', async () => {
    const user = newcomer('both')
    await joinMembers(world, user)
    const customer = customerOf(world, user)
    world.stripe.changeCard(customer, 'pm_card_visa')
    const own = subscriptionOf(world, user).id
    await world.sdk.subscriptions.create({ customer, items: [{ price: foreign }] })
    await quiet(world)
    const hosting = subscriptionOf(world, user)
    await say(world, user, '/subscribe plan:pro_monthly')
    const [{ flow } = { flow: null }] = world.stripe.objects.portalSessions
    expect(flow?.subscription_update_confirm?.subscription).toBe(own)
    world.stripe.changeCard(customer, 'pm_card_chargeCustomerFail')
    await world.stripe.advance(8 * day)
    await quiet(world)
    expect(world.stripe.objects.subscriptions.find(({ id }) => id === hosting.id)?.status).toBe('past_due')
    await sweep()
    expect(holds(world, user)).toBe(true)
    expect(world.discord.dms(user).map(read).join()).not.toContain('payment')
    expect(world.discord.dms(user)).toHaveLength(1)
    const said = logLines(world)
      .join('\n')
      .split('\n')
      .filter(line => line.includes(user))
    expect(said).toEqual([expect.stringContaining('Started')])
    expect((await world.app.access.memberships.get(nameOf(world, user)))?.statuses).toEqual(['active'])
    await world.sdk.subscriptions.cancel(own)
    await until('the role to go', () => !holds(world, user))
  })
})
