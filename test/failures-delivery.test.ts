import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  addPayer,
  breakStore,
  countRequests,
  customerOf,
  deliver,
  joinMembers,
  linkFor,
  loseEvents,
  quiet,
  sendInOrder,
  subscriptionOf,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, say, startWorld, type World } from './support/world.ts'

describe('events', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterEach(() => {
    world.stripe.faults.delivery = undefined
    world.stripe.faults.current = undefined
    world.discord.faults.current = undefined
  })
  afterAll(() => world.close())

  const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
  const about = (user: string, types: string[]) => {
    const { id } = subscriptionOf(world, user)
    return types.map(type => {
      const found = world.stripe.objects.events.find(
        event => event.type === type && JSON.stringify(event.data).includes(id),
      )
      if (!found) throw new Error(`no ${type}`)
      return found.id
    })
  }

  it('of an ended subscription that come late change nothing', async () => {
    const user = newcomer('late')
    await joinMembers(world, user)
    const older = about(user, ['customer.subscription.created', 'invoice.paid'])
    await world.sdk.subscriptions.update(subscriptionOf(world, user).id, { metadata: { note: 'active' } })
    older.push(...about(user, ['customer.subscription.updated']))
    await world.sdk.subscriptions.cancel(subscriptionOf(world, user).id)
    await until('the role to go', () => !holds(world, user))
    await until('the goodbye', () => world.discord.dms(user).length === 2)
    await sendInOrder(world, older)
    await quiet(world)
    expect(holds(world, user)).toBe(false)
    expect(world.discord.dms(user)).toHaveLength(2)
  })

  it.each([
    ['in order', (ids: string[]) => ids],
    ['reversed', (ids: string[]) => [...ids].reverse()],
  ])('of the same second, incomplete and active, make a member when they come %s', async (name, order) => {
    const user = newcomer(name.replace(' ', ''))
    const link = await linkFor(world, user)
    const find = loseEvents(world)
    world.stripe.pay(link)
    await sendInOrder(
      world,
      order(about(user, ['customer.subscription.created', 'customer.subscription.updated'])),
    )
    await until('the role', () => holds(world, user))
    await quiet(world)
    expect(holds(world, user)).toBe(true)
    find()
  })

  it('that come eight times at once, and three times more, have one effect and one notice', async () => {
    const user = newcomer('often')
    const link = await linkFor(world, user)
    loseEvents(world)
    world.stripe.pay(link)
    const [id] = about(user, ['invoice.paid'])
    const event = world.stripe.objects.events.find(each => each.id === id)
    const before = world.discord.requests().length
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(world, { ...event })))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    await until('the welcome', () => world.discord.dms(user).length > 0)
    await sendInOrder(world, [id, id, id].map(String))
    await quiet(world)
    const changes = world.discord.requests().slice(before)
    expect(changes.filter(({ method, path }) => method === 'PUT' && path.includes(user))).toHaveLength(1)
    expect(world.discord.dms(user)).toHaveLength(1)
  })

  it('wait, and nobody is told anything wrong, while Stripe fails or breaks off', async () => {
    const user = newcomer('patient')
    const link = await linkFor(world, user)
    let asked = 0
    world.stripe.faults.current = ({ path }) => {
      if (path !== '/v1/subscriptions') return undefined
      return ++asked % 2 ? { status: 503 } : 'reset'
    }
    world.stripe.pay(link)
    await until('several tries', () => asked > 4)
    expect(holds(world, user)).toBe(false)
    expect(world.app.access.queue.waiting().count).toBeGreaterThan(0)
    world.stripe.faults.current = undefined
    await until('the role', () => holds(world, user))
    await until('the welcome', () => world.discord.dms(user).length === 1)
  })

  it('wait out a Stripe that never answers for one of them, and hold up nobody else', async () => {
    const [stuck, other] = [newcomer('stuck'), newcomer('other')]
    const link = await linkFor(world, stuck)
    const customer = customerOf(world, stuck)
    let hung = 0
    world.stripe.faults.current = ({ path, params }) =>
      path === '/v1/subscriptions' && params.customer === customer && hung++ === 0 ? 'hang' : undefined
    world.stripe.pay(link)
    await until('the question', () => hung > 0)
    world.stripe.pay(await linkFor(world, other))
    await until('the role of somebody else', () => holds(world, other))
    expect(world.app.access.queue.waiting().count).toBeGreaterThan(0)
    await until('the role', () => holds(world, stuck), 30_000)
    await until('the welcome', () => world.discord.dms(stuck).length === 1)
  })

  it('of somebody who pays are not taken for an end when Stripe answers with an error', async () => {
    const user = newcomer('steady')
    await joinMembers(world, user)
    let asked = 0
    world.stripe.faults.current = ({ path }) => {
      if (path !== '/v1/subscriptions') return undefined
      asked++
      return { status: asked % 2 ? 500 : 404, isRemembered: false }
    }
    await deliver(world, {
      id: 'evt_any',
      type: 'invoice.paid',
      data: { object: { object: 'invoice', customer: customerOf(world, user) } },
    })
    await until('several tries', () => asked > 3)
    expect(holds(world, user)).toBe(true)
    world.stripe.faults.current = undefined
    world.app.access.queue.retry()
    await quiet(world)
    expect(holds(world, user)).toBe(true)
    expect(world.discord.dms(user)).toHaveLength(1)
  })

  it('of the other mode, forged, or of other apps do not even cause a look', async () => {
    const user = newcomer('looked')
    await joinMembers(world, user)
    const stranger = await world.sdk.customers.create({ email: 'somebody@else.example' })
    const object = { object: 'invoice', customer: customerOf(world, user) }
    await deliver(world, {
      id: 'evt_f',
      type: 'invoice.paid',
      data: { object: { ...object, customer: stranger.id } },
    })
    await quiet(world)
    const asked = countRequests(world)
    await deliver(world, { id: 'evt_l', type: 'invoice.paid', livemode: true, data: { object } })
    await fetch(`${world.app.url}/stripe/webhook`, {
      method: 'POST',
      body: JSON.stringify({ id: 'evt_x', type: 'invoice.paid', livemode: false, data: { object } }),
      headers: { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` },
    })
    await deliver(world, { id: 'evt_g', type: 'galaxy.collapsed', data: { object: { object: 'galaxy' } } })
    await deliver(world, {
      id: 'evt_h',
      type: 'invoice.paid',
      data: { object: { ...object, customer: stranger.id } },
    })
    await quiet(world)
    expect(asked).toEqual([])
  })

  it('are refused with 5xx by a store that cannot write, and taken when it can', async () => {
    const user = newcomer('disk')
    const link = await linkFor(world, user)
    const { mend } = await breakStore(world)
    world.stripe.pay(link)
    await world.stripe.settled()
    const newest = world.stripe.deliveries().slice(0, 3)
    expect(newest.map(({ status }) => status)).toEqual([500, 500, 500])
    expect(holds(world, user)).toBe(false)
    expect(world.discord.dms(user)).toHaveLength(0)
    await mend()
    await until('the role, by a delivery that was sent again', () => holds(world, user))
  })

  it('all acknowledged at once, five hundred of them, while the chat takes its time', async () => {
    loseEvents(world)
    const users: string[] = []
    for (let n = 0; n < 25; n++) users.push(await addPayer(world, `payer${n}`))
    const before = world.discord.requests().length
    world.discord.faults.current = ({ method, path }) =>
      method === 'PUT' && path.includes('/roles/') ? { delayMs: 50 } : undefined
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const customer = customerOf(world, users[n % users.length] ?? '')
        const object = { object: 'invoice', customer }
        const { status } = await deliver(world, { id: `evt_${n}`, type: 'invoice.paid', data: { object } })
        return status
      }),
    )
    expect(answers).toEqual(Array(500).fill(200))
    expect(users.filter(user => holds(world, user)).length).toBeLessThan(users.length)
    await until('every role', () => users.every(user => holds(world, user)))
    await until('every welcome', () => users.every(user => world.discord.dms(user).length === 1))
    // Discord may say "too many" to the first of them; what it did is what counts.
    const given = world.discord
      .requests()
      .slice(before)
      .filter(({ method, path, status }) => method === 'PUT' && path.includes('/roles/') && status === 204)
    expect(given).toHaveLength(users.length)
  })
})

describe('a bot that stops at any of its writes', () => {
  it('takes up where it stopped, gives the role once and tells it at most once', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    let stops = 0
    for (let isWhole = false; !isWhole; stops++) {
      const user = world.discord.addMember(world.guild, { username: `stop${stops}` }).user.id
      const link = await linkFor(world, user)
      await quiet(world)
      const { left, mend } = await breakStore(world, stops)
      world.stripe.pay(link)
      const isTold = () => world.discord.dms(user).length > 0
      await until('the last write', async () => isTold() || (await left()) === 0)
      isWhole = isTold() && (await left()) > 0
      await world.stopBot()
      await mend()
      await world.startBot()
      await until('the role', () => holds(world, user))
      await quiet(world)
      expect(world.discord.dms(user).length).toBeLessThanOrEqual(1)
      await world.sdk.subscriptions.cancel(subscriptionOf(world, user).id)
      await until(`the role to go, given after ${stops} writes`, () => !holds(world, user))
    }
    expect(stops).toBeGreaterThan(4)
    await world.close()
  })
})

describe('a customer who was met for the first time', () => {
  it('is known again after a stop at any write, and gets the role by the next event', async () => {
    const world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    loseEvents(world)
    for (let stops = 0; stops < 6; stops++) {
      const user = await addPayer(world, `met${stops}`)
      const object = { object: 'invoice', customer: customerOf(world, user) }
      const event = { id: 'evt_met', type: 'invoice.paid', data: { object } }
      const { left, mend } = await breakStore(world, stops)
      const { status } = await deliver(world, event)
      await until('the last write', async () => status !== 200 || (await left()) <= 0 || holds(world, user))
      await world.stopBot()
      await mend()
      await world.startBot()
      await quiet(world)
      await deliver(world, event)
      await until(`the role, after a stop at write ${stops}`, () => holds(world, user))
      await quiet(world)
    }
    await world.close()
  })
})

describe.each(['sk_live_1', 'rk_live_1'])('with the key %s', secretKey => {
  it('an event of test mode causes no look, and one of live mode gives the role', async () => {
    const world = await startWorld({ secretKey, environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    loseEvents(world)
    const user = await addPayer(world, 'payer')
    const event = {
      id: 'evt_mode',
      type: 'invoice.paid',
      data: { object: { object: 'invoice', customer: customerOf(world, user) } },
    }
    const asked = countRequests(world)
    expect((await deliver(world, { ...event, livemode: false })).status).toBe(200)
    await quiet(world)
    expect(asked).toEqual([])
    expect((await deliver(world, { ...event, livemode: true })).status).toBe(200)
    await until('the role', () => holds(world, user))
    await world.close()
  })
})
