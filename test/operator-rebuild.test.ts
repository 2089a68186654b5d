import { copyFile, rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { priceOf } from './support/failures.ts'
import { operator } from './support/operator.ts'
import { ownFolder } from './support/store.ts'
import { until } from './support/until.ts'
import { becomeMember, holds, read, say, startWorld, type World } from './support/world.ts'

describe('npm run rebuild', { timeout: 90_000 }, () => {
  let world: World
  let folder: string
  beforeEach(async () => {
    folder = await ownFolder()
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  })
  afterEach(() => world.close())

  const run = (...args: string[]) => operator('rebuild', { args, folder, environment: world.environment })
  const file = () => (world.environment.STORE_URL ?? '').slice('sqlite://'.length)
  const loseStore = async () => {
    await world.stopBot()
    await Promise.all(['', '-wal', '-shm'].map(suffix => rm(file() + suffix, { force: true })))
  }
  const membership = (user: string) => world.app.access.memberships.get(`discord:${world.guild}:${user}`)
  const subscriptionOf = async (user: string) => {
    const customer = world.stripe.objects.customers.find(
      ({ metadata }) => metadata.chat_member === `discord:${world.guild}:${user}`,
    )
    return world.stripe.objects.subscriptions.find(each => each.customer === customer?.id)?.id ?? ''
  }

  it('restores every link and role of a lost store, tells nobody twice, and lets the bot take back what it gave', async () => {
    await becomeMember(world, world.ada)
    await becomeMember(world, world.ben, 'pro_monthly')
    await until(
      'the welcomes',
      () => world.discord.dms(world.ada).length + world.discord.dms(world.ben).length === 2,
    )
    await loseStore()

    const told = await run()
    expect(told).toMatchObject({ code: 0 })
    expect(told.output).toContain("2 of the chat's 2 customers restored")
    expect(told.output).toContain(`discord:${world.guild} has no paid role: set it there with /premium role`)
    // While the store was lost he lost his role, and her subscription ended.
    world.discord.setRoles(world.guild, world.ben, [])
    world.stripe.faults.delivery = () => 'drop'
    await world.sdk.subscriptions.cancel(await subscriptionOf(world.ada))

    await world.startBot()
    await until('a look at her', async () => (await membership(world.ada))?.verifiedAt)
    expect(holds(world, world.ada)).toBe(true)
    expect(read(await say(world, world.ben, '/billing'))).toContain('Pro')
    expect(read(await say(world, world.admin, '/premium status'))).toMatch(/✗ .*\n→ .*`\/premium role`/)
    await say(world, world.admin, '/premium role role:@Premium')
    await until('his role', () => holds(world, world.ben))
    await until('her role to go', () => !holds(world, world.ada))
    expect(world.discord.dms(world.ben)).toHaveLength(1)

    await world.sdk.subscriptions.cancel(await subscriptionOf(world.ben))
    await world.app.access.queue.mark(`member:discord:${world.guild}:${world.ben}`, { what: 'admin' })
    await until('his role to go', () => !holds(world, world.ben))
  })

  it('changes nothing in a store that is whole, and nothing the second time', async () => {
    await becomeMember(world, world.ada)
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
    await until('the end of the look', async () => world.app.access.queue.waiting().count === 0)
    const before = await membership(world.ada)
    await world.stopBot()
    expect((await run()).output).toContain("0 of the chat's 1 customers restored, 1 were as Stripe has them")
    await world.startBot()
    expect(await membership(world.ada)).toEqual(before)

    await loseStore()
    expect((await run()).output).toContain('1 of')
    expect((await run()).output).toContain("0 of the chat's 1 customers restored")
  })

  it('leaves a role that a moderator gave to whoever never subscribed', async () => {
    const member = `discord:${world.guild}:${world.ada}`
    await world.sdk.customers.create({ metadata: { chat_member: member } })
    world.discord.setRoles(world.guild, world.ada, [world.premium])
    await loseStore()
    await run()
    await world.startBot()
    await say(world, world.admin, '/premium role role:@Premium')
    await until('a look', async () => (await membership(world.ada))?.verifiedAt)
    expect(holds(world, world.ada)).toBe(true)
  })

  it('leaves a role to somebody whose subscription ended long before the store was lost', async () => {
    await becomeMember(world, world.ada)
    await world.sdk.subscriptions.cancel(await subscriptionOf(world.ada))
    await until('the role to go', () => !holds(world, world.ada))
    await loseStore()
    const ended = world.stripe.objects.subscriptions[0]
    if (ended?.ended_at) ended.ended_at -= 40 * 86_400
    // Since then a moderator gave it as a present.
    world.discord.setRoles(world.guild, world.ada, [world.premium])
    await run()
    await world.startBot()
    await until('a look', async () => (await membership(world.ada))?.verifiedAt)
    await say(world, world.admin, '/premium role role:@Premium')
    await until('the end of the looks', () => world.app.access.queue.waiting().count === 0)
    expect(holds(world, world.ada)).toBe(true)
  })

  it('says whose roles it can’t know of when the bot met them first, and adopts them when told to', async () => {
    await becomeMember(world, world.ada)
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
    await loseStore()
    await world.startBot()
    await say(world, world.admin, '/premium role role:@Premium')
    await world.app.access.sweep.run({ what: 'admin' })
    await until('a look', async () => (await membership(world.ada))?.verifiedAt)
    await world.stopBot()
    const told = await run()
    expect(told.output).toContain('1 of them were looked at since the store was lost')
    expect(told.output).toContain('--adopt')
    expect((await run('--adopt')).output).not.toContain('were looked at')
    await world.startBot()
    await until('the role to be the bot’s', async () => (await membership(world.ada))?.given.length === 1)
    await world.sdk.subscriptions.cancel(await subscriptionOf(world.ada))
    await until('the role to go', () => !holds(world, world.ada))
  })

  it('names metadata that is nobody’s, waits out a Stripe that is away, and stops at the wrong key', async () => {
    await becomeMember(world, world.ada)
    const { id } = await world.sdk.customers.create({ metadata: { chat_member: 'Ada' } })
    await loseStore()
    let asked = 0
    world.stripe.faults.current = () => (asked++ < 4 ? { status: 503 } : undefined)
    const told = await run()
    expect(told).toMatchObject({ code: 0, output: expect.stringContaining(`${id}: chat_member is "Ada"`) })
    const wrong = await operator('rebuild', {
      folder,
      environment: { ...world.environment, STRIPE_SECRET_KEY: 'sk_test_wrong' },
    })
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('Stripe refuses the secret key') })
  })

  it('is not needed for those whom a copy of the store knows as they are: the bot goes on from there', async () => {
    await becomeMember(world, world.ada)
    await until('the welcome', () => world.discord.dms(world.ada).length === 1)
    await world.stopBot()
    await copyFile(file(), `${folder}/copy.sqlite`)
    await loseStore()
    await copyFile(`${folder}/copy.sqlite`, file())
    world.stripe.faults.delivery = () => 'drop'
    await world.sdk.subscriptions.cancel(await subscriptionOf(world.ada))
    await world.startBot()
    await world.app.access.sweep.run({ what: 'sweep' })
    await until('the role to go', () => !holds(world, world.ada))
  })

  it('names who paid for another plan when the copy was made, and adopts what they have now when told to', async () => {
    const vip = world.discord.addRole(world.guild, { name: 'Vip' }).id
    await becomeMember(world, world.ada)
    await say(world, world.admin, '/premium role role:@Vip plan:pro_monthly')
    await world.stopBot()
    await copyFile(file(), `${folder}/copy.sqlite`)
    await world.startBot()
    const [item] = world.stripe.objects.subscriptions[0]?.items.data ?? []
    const id = await subscriptionOf(world.ada)
    await world.sdk.subscriptions.update(id, {
      items: [{ id: item?.id ?? '', price: priceOf(world, 'pro_monthly') }],
    })
    await until('the other role', () => holds(world, world.ada, vip) && !holds(world, world.ada))
    await loseStore()
    await copyFile(`${folder}/copy.sqlite`, file())
    expect((await run()).output).toContain(
      '1 of them were looked at since the store was lost, or changed plans',
    )
    expect((await run('--adopt')).output).not.toContain('were looked at')
    await world.startBot()
    await until('the role to be the bot’s', async () => (await membership(world.ada))?.given.join() === vip)
    await world.sdk.subscriptions.cancel(id)
    await until('the role to go', () => !holds(world, world.ada, vip))
  })
})
