import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import {
  customerOf,
  invoiceOf,
  joinMembers,
  linkFor,
  loseEvents,
  priceOf,
  quiet,
  subscriptionOf,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000

const worlds: World[] = []
async function open(environment: Record<string, string> = {}): Promise<World> {
  const world = await startWorld({ environment: { SWEEP_MINUTES: '0', ...environment } })
  await say(world, world.admin, '/premium role role:@Premium')
  worlds.push(world)
  return world
}
afterAll(() => Promise.all(worlds.map(world => world.close())))

describe('money that goes back', () => {
  let world: World
  beforeAll(async () => {
    world = await open()
  })
  afterEach(() => {
    world.stripe.faults.delivery = undefined
  })
  const member = async (name: string, plan?: string) => {
    const user = world.discord.addMember(world.guild, { username: name }).user.id
    await joinMembers(world, user, plan)
    return user
  }
  const sweep = async () => {
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
  }

  const ways: [string, (invoice: string) => void, boolean][] = [
    ['a full refund', (invoice: string) => void world.stripe.refund(invoice), false],
    [
      'two refunds that make it whole',
      (invoice: string) => {
        world.stripe.refund(invoice, 400)
        world.stripe.refund(invoice)
      },
      false,
    ],
    [
      'a lost dispute',
      (invoice: string) => void world.stripe.closeDispute(world.stripe.dispute(invoice).id, 'lost'),
      false,
    ],
    ['a partial refund', (invoice: string) => void world.stripe.refund(invoice, 400), true],
    ['a dispute that is open', (invoice: string) => void world.stripe.dispute(invoice), true],
    [
      'a dispute that was won',
      (invoice: string) => void world.stripe.closeDispute(world.stripe.dispute(invoice).id, 'won'),
      true,
    ],
    [
      'an inquiry',
      (invoice: string) => {
        const { id } = world.stripe.dispute(invoice, { inquiry: true })
        world.stripe.closeDispute(id, 'warning_closed')
      },
      true,
    ],
  ]
  it.each(ways)(
    'by %s leaves access as it should be, by its event or, where that is lost, by a sweep',
    async (name, act, keeps) => {
      const [heard, unheard] = [await member(`h${name.length}`), await member(`u${name.length}`)]
      act(invoiceOf(world, heard).id)
      await quiet(world)
      if (!keeps) await until('the role to go', () => !holds(world, heard))
      expect(holds(world, heard)).toBe(keeps)
      const find = loseEvents(world)
      act(invoiceOf(world, unheard).id)
      await quiet(world)
      expect(holds(world, unheard)).toBe(true)
      await sweep()
      if (!keeps) await until('the role to go', () => !holds(world, unheard))
      expect(holds(world, unheard)).toBe(keeps)
      find()
      for (const user of [heard, unheard])
        await until('what is told', () => world.discord.dms(user).length === (keeps ? 1 : 2))
    },
  )

  it('opens access again with the next paid invoice, and not with one that is a draft or open', async () => {
    const [pays, fails] = [await member('pays'), await member('fails')]
    world.stripe.changeCard(customerOf(world, fails), 'pm_card_chargeCustomerFail')
    for (const user of [pays, fails]) {
      world.stripe.refund(invoiceOf(world, user).id)
      await until('the role to go', () => !holds(world, user))
    }
    const { current_period_end = 0 } = subscriptionOf(world, pays).items.data[0] ?? {}
    await world.stripe.advance(current_period_end * 1000 - world.clock.now() + 60_000)
    await quiet(world)
    expect(invoiceOf(world, pays).status).toBe('draft')
    for (const user of [pays, fails]) expect(holds(world, user)).toBe(false)
    await world.stripe.advance(day / 12)
    await until('the role', () => holds(world, pays))
    await quiet(world)
    expect(subscriptionOf(world, fails).status).toBe('past_due')
    expect(holds(world, fails)).toBe(false)
    await sweep()
    expect(holds(world, fails)).toBe(false)
    world.stripe.payInvoice(invoiceOf(world, fails).id, { card: 'pm_card_visa' })
    await until('the role', () => holds(world, fails))
    await quiet(world)
  })

  it('by a dispute that is lost months after it was opened ends access, though no event of it ever came', async () => {
    const user = await member('disputed')
    world.stripe.changeCard(customerOf(world, user), 'pm_card_visa')
    const price = await world.sdk.prices.create({
      product: world.stripe.objects.products[0]?.id ?? '',
      currency: 'usd',
      unit_amount: 10_000,
      recurring: { interval: 'year' },
      lookup_key: 'yearly',
    })
    const [item] = subscriptionOf(world, user).items.data
    await world.sdk.subscriptions.update(subscriptionOf(world, user).id, {
      items: [{ id: item?.id ?? '', price: price.id }],
    })
    await quiet(world)
    loseEvents(world)
    const { id } = world.stripe.dispute(invoiceOf(world, user).id)
    await sweep()
    await world.stripe.advance(75 * day)
    await sweep()
    expect(holds(world, user)).toBe(true)
    world.stripe.closeDispute(id, 'lost')
    await sweep()
    await until('the role to go', () => !holds(world, user))
  })

  it('counts whatever plan they move to: the credit that a cheaper one makes is no payment', async () => {
    const [before, after] = [
      await member('before', 'patron_monthly'),
      await member('after', 'patron_monthly'),
    ]
    const paid = new Map([before, after].map(user => [user, invoiceOf(world, user).id]))
    const giveBack = async (user: string) => {
      world.stripe.refund(paid.get(user) ?? '')
      await quiet(world)
    }
    const move = async (user: string) => {
      const { id, items } = subscriptionOf(world, user)
      await world.sdk.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: priceOf(world, 'basic_monthly') }],
        proration_behavior: 'always_invoice',
      })
      await quiet(world)
      expect(invoiceOf(world, user)).toMatchObject({ status: 'paid', amount_due: 0 })
    }
    await giveBack(before)
    await move(before)
    await move(after)
    await giveBack(after)
    for (const look of [() => quiet(world), sweep]) {
      await look()
      for (const user of [before, after]) expect(holds(world, user)).toBe(false)
    }
  })

  it('and comes again, because the bank would not take it, opens access again', async () => {
    const user = world.discord.addMember(world.guild, { username: 'refused' }).user.id
    world.stripe.pay(await linkFor(world, user), { card: 'pm_card_refundFail' })
    await until('the role', () => holds(world, user))
    world.stripe.refund(invoiceOf(world, user).id)
    await until('the role to go', () => !holds(world, user))
    await world.stripe.advance(5 * day)
    await until('the role again', () => holds(world, user))
    await quiet(world)
  })

  it('for an older invoice changes nothing, whether or not the latest went back too', async () => {
    const [keeper, loser] = [await member('keeper'), await member('loser')]
    const older = [keeper, loser].map(user => invoiceOf(world, user).id)
    await world.stripe.advance(31 * day + day / 12)
    await quiet(world)
    world.stripe.refund(invoiceOf(world, loser).id)
    await until('the role to go', () => !holds(world, loser))
    for (const invoice of older) world.stripe.refund(invoice)
    for (const look of [() => quiet(world), sweep, sweep]) {
      await look()
      expect(holds(world, keeper)).toBe(true)
      expect(holds(world, loser)).toBe(false)
    }
  })

  it('for a membership that has ended leaves it as it is', async () => {
    const user = await member('over')
    await world.sdk.subscriptions.cancel(subscriptionOf(world, user).id)
    await until('the role to go', () => !holds(world, user))
    world.stripe.refund(invoiceOf(world, user).id)
    await quiet(world)
    await sweep()
    expect(subscriptionOf(world, user).metadata.chat_ended_invoice).toBeUndefined()
    expect(world.discord.dms(user)).toHaveLength(2)
  })

  it('of something that is no membership means nothing', async () => {
    const user = await member('shopper')
    const customer = customerOf(world, user)
    const invoice = await world.sdk.invoices.create({ customer, auto_advance: false })
    await world.sdk.invoiceItems.create({ customer, invoice: invoice.id ?? '', amount: 500, currency: 'usd' })
    await world.sdk.invoices.finalizeInvoice(invoice.id ?? '')
    world.stripe.payInvoice(invoice.id ?? '', { card: 'pm_card_visa' })
    await quiet(world)
    world.stripe.refund(invoice.id ?? '')
    await quiet(world)
    await sweep()
    expect(holds(world, user)).toBe(true)
    expect(subscriptionOf(world, user).metadata.chat_ended_invoice).toBeUndefined()
  })
})

describe('money that goes back where that is not to end access', () => {
  it('ends nothing, and ends it when the setting is turned on again', async () => {
    const world = await open({ REFUND_ENDS_ACCESS: 'no' })
    await joinMembers(world, world.ada)
    world.stripe.refund(invoiceOf(world, world.ada).id)
    await quiet(world)
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    expect(holds(world, world.ada)).toBe(true)
    expect(read(await say(world, world.ada, '/billing'))).not.toContain('given back')

    await world.stopBot()
    const { REFUND_ENDS_ACCESS: _, ...environment } = world.environment
    const again = await startApp(readConfig(environment), createLog('silent'), { now: world.clock.now })
    await again.access.sweep.run({ what: 'sweep' })
    await until('the role to go', () => !holds(world, world.ada))
    await again.stop()
  })
})
