import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../src/sandbox/discord/index.ts'
import {
  addPayer,
  customerOf,
  deliver,
  joinMembers,
  linkFor,
  logLines,
  loseEvents,
  priceOf,
  quiet,
  subscriptionOf,
  useLogChannel,
} from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

let world: World
const bot = () => world.discord.botRole(world.guild).id
const stops = {
  'because its own role is too low': {
    break: () => world.discord.moveRole(world.guild, world.premium, 9),
    mend: () => world.discord.moveRole(world.guild, world.premium, 1),
    fix: "move the bot's role above",
  },
  'for want of Manage Roles': {
    break: () => world.discord.updateRole(world.guild, bot(), { permissions: 0n }),
    mend: () => world.discord.updateRole(world.guild, bot(), { permissions: 268_454_912n }),
    fix: 'turn on Manage Roles',
  },
}

beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
  await useLogChannel(world)
})
afterEach(() => {
  world.discord.faults.current = undefined
  world.stripe.faults.delivery = undefined
  for (const stop of Object.values(stops)) stop.mend()
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
const end = async (user: string) => {
  await world.sdk.subscriptions.cancel(subscriptionOf(world, user).id)
}

/** Every change of a role meets this; counts them. */
function failChanges(fault: Fault) {
  let count = 0
  world.discord.faults.current = ({ method, path }) => {
    if (!/^(PUT|DELETE)$/.test(method) || !path.includes('/roles/')) return undefined
    count++
    return fault
  }
  return () => count
}

describe('a Discord that fails', () => {
  it.each([
    ['answers 503', { status: 503 }],
    ['breaks off', 'reset'],
    ['does it and loses the answer', { lost: { status: 502 } }],
    ['does it and breaks off', { lost: 'reset' }],
  ] satisfies [string, Fault][])(
    'for as long as it likes and %s delays a role, and delays its end, and each is told once',
    async (name, fault) => {
      const user = newcomer(name.replaceAll(/\W/g, ''))
      const link = await linkFor(world, user)
      const tried = failChanges(fault)
      world.stripe.pay(link)
      for (let tries = 1; tries <= 4; tries++) {
        await until(`${tries} tries to give`, () => {
          world.app.access.queue.retry()
          // What was done and not heard of is found held at the next look.
          return tried() >= tries || (holds(world, user) && world.discord.dms(user).length)
        })
      }
      world.discord.faults.current = undefined
      world.app.access.queue.retry()
      await until('the welcome', () => holds(world, user) && world.discord.dms(user).length === 1)
      await quiet(world)

      const triedAgain = failChanges(fault)
      await end(user)
      await until('tries to take', () => {
        world.app.access.queue.retry()
        return triedAgain() >= 3 || !holds(world, user)
      })
      world.discord.faults.current = undefined
      world.app.access.queue.retry()
      await until('the goodbye', () => !holds(world, user) && world.discord.dms(user).length === 2)
      await quiet(world)
      expect(world.discord.dms(user)).toHaveLength(2)
    },
  )

  it.each([
    ['this route', false],
    ['everything', true],
  ])('asks to wait for %s is not asked again before that, and gets it right then', async (_, global) => {
    const user = newcomer(`wait${global}`)
    const link = await linkFor(world, user)
    const asked: number[] = []
    world.discord.faults.current = ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/roles/')) return undefined
      asked.push(performance.now())
      return asked.length === 1 ? { rateLimit: { retryAfterSeconds: 1.2, global } } : undefined
    }
    world.stripe.pay(link)
    await until('the role', () => holds(world, user))
    expect(asked).toHaveLength(2)
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(1_100)
    await quiet(world)
  })

  it('asks for a longer wait than anybody should sit through is left alone until then', async () => {
    const user = newcomer('longer')
    const link = await linkFor(world, user)
    let asked = 0
    world.discord.faults.current = ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/roles/')) return undefined
      return asked++ === 0 ? { rateLimit: { retryAfterSeconds: 6 } } : undefined
    }
    world.stripe.pay(link)
    await until('the first try', () => asked === 1)
    const [waiting] = await pendingOf(user)
    expect(String(waiting)).toContain('wait')
    expect(asked).toBe(1)
    await until('the role', () => holds(world, user), 12_000)
    expect(asked).toBe(2)
    await quiet(world)
  }, 20_000)

  it('refuses the token is asked nothing more, blames nobody, and is used again when it accepts', async () => {
    const users = await Promise.all(['t1', 't2', 't3'].map(newcomer))
    const links = await Promise.all(users.map(user => linkFor(world, user)))
    await quiet(world)
    const refused: string[] = []
    world.discord.faults.current = ({ method, path }) => {
      if (path.includes('/interactions/') || path.includes('/webhooks/')) return undefined
      refused.push(`${method} ${path}`)
      return { status: 401 }
    }
    for (const link of links) world.stripe.pay(link)
    await until('the problem', () => world.app.access.gates.closed().some(({ id }) => id === 'discord'))
    await world.stripe.settled()
    for (const user of users) await pendingOf(user)
    const before = refused.length
    expect(before).toBeLessThanOrEqual(users.length)
    for (const user of users)
      await deliver(world, {
        id: 'evt_again',
        type: 'invoice.paid',
        data: { object: { object: 'invoice', customer: customerOf(world, user) } },
      })
    world.app.access.queue.retry()
    await world.app.access.gates.check()
    // One check is one question, whoever waits.
    expect(refused.length - before).toBe(1)
    expect(read(await say(world, users[0] ?? '', '/billing'))).toContain('Your billing')

    world.discord.faults.current = undefined
    await world.app.access.gates.check()
    await until('every role', () => users.every(user => holds(world, user)))
    await until('every welcome', () => users.every(user => world.discord.dms(user).length === 1))
    expect(world.app.access.gates.closed()).toEqual([])
    await quiet(world)
  })
})

async function pendingOf(user: string): Promise<unknown[]> {
  const who = `member:discord:${world.guild}:${user}` as const
  await until('a failure', () => world.app.access.queue.pending(who)?.failure)
  return [world.app.access.queue.pending(who)?.failure]
}

describe('a role that the bot may not give', () => {
  const lines = () =>
    world.discord
      .messages(world.channel)
      .filter(({ author }) => author.id === world.discord.botUserId)
      .map(read)

  it.each(Object.entries(stops))(
    '%s is told once with its fix, asked once, and given to all who wait when mended',
    async (name, stop) => {
      const find = loseEvents(world)
      const users: string[] = []
      for (let n = 0; n < 20; n++) users.push(await addPayer(world, `low${n}${name.length}`))
      const said = lines().length
      stop.break()
      await quiet(world)
      const before = world.discord.refusals()[403]
      find()
      const send = (user: string) =>
        deliver(world, {
          id: 'evt_low',
          type: 'invoice.paid',
          data: { object: { object: 'invoice', customer: customerOf(world, user) } },
        })
      await Promise.all(users.map(send))
      await until('the problem', () => world.app.access.gates.closed().length === 1)
      // Nobody is between the question and the refusal any more.
      const isRefused = (user: string) =>
        world.app.access.queue.pending(`member:discord:${world.guild}:${user}`)?.failure
      await until('all to wait', () => users.every(isRefused))
      await until('the log channel', () => lines().slice(said).join().includes(stop.fix))
      const refusals = world.discord.refusals()[403] - before
      // Those who were already being looked at when it was found out, and nobody after them.
      expect(refusals).toBeLessThanOrEqual(16)
      await Promise.all(users.map(send))
      world.app.access.queue.retry()
      await world.app.access.gates.check()
      expect(world.discord.refusals()[403] - before).toBe(refusals)
      expect(lines().slice(said).join().split('Needs you')).toHaveLength(2)
      expect(users.some(user => world.discord.dms(user).length)).toBe(false)

      stop.mend()
      await until('every role', () => users.every(user => holds(world, user)))
      await until('every welcome', () => users.every(user => world.discord.dms(user).length === 1))
      expect(world.discord.refusals()[403] - before).toBe(refusals)
      await quiet(world)
    },
  )

  it('because it was deleted is taken away without a fuss, and its payers get the next one', async () => {
    const role = world.discord.addRole(world.guild, { name: 'Short-lived' }).id
    world.discord.moveRole(world.guild, role, 1)
    await say(world, world.admin, `/premium role role:${role} plan:pro_monthly`)
    const [gone, stays, late] = ['gone', 'stays', 'late'].map(newcomer)
    for (const user of [gone, stays]) {
      world.stripe.pay(await linkFor(world, user ?? '', 'pro_monthly'))
      await until('the role', () => holds(world, user ?? '', role))
    }
    await quiet(world)
    const link = await linkFor(world, late ?? '', 'pro_monthly')
    world.discord.deleteRole(world.guild, role)
    await end(gone ?? '')
    await until('the goodbye', () => world.discord.dms(gone ?? '').length === 2)
    world.stripe.pay(link)
    await until('the problem', () => world.app.access.gates.closed().length === 1)
    await say(world, world.admin, '/premium role role:@Premium plan:pro_monthly')
    for (const user of [stays, late]) await until('the other role', () => holds(world, user ?? ''))
    await quiet(world)
    // Nobody waits for the old one any more, and the next check finds that out.
    await world.app.access.gates.check()
    expect(world.app.access.gates.closed()).toEqual([])
  })
})

describe('a member', () => {
  it('who left before the end is not an error', async () => {
    const user = newcomer('leaver')
    await joinMembers(world, user)
    world.discord.removeMember(world.guild, user)
    await end(user)
    await until('the goodbye', async () => {
      const membership = await world.app.access.memberships.get(`discord:${world.guild}:${user}`)
      return membership?.plans.length === 0
    })
    await quiet(world)
  })

  it('who pays before joining gets the role on joining, and again when they come back', async () => {
    const user = newcomer('early')
    const link = await linkFor(world, user)
    world.discord.removeMember(world.guild, user)
    world.stripe.pay(link)
    await until('the look', async () => {
      const membership = await world.app.access.memberships.get(`discord:${world.guild}:${user}`)
      return membership?.isGone && membership.plans.length === 1
    })
    for (const visit of ['first', 'second']) {
      world.discord.addMember(world.guild, { id: user, username: 'early' })
      await until(`the role at the ${visit} visit`, () => holds(world, user))
      await quiet(world)
      world.discord.removeMember(world.guild, user)
      await quiet(world)
    }
  })

  it('whom a moderator gave the paid role gets it from the bot as soon as that is taken away', async () => {
    const user = newcomer('given')
    world.discord.setRoles(world.guild, user, [world.premium])
    world.stripe.pay(await linkFor(world, user))
    await until('the welcome', () => world.discord.dms(user).length === 1)
    await quiet(world)
    world.discord.setRoles(world.guild, user, [])
    await until('the role', () => holds(world, user))
    await quiet(world)
  })

  it('keeps what a moderator gave, the paid role itself included, when the membership ends', async () => {
    const extra = world.discord.addRole(world.guild, { name: 'Helper' }).id
    const user = newcomer('helper')
    world.discord.setRoles(world.guild, user, [extra])
    await joinMembers(world, user)
    const other = newcomer('friend')
    world.discord.setRoles(world.guild, other, [extra, world.premium])
    world.stripe.pay(await linkFor(world, other))
    await until('the welcome', () => world.discord.dms(other).length === 1)
    for (const each of [user, other]) await end(each)
    await until('the goodbyes', () => [user, other].every(each => world.discord.dms(each).length === 2))
    expect(world.discord.member(world.guild, user)?.roles).toEqual([extra])
    expect(world.discord.member(world.guild, other)?.roles.sort()).toEqual([extra, world.premium].sort())
  })

  it.each([
    ['who takes no messages', 50_007],
    ['whom the bot may not write to', 50_278],
  ])('%s gets the role all the same, and nothing is tried again', async (_, code) => {
    const find = loseEvents(world)
    const user = await addPayer(world, `closed${code}`)
    const customer = customerOf(world, user)
    await world.sdk.subscriptions.create({ customer, items: [{ price: priceOf(world, 'pro_monthly') }] })
    await quiet(world)
    find()
    let tried = 0
    world.discord.faults.current = ({ method, path, body }) => {
      const isTheirs = JSON.stringify(body ?? '').includes(user)
      if (method !== 'POST' || !path.endsWith('/users/@me/channels') || !isTheirs) return undefined
      tried++
      return { status: 403, body: { code, message: 'Cannot send messages to this user' } }
    }
    await deliver(world, {
      id: 'evt_closed',
      type: 'invoice.paid',
      data: { object: { object: 'invoice', customer } },
    })
    await until('the role', () => holds(world, user))
    // What the admins are told after it does not suffer from it.
    const lines = () => logLines(world).join('\n').split('\n')
    await until('the log', () => lines().some(line => line.includes('Paid twice') && line.includes(user)))
    await quiet(world)
    expect(tried).toBe(1)
  })

  it('is answered though Discord fails when the answer is sent', async () => {
    let failures = 2
    world.discord.faults.current = ({ method }) =>
      method === 'PATCH' && failures-- > 0 ? (failures ? 'reset' : { status: 503 }) : undefined
    expect(read(await say(world, world.ben, '/plans'))).toContain('Memberships')
  })

  it('is answered once, though their interaction arrives twice', async () => {
    const user = newcomer('twice')
    await linkFor(world, user)
    const portals = () =>
      world.stripe.objects.portalSessions.filter(({ customer }) => customer === customerOf(world, user))
    const invocation = await world.discord.as(user, world.guild).command('/billing')
    const first = await invocation.reply()
    world.discord.redeliver(invocation)
    const refusedTwice = () =>
      world.discord
        .requests()
        .filter(({ path }) => path.includes(invocation.id))
        .map(({ status }) => status)
    await until('the second answer to be refused', () => refusedTwice().length === 2)
    expect(refusedTwice()).toEqual([expect.any(Number), 400])
    // Whatever it would set off has begun before a command sent later is answered.
    await say(world, user, '/plans')
    expect(linkOf(await invocation.reply())).toBe(linkOf(first))
    expect(portals()).toHaveLength(1)
  })
})
