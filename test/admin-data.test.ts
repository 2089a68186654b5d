import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../src/store/store.ts'
import { customerOf, joinMembers, nameOf, quiet, subscriptionOf } from './support/failures.ts'
import * as inSlack from './support/slack-world.ts'
import { until } from './support/until.ts'
import { holds, press, read, say, startWorld, type World } from './support/world.ts'

describe('what is stored about a member', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterAll(() => world.close())

  const stored = async (user: string) =>
    press(world, user, await say(world, user, '/billing'), 'What is stored about me')
  const forget = async (user: string) => press(world, user, await stored(user), 'Forget me')

  it('is nothing for somebody who never came', async () => {
    expect(read(await stored(world.ben))).toContain('Nothing.')
  })

  it('is told in plain words and as a file, to them alone', async () => {
    await joinMembers(world, world.ada)
    const reply = await stored(world.ada)
    expect((reply.flags ?? 0) & 64).toBe(64)
    const words = read(reply)
    expect(words).toContain(customerOf(world, world.ada))
    expect(words).toContain('`basic_monthly`')
    expect(words).toContain(`<@&${world.premium}>`)
    expect(words).toMatch(/A timeline of \d+ entries/)
    const [attachment] = reply.attachments
    expect(attachment?.filename).toBe('stored-about-me.json')
    const file: unknown = JSON.parse(String(world.discord.file(attachment?.id ?? '')?.bytes))
    expect(file).toMatchObject({
      member: nameOf(world, world.ada),
      customers: [customerOf(world, world.ada)],
      membership: { plans: ['basic_monthly'], given: [world.premium] },
    })
  })

  it('is kept while something is paid for, and while access is complimentary', async () => {
    expect(read(await forget(world.ada))).toContain('You have a subscription')
    expect(read(await say(world, world.ada, '/billing'))).toContain('Active, renews on')
    await say(world, world.admin, `/premium grant member:${world.ben} days:3`)
    expect(read(await forget(world.ben))).toContain('You have complimentary access')
    await say(world, world.admin, `/premium revoke member:${world.ben}`)
  })

  it('is erased after a second question, without a trace, and the Stripe customer stays', async () => {
    const customer = customerOf(world, world.ada)
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
    await until('the end', () => !holds(world, world.ada))
    await quiet(world)
    const question = await forget(world.ada)
    expect(read(question)).toContain('What Stripe keeps about you')
    expect(await world.app.access.memberships.get(nameOf(world, world.ada))).toBeDefined()
    const done = read(await press(world, world.ada, question, 'Yes, forget me'))
    expect(done).toContain('You are forgotten')
    await expectNoTrace(world.ada)
    expect((await world.sdk.customers.retrieve(customer)).deleted).toBeFalsy()
  })

  it('is erased with the timers of complimentary access, so that nothing comes back', async () => {
    const question = await forget(world.ben)
    await press(world, world.ben, question, 'Yes, forget me')
    world.clock.moveTo(world.clock.now() + 4 * 86_400_000)
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    await expectNoTrace(world.ben)
  })

  it('is not erased when somebody paid between the two questions', async () => {
    const eve = world.discord.addMember(world.guild, { username: 'eve' }).user.id
    await joinMembers(world, eve)
    await world.sdk.subscriptions.cancel(subscriptionOf(world, eve).id)
    await until('the end', () => !holds(world, eve))
    await quiet(world)
    const question = await forget(eve)
    await joinMembers(world, eve)
    expect(read(await press(world, eve, question, 'Yes, forget me'))).toContain('You have a subscription')
    expect(await world.app.access.memberships.get(nameOf(world, eve))).toBeDefined()
  })

  it('leaves the way back open: whoever subscribes again has the same customer', async () => {
    const customer = customerOf(world, world.ada)
    await joinMembers(world, world.ada)
    expect(await world.app.billing.customers.of(nameOf(world, world.ada))).toEqual([customer])
  })

  const expectNoTrace = async (user: string) => {
    const store = await openStore(world.environment.STORE_URL ?? '')
    try {
      for (const name of ['memberships', 'journal', 'customers', 'owners', 'marks'])
        for await (const [key, value] of store.collection<unknown>(name).entries())
          expect(`${name} ${key} ${JSON.stringify(value)}`).not.toContain(user)
    } finally {
      await store.close()
    }
  }
})

describe('what is stored about a member of a Slack workspace', () => {
  it('is told in words and sent as a file', async () => {
    const world = await inSlack.startSlackWorld()
    try {
      await inSlack.say(world, world.owner, '/premium role #lounge')
      await inSlack.becomeMember(world, world.ada)
      await until('quiet', () => world.app.access.queue.waiting().count === 0)
      const billing = await inSlack.say(world, world.ada, '/billing')
      const reply = await inSlack.press(world, world.ada, billing, 'What is stored about me')
      expect(inSlack.read(reply)).toContain('basic_monthly')
      const files = () => world.slack.dms(world.team, world.ada).flatMap(message => message.files)
      await until('the file', () => files()[0]?.name === 'stored-about-me.json')
      expect(inSlack.buttonsOf(reply).map(({ label }) => label)).toContain('Forget me')
    } finally {
      await world.close()
    }
  })
})
