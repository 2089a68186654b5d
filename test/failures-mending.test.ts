import { PermissionFlagsBits } from 'discord.js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { joinMembers, linkFor, logLines, quiet, subscriptionOf, useLogChannel } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

let world: World
let extra: string
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' }, checkEveryMs: 100 })
  extra = world.discord.addRole(world.guild, { name: 'Extra' }).id
  world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 5)
  await say(world, world.admin, '/premium role role:@Premium')
  await useLogChannel(world)
})
afterEach(async () => {
  world.discord.faults.current = undefined
  lower(world.premium)
  lower(extra)
  await say(world, world.admin, '/premium role role:@Premium')
  await until('all gates open', () => world.app.access.gates.closed().length === 0)
  await quiet(world)
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
/** Puts a role above the bot's own, or below it again. */
const raise = (role: string) => world.discord.moveRole(world.guild, role, 9)
const lower = (role: string) => world.discord.moveRole(world.guild, role, 1)
const end = async (user: string) => {
  await world.sdk.subscriptions.cancel(subscriptionOf(world, user).id)
}
const failureOf = (user: string) =>
  world.app.access.queue.pending(`member:discord:${world.guild}:${user}`)?.failure
const told = (since: number) => logLines(world).join('\n').split('\n').slice(since)
const linesSoFar = () => told(0).length
const refusals = () => world.discord.refusals()[403]
const count = (wanted: RegExp) =>
  world.discord.requests().filter(({ method, path }) => wanted.test(`${method} ${path}`)).length
/** The bot's own looks at whether something was mended. */
const checks = () => count(/^GET \/guilds\/\d+\/roles$/)

describe('a role that the bot may not take', () => {
  it('is told once, asked for once, and taken from all who wait when it is mended', async () => {
    const users = ['r1', 'r2', 'r3', 'r4'].map(newcomer)
    for (const user of users) await joinMembers(world, user)
    const [said, before] = [linesSoFar(), refusals()]
    raise(world.premium)
    for (const user of users) await end(user)
    await until('all to wait', () => users.every(failureOf))
    const refused = refusals()
    expect(refused - before).toBeLessThanOrEqual(users.length)
    const checked = checks()
    await until('five checks', () => checks() >= checked + 5)
    expect(refusals()).toBe(refused)
    expect(users.every(user => holds(world, user))).toBe(true)
    lower(world.premium)
    await until('the roles to go', () => !users.some(user => holds(world, user)))
    await until('the goodbyes', () => users.every(user => world.discord.dms(user).length === 2))
    expect(told(said).filter(line => line.includes('Needs you'))).toHaveLength(1)
    expect(told(said).filter(line => line.includes('Mended'))).toHaveLength(1)
  })

  it('and that nobody sells any more is tried by one a minute, and told once', async () => {
    const users = ['u1', 'u2', 'u3', 'u4', 'u5'].map(newcomer)
    for (const user of users) await joinMembers(world, user)
    raise(world.premium)
    const said = linesSoFar()
    await say(world, world.admin, '/premium role role:@Extra')
    await until('the other role', () => users.every(user => holds(world, user, extra)))
    await until('all to wait', () => users.every(failureOf))
    const [refused, checked] = [refusals(), checks()]
    await until('eight checks', () => checks() >= checked + 8)
    // A try that is refused looks for the reason too.
    expect(refusals() - refused).toBeLessThanOrEqual((checks() - checked) / 2 + 1)
    expect(told(said).filter(line => line.includes('Needs you'))).toHaveLength(1)
    expect(told(said).join()).not.toContain('Mended')
    lower(world.premium)
    await until('the old role to go', () => !users.some(user => holds(world, user)))
  })
})

describe('somebody with two roles', () => {
  it('gets and loses each as soon as that one can be, whichever is mended first', async () => {
    await say(world, world.admin, '/premium role role:@Extra also:true')
    const user = newcomer('both')
    const link = await linkFor(world, user)
    raise(world.premium)
    raise(extra)
    world.stripe.pay(link)
    await until('both to be closed', () => world.app.access.gates.closed().length === 2)
    lower(extra)
    await until('the one that is mended', () => holds(world, user, extra))
    expect(holds(world, user)).toBe(false)
    lower(world.premium)
    await until('the other', () => holds(world, user))
    await quiet(world)

    raise(world.premium)
    await end(user)
    await until('the one that can be taken to go', () => !holds(world, user, extra))
    expect(holds(world, user)).toBe(true)
    lower(world.premium)
    await until('the other to go', () => !holds(world, user))
  })

  it('whose one cannot be given loses the other when the membership ends, and waits for nobody with that', async () => {
    await say(world, world.admin, '/premium role role:@Extra also:true')
    const user = newcomer('half')
    const link = await linkFor(world, user)
    raise(extra)
    world.stripe.pay(link)
    await until('the one', () => holds(world, user))
    await until('the stop', () => failureOf(user))
    await end(user)
    await until('the one to go', () => !holds(world, user))
  })

  it('does not wait for a person with what only time has to mend', async () => {
    await say(world, world.admin, '/premium role role:@Extra also:true')
    const user = newcomer('time')
    const link = await linkFor(world, user)
    raise(world.premium)
    let failures = 2
    world.discord.faults.current = ({ method, path }) =>
      method === 'PUT' && path.endsWith(extra) && failures-- > 0 ? { status: 503 } : undefined
    world.stripe.pay(link)
    await until('what Discord was only late with', () => holds(world, user, extra))
    expect(holds(world, user)).toBe(false)
    lower(world.premium)
    await until('the other', () => holds(world, user))
  })
})

describe('a log channel that the bot may not write into', () => {
  it('is tried once, whatever there is to tell, and hears again when it is mended', async () => {
    const { id: channel } = world.discord.addChannel(world.guild, {
      name: 'staff',
      overwrites: [{ id: world.guild, type: 0, allow: '0', deny: String(PermissionFlagsBits.ViewChannel) }],
    })
    await world.app.access.settings.change(`discord:${world.guild}`, settings => ({
      ...settings,
      logChannel: channel,
    }))
    const before = refusals()
    for (const name of ['l1', 'l2', 'l3', 'l4', 'l5', 'l6']) await joinMembers(world, newcomer(name))
    expect(refusals() - before).toBe(1)
    expect(read(await say(world, world.admin, '/premium status'))).toContain('View Channel')
    const bot = world.discord.botRole(world.guild)
    world.discord.updateRole(world.guild, bot.id, { permissions: PermissionFlagsBits.Administrator })
    await until('the gate', () => world.app.access.gates.closed().length === 0)
    await joinMembers(world, newcomer('l7'))
    const heard = () => world.discord.messages(channel).map(read).join('\n')
    await until('the news', () => heard().includes('Started'))
    expect(heard()).toContain('Mended')
    world.discord.updateRole(world.guild, bot.id, { permissions: BigInt(bot.permissions) })
    await useLogChannel(world)
  })
})

describe('what changes between the question and the change', () => {
  /** Does something just before the bot's next change of a role arrives. */
  const justBefore = (method: 'PUT' | 'DELETE', act: () => void) => {
    world.discord.faults.current = request => {
      if (request.method !== method || !request.path.includes('/roles/')) return undefined
      world.discord.faults.current = undefined
      act()
      return undefined
    }
  }

  it('is somebody who left: no error either way, and theirs again when they are back', async () => {
    const [comes, goes] = [newcomer('comes'), newcomer('goes')]
    await joinMembers(world, goes)
    const link = await linkFor(world, comes)
    justBefore('PUT', () => world.discord.removeMember(world.guild, comes))
    world.stripe.pay(link)
    const membershipOf = (user: string) => world.app.access.memberships.get(`discord:${world.guild}:${user}`)
    await until('it to be known', async () => {
      const membership = await membershipOf(comes)
      return membership?.isGone && membership.plans.length === 1
    })
    justBefore('DELETE', () => world.discord.removeMember(world.guild, goes))
    await end(goes)
    await until('the end', async () => (await membershipOf(goes))?.plans.length === 0)
    await quiet(world)
    expect(world.app.access.gates.closed()).toEqual([])
    world.discord.addMember(world.guild, { id: comes, username: 'comes' })
    await until('the role', () => holds(world, comes))
  })

  it('is a role that is deleted: then nothing is left to take', async () => {
    const role = world.discord.addRole(world.guild, { name: 'Passing' }).id
    lower(role)
    await say(world, world.admin, `/premium role role:${role} plan:pro_monthly`)
    const user = newcomer('passing')
    world.stripe.pay(await linkFor(world, user, 'pro_monthly'))
    await until('the role', () => holds(world, user, role))
    await quiet(world)
    justBefore('DELETE', () => world.discord.deleteRole(world.guild, role))
    await end(user)
    await until('the goodbye', () => world.discord.dms(user).length === 2)
    await quiet(world)
  })
})

describe('a Discord that never answers', () => {
  it('is given up on, and asked again, for a role and for its end', async () => {
    const [comes, goes] = [newcomer('hang1'), newcomer('hang2')]
    await joinMembers(world, goes)
    const link = await linkFor(world, comes)
    const hung = new Set<string>()
    world.discord.faults.current = ({ method, path }) => {
      if (!path.includes('/roles/') || hung.has(method)) return undefined
      hung.add(method)
      return method === 'PUT' ? 'hang' : { lost: 'hang' }
    }
    world.stripe.pay(link)
    await end(goes)
    await until('the right ones to hold it', () => holds(world, comes) && !holds(world, goes), 30_000)
    await until('all to be told', () => world.discord.dms(goes).length === 2, 30_000)
    expect([...hung].sort()).toEqual(['DELETE', 'PUT'])
  })
})
