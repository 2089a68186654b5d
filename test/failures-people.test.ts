import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { customerOf, joinMembers, linkFor, quiet, useLogChannel } from './support/failures.ts'
import { until } from './support/until.ts'
import { buttonsOf, holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
})
afterEach(() => {
  world.stripe.faults.current = undefined
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id

describe('links', () => {
  it('are made ten times in ten minutes for one member, and for everybody else meanwhile', async () => {
    const [eager, calm] = [newcomer('eager'), newcomer('calm')]
    for (let n = 0; n < 5; n++) {
      linkOf(await say(world, eager, '/subscribe plan:basic_monthly'))
      linkOf(await say(world, eager, '/billing'))
    }
    const asked = world.stripe.objects.portalSessions.length
    for (const line of ['/subscribe plan:basic_monthly', '/billing']) {
      const reply = await say(world, eager, line)
      expect(read(reply)).toContain('10 minutes')
      expect(buttonsOf(reply).filter(({ url }) => url)).toEqual([])
    }
    expect(world.stripe.objects.portalSessions).toHaveLength(asked)
    linkOf(await say(world, calm, '/subscribe plan:basic_monthly'))
    world.clock.moveTo(world.clock.now() + 10 * 60_000)
    linkOf(await say(world, eager, '/billing'))
  })

  it('and everything else that is answered is for the caller alone', async () => {
    const user = newcomer('private')
    await joinMembers(world, user)
    for (const line of ['/plans', '/billing', '/subscribe', '/subscribe plan:pro_monthly']) {
      const reply = await say(world, user, line)
      expect((reply.flags ?? 0) & 64, line).toBe(64)
      const seenByOthers = world.discord.messages(world.channel, world.ben).map(({ id }) => id)
      expect(seenByOthers).not.toContain(reply.id)
    }
  })
})

describe('a member', () => {
  const portalsOf = (customer: string) =>
    world.stripe.objects.portalSessions.filter(session => session.customer === customer)

  it("reaches nobody else's billing, by no argument and no button", async () => {
    const [victim, thief] = [newcomer('victim'), newcomer('thief')]
    await joinMembers(world, victim)
    await linkFor(world, thief)
    const customer = customerOf(world, victim)
    const before = portalsOf(customer).length
    const victims = await say(world, victim, '/billing')
    const name = `discord:${world.guild}:${victim}`
    for (const run of ['billing', `billing ${name}`, `billing member:${victim}`, `|${name}|billing`])
      for (const id of [run, `discord:${world.guild}|${run}`, `${name}|${run}`]) await pressForged(thief, id)
    await pressForged(thief, buttonsOf(victims).find(({ id }) => id)?.id ?? 'plans')
    expect(portalsOf(customer)).toHaveLength(before + 1)
  })

  it.each([
    'premium role @Premium',
    'premium',
    'nothing',
    '',
    ' ',
    '/',
    'subscribe price_of_somebody_else',
    'subscribe plan:plan:plan:',
    'plans page:999999999999999999999',
    'plans page:-1',
    'plans page:NaN',
    '__proto__',
    'constructor toString',
    'subscribe "',
    '\u0000\u202e@everyone <@&1> `',
    'x'.repeat(100),
  ])('who presses a forged button %j gets a sentence, and nothing happens', async id => {
    const rules = await world.app.access.settings.of(`discord:${world.guild}`)
    const reply = await pressForged(world.ben, id)
    expect(read(reply).length).toBeGreaterThan(3)
    expect(read(reply)).not.toContain('Something went wrong')
    expect(await world.app.access.settings.of(`discord:${world.guild}`)).toEqual(rules)
  })

  it('in a direct message runs only what a button there says, for themselves', async () => {
    const user = newcomer('direct')
    await joinMembers(world, user)
    await until('the welcome', () => world.discord.dms(user).length === 1)
    const [welcome] = world.discord.dms(user)
    const [button] = welcome ? buttonsOf(welcome) : []
    expect(button?.id).toContain(`discord:${world.guild}`)
    const person = world.discord.as(user, world.guild)
    const before = portalsOf(customerOf(world, user)).length
    const own = await (await person.press(welcome ?? { id: '' }, 'Billing')).reply()
    expect(linkOf(own)).toContain('/p/session/')
    // Discord shows nobody a role of a server that the message isn't in.
    expect(read(own)).toContain('You hold **@Premium**')
    expect(read(await (await person.press(own, 'Change plan')).reply())).not.toContain('<@&')
    const { id: elsewhere } = world.discord.addGuild({ name: 'Elsewhere' })
    for (const id of [
      `discord:${elsewhere}|billing`,
      'billing',
      'slack:T1|billing',
      `discord:${elsewhere}|premium role @x`,
    ]) {
      const reply = await (await person.forge(welcome ?? { id: '' }, id)).reply()
      expect(buttonsOf(reply).filter(({ url }) => url)).toEqual([])
    }
    expect(portalsOf(customerOf(world, user))).toHaveLength(before + 1)
    await quiet(world)
  })

  it('who is an admin elsewhere is none here, whatever a button there or in a direct message says', async () => {
    await useLogChannel(world)
    const owner = newcomer('owner')
    const { id: elsewhere } = world.discord.addGuild({ name: 'Their own' })
    world.discord.addMember(elsewhere, { id: owner, username: 'owner', admin: true })
    const there = world.discord.as(owner, elsewhere, undefined, { seesAllCommands: true })
    const panel = await (await there.command('/premium status')).reply()
    expect(read(panel)).toContain('What is for sale')
    for (const run of ['premium log off:yes', 'premium members', `premium why member:${world.ada}`])
      for (const id of [`discord:${world.guild}|${run}`, `0|discord:${world.guild}|${run}`])
        expect(read(await (await there.forge(panel, id)).reply())).not.toContain('basic_monthly')
    await joinMembers(world, world.admin)
    await until('the welcome', () => world.discord.dms(world.admin).length === 1)
    const [welcome] = world.discord.dms(world.admin)
    const direct = world.discord.as(world.admin, world.guild)
    const forged = await direct.forge(welcome ?? { id: '' }, `discord:${world.guild}|premium log off:yes`)
    expect(read(await forged.reply())).toContain('Only admins')
    const { logChannel } = await world.app.access.settings.of(`discord:${world.guild}`)
    expect(logChannel).toBe(world.channel)
  })

  it('may be called anything', async () => {
    const bold = '**@everyone** <@&1> [x](https://evil.example) `||`'
    const user = world.discord.addMember(world.guild, { username: 'markup' }).user.id
    world.discord.setNickname(world.guild, user, bold.slice(0, 32))
    const price = world.stripe.objects.prices.find(({ lookup_key }) => lookup_key === 'patron_monthly')
    await world.sdk.products.update(String(price?.product ?? ''), { name: bold, description: bold })
    await world.sdk.prices.update(price?.id ?? '', { nickname: bold })
    world.app.billing.catalog.refresh()
    const reply = await say(world, user, '/plans')
    // A button's label is drawn as it is, and nothing in it is markup.
    expect(read({ ...reply, components: [] })).not.toMatch(/(?<!\\)\[x|@everyone|(?<!\\)<@&1>/)
    expect(reply.mention_everyone).toBe(false)
    await joinMembers(world, user, 'patron_monthly')
    expect(holds(world, user)).toBe(true)
  })

  it('of a Stripe that takes four seconds is answered at once, and then rightly', async () => {
    const user = newcomer('slow')
    world.app.billing.catalog.refresh()
    world.stripe.faults.current = () => ({ delayMs: 4_000 })
    const completing = world.discord.as(user, world.guild).autocomplete('/subscribe plan:bas')
    const invocation = await world.discord.as(user, world.guild).command('/plans')
    expect(invocation.ackMs).toBeLessThan(1_500)
    expect((await completing).failure).toBeUndefined()
    expect(read(await invocation.reply(25_000))).toContain('Membership')
  }, 40_000)
})

/** Presses a button with a custom_id that the bot never drew there, as a changed client can. */
async function pressForged(user: string, id: string) {
  const reply = await say(world, user, '/plans')
  const invocation = await world.discord.as(user, world.guild).forge(reply, id)
  return invocation.reply()
}
