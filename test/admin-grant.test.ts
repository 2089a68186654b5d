import { PermissionFlagsBits } from 'discord.js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { customerOf, joinMembers, nameOf, quiet, subscriptionOf } from './support/failures.ts'
import * as inSlack from './support/slack-world.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

const day = 86_400_000

describe('complimentary access', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterEach(() => quiet(world))
  afterAll(() => world.close())

  const grant = async (user: string, more = '') =>
    read(await say(world, world.admin, `/premium grant member:${user} ${more}`))
  const revoke = async (user: string) => read(await say(world, world.admin, `/premium revoke member:${user}`))
  const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
  const membership = (user: string) => world.app.access.memberships.get(nameOf(world, user))

  it('is there when the answer says so, is in the timeline with who gave it and why, and ends by itself', async () => {
    const carol = newcomer('carol')
    const reply = await grant(carol, 'days:3 reason:"won the quiz"')
    expect(reply).toContain('holds')
    expect(reply).toContain('ends by itself on')
    expect(holds(world, carol)).toBe(true)
    const why = read(await say(world, world.admin, `/premium why member:${carol}`))
    expect(why).toContain(`admin by <@${world.admin}>`)
    expect(why).toContain('for 3 days: won the quiz')
    expect(read(await say(world, carol, '/billing'))).toContain('complimentary access until')
    world.clock.moveTo(world.clock.now() + 3 * day - 60_000)
    await quiet(world)
    expect(holds(world, carol)).toBe(true)
    world.clock.moveTo(world.clock.now() + 60_000)
    await until('the end', () => !holds(world, carol))
    await until('the membership', async () => !(await membership(carol))?.complimentary)
  })

  it('that is given again before its end is no second welcome', async () => {
    const olga = newcomer('olga')
    await grant(olga, 'days:3')
    expect(await grant(olga, 'days:30')).toContain('replaces what they were given before')
    await quiet(world)
    expect(world.discord.dms(olga)).toHaveLength(1)
    world.clock.moveTo(world.clock.now() + 4 * day)
    await quiet(world)
    expect(holds(world, olga)).toBe(true)
    await revoke(olga)
  })

  it('welcomes somebody who was a member long ago', async () => {
    const nell = newcomer('nell')
    await grant(nell, 'days:1')
    await revoke(nell)
    await quiet(world)
    const heard = () => world.discord.dms(nell).map(read).join('\n')
    expect(heard()).toContain('has ended')
    await grant(nell, 'days:1')
    await until('a second welcome', () => heard().split('Welcome to the members').length === 3)
  })

  it('joins with what is paid for: its end leaves the paid role, and the end of the payment leaves the gift', async () => {
    await joinMembers(world, world.ada)
    expect(await grant(world.ada, 'days:2')).toContain('They also pay for')
    expect(await revoke(world.ada)).toContain('That stays')
    expect(holds(world, world.ada)).toBe(true)
    await grant(world.ada, 'days:2')
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
    await quiet(world)
    await until('the look', async () => (await membership(world.ada))?.plans.length === 0)
    expect(holds(world, world.ada)).toBe(true)
    await revoke(world.ada)
    expect(holds(world, world.ada)).toBe(false)
  })

  it('that is paid for is not revoked: the way to do it in Stripe is told, without a link', async () => {
    await joinMembers(world, world.ben)
    const reply = await revoke(world.ben)
    expect(reply).toContain(customerOf(world, world.ben))
    expect(reply).toContain(subscriptionOf(world, world.ben).id)
    expect(reply).toContain('Cancel subscription')
    expect(reply).not.toContain('http')
    expect(holds(world, world.ben)).toBe(true)
  })

  it('may be a role of its own, which ends without touching another', async () => {
    const { id } = world.discord.addRole(world.guild, { name: 'Guest', position: 1 })
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 9)
    const gus = newcomer('gus')
    await grant(gus, `role:${id}`)
    expect(holds(world, gus, id)).toBe(true)
    expect(holds(world, gus)).toBe(false)
    expect(await revoke(gus)).toContain('has ended')
    expect(holds(world, gus, id)).toBe(false)
  })

  it('refuses a role with moderator powers that nobody sells, and a role above the bot', async () => {
    const mods = world.discord.addRole(world.guild, {
      name: 'Mods',
      position: 1,
      permissions: PermissionFlagsBits.BanMembers,
    })
    expect(await grant(world.ben, `role:${mods.id}`)).toContain('Take those permissions')
    const high = world.discord.addRole(world.guild, { name: 'High' })
    world.discord.moveRole(world.guild, high.id, 30)
    expect(await grant(world.ben, `role:${high.id}`)).toContain("move the bot's role above @High")
    expect((await membership(world.ben))?.complimentary).toBeUndefined()
  })

  it('has between 1 and 3650 days, and goes to people who are there', async () => {
    const dan = newcomer('dan')
    for (const days of [0, -1, 3651]) expect(await grant(dan, `days:${days}`)).toContain('between 1 and 3650')
    expect(await grant('100000000000000001')).toContain("isn't here")
    expect(await membership(dan)).toBeUndefined()
    expect(await revoke(dan)).toContain('no complimentary access')
  })

  it('says what it waits for when the role stops being givable', async () => {
    const eve = newcomer('eve')
    world.stripe.faults.current = ({ path }) =>
      path.startsWith('/v1/subscriptions') ? { status: 401 } : undefined
    await world.sdk.subscriptions.list({ limit: 1 }).catch(() => undefined)
    await joinedElsewhere(eve)
    const reply = await grant(eve, 'days:5')
    expect(reply).toContain('Noted')
    expect(reply).toContain('Stripe refuses the secret key')
    world.stripe.faults.current = undefined
    await world.app.access.gates.check()
    await until('the role', () => holds(world, eve))
  })

  // With a customer, so that a look has something to ask Stripe.
  const joinedElsewhere = (user: string) => world.app.billing.customers.ensure(nameOf(world, user))

  it('is given and revoked by admins only', async () => {
    expect(read(await say(world, world.ben, `/premium grant member:${world.ben}`))).toContain('Only admins')
    expect(read(await say(world, world.ben, `/premium revoke member:${world.ada}`))).toContain('Only admins')
  })
})

describe('complimentary access in a Slack workspace', () => {
  it('opens the channel, and closes it again', async () => {
    const world = await inSlack.startSlackWorld()
    try {
      await inSlack.say(world, world.owner, '/premium role #lounge')
      const granted = await inSlack.say(world, world.owner, `/premium grant <@${world.ada}> 7`)
      expect(inSlack.read(granted)).toContain('ends by itself')
      expect(inSlack.holds(world, world.ada)).toBe(true)
      const revoked = await inSlack.say(world, world.owner, `/premium revoke <@${world.ada}>`)
      expect(inSlack.read(revoked)).toContain('has ended')
      expect(inSlack.holds(world, world.ada)).toBe(false)
    } finally {
      await world.close()
    }
  })
})
