import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operator } from './support/operator.ts'
import { ownFolder } from './support/store.ts'
import { until } from './support/until.ts'
import { becomeMember, holds, read, say, startWorld, type World } from './support/world.ts'

/** A customer from before the bot, with a subscription that pays for a plan unless `plan` is undefined. */
async function customerOf(
  sdk: Stripe,
  plan?: string,
  metadata: Record<string, string> = {},
): Promise<string> {
  const { id } = await sdk.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    metadata,
  })
  const { data } = await sdk.prices.list({ lookup_keys: plan ? [plan] : ['none'] })
  if (data[0]) await sdk.subscriptions.create({ customer: id, items: [{ price: data[0].id }] })
  return id
}

describe('npm run import', { timeout: 90_000 }, () => {
  let world: World
  let folder: string
  beforeEach(async () => {
    folder = await ownFolder()
  })
  afterEach(() => world.close())

  const run = (args: string[], during?: Parameters<typeof operator>[1]['during']) =>
    operator('import', { args, folder, environment: world.environment, ...(during && { during }) })
  const importFile = async (lines: string[], ...args: string[]) => {
    await writeFile(join(folder, 'members.csv'), lines.join('\n'))
    return run(['members.csv', ...args])
  }
  const name = (user: string) => `discord:${world.guild}:${user}`

  it('says first what it would do and touches nothing, then links, and a running bot gives the role', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    const customer = await customerOf(world.sdk, 'basic_monthly')
    const file = ['Chat user,Stripe customer', `"${name(world.ada)}", ${customer}`, '']

    const dry = await importFile(file)
    expect(dry.code).toBe(0)
    expect(dry.output).toContain(`line 2: links ${name(world.ada)} to ${customer} (active basic_monthly)`)
    expect(dry.output).toContain('Nothing was changed')
    expect(world.stripe.objects.customers.find(({ id }) => id === customer)?.metadata).toEqual({})

    const done = await importFile(file, '--apply')
    expect(done).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 linked, 0 linked before, 0 refused'),
    })
    expect(done.output).toContain('customer.updated')
    await until('the role', () => holds(world, world.ada))
    expect(world.stripe.objects.customers.find(({ id }) => id === customer)?.metadata).toEqual({
      chat_member: name(world.ada),
    })
    const again = await importFile(file, '--apply')
    expect(again.output).toContain('0 linked, 1 linked before, 0 refused')
  })

  it('makes no news of those who were members before, to them or to the log channel', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    await world.app.access.settings.change(`discord:${world.guild}`, rules => ({
      ...rules,
      logChannel: world.channel,
    }))
    const logged = () => world.discord.messages(world.channel).map(read).join('\n')
    const customer = await customerOf(world.sdk, 'basic_monthly')
    await importFile([`${name(world.ada)};${customer}`], '--apply')
    await until('the role', () => holds(world, world.ada))
    await becomeMember(world, world.ben, 'pro_monthly')
    await until('the welcome of the one who came by himself', () => world.discord.dms(world.ben).length === 1)
    await until('his line in the log channel', () => logged().includes(world.ben))
    expect(world.discord.dms(world.ada)).toEqual([])
    expect(logged()).not.toContain(world.ada)
    await world.sdk.subscriptions.cancel(
      world.stripe.objects.subscriptions.find(each => each.customer === customer)?.id ?? '',
    )
    await until('the goodbye', () => world.discord.dms(world.ada).map(read).join().includes('ended'))
    expect(holds(world, world.ada)).toBe(false)
  })

  it('leaves the look to the start of a bot that is not running', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    const customer = await customerOf(world.sdk, 'basic_monthly')
    await world.stripe.settled()
    await world.stopBot()
    await importFile([`${name(world.ada)}\t${customer}`], '--apply')
    world.stripe.faults.delivery = () => 'drop'
    await world.startBot()
    await until('the role', () => holds(world, world.ada))
  })

  it('refuses by line number what it can’t take, takes the rest, and ends with 1', async () => {
    world = await startWorld({ start: false })
    const [good, hers, gone, twice] = await Promise.all(
      Array.from({ length: 4 }, () => customerOf(world.sdk, 'basic_monthly')),
    )
    const taken = await customerOf(world.sdk, undefined, { chat_member: name(world.admin) })
    const odd = await customerOf(world.sdk, undefined, { chat_member: 'Ada' })
    await world.sdk.customers.del(gone ?? '')
    const { code, output } = await importFile(
      [
        `${name(world.ada)},${good}`,
        'discord:lounge:ada,cus_1234',
        `${name('200000000000000001')},ada@example.com`,
        `${name('200000000000000002')},cus_unknown`,
        `${name('200000000000000003')},${gone}`,
        `${name('200000000000000004')},${taken}`,
        `${name('200000000000000005')},${odd}`,
        `${name('200000000000000006')},${hers}`,
        `${name('200000000000000006')},${twice}`,
        `${name('200000000000000007')}`,
        `${name(world.ada)},${good}`,
        `slack:${world.guild}:${world.ada},cus_1234`,
      ],
      '--apply',
    )
    expect(code).toBe(1)
    const lines = output.split('\n')
    const line = (number: number) => lines.find(each => each.startsWith(`line ${number}: `))
    expect(line(1)).toContain('linked')
    expect(line(2)).toContain('not a chat user')
    expect(line(3)).toContain('e-mail address, which proves nothing')
    expect(line(4)).toContain("No such customer: 'cus_unknown'")
    expect(line(5)).toContain('was deleted')
    expect(line(6)).toContain(`is the customer of ${name(world.admin)}`)
    expect(line(7)).toContain('"Ada", which is nobody')
    expect(line(8)).toContain('on line 9 too, with another customer')
    expect(line(9)).toContain('on line 8 too, with another customer')
    expect(line(10)).toContain('1 columns')
    expect(line(11)).toContain('the same as line 1')
    expect(line(12)).toContain('not a chat user')
    expect(output).toContain('1 linked, 0 linked before, 11 refused')
    const named = world.stripe.objects.customers.filter(each => each.metadata.chat_member === name(world.ada))
    expect(named.map(({ id }) => id)).toEqual([good])
  })

  it('takes the customers that carry chat_member already', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    await world.stopBot()
    await customerOf(world.sdk, 'pro_monthly', { chat_member: name(world.ada) })
    await customerOf(world.sdk, undefined, { chat_member: 'somebody' })
    await customerOf(world.sdk)
    const dry = await run(['--from-metadata'])
    expect(dry.code).toBe(1)
    expect(dry.output).toContain(`links ${name(world.ada)} to cus_`)
    expect(dry.output).toContain('chat_member is "somebody", which is nobody')
    expect(dry.output).toContain('1 to link, 0 linked before, 1 name nobody, 1 are none of the chat')
    const done = await run(['--from-metadata', '--apply'])
    expect(done.output).toContain('1 linked, 0 linked before')
    world.stripe.faults.delivery = () => 'drop'
    await world.startBot()
    await until('the role', () => holds(world, world.ada))
    expect((await run(['--from-metadata', '--apply'])).output).toContain('0 linked, 1 linked before')
  })

  it('takes a role over from another bot only when told to', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    const [hers, his] = await Promise.all([
      customerOf(world.sdk, 'basic_monthly'),
      customerOf(world.sdk, 'basic_monthly'),
    ])
    for (const user of [world.ada, world.ben]) world.discord.setRoles(world.guild, user, [world.premium])
    await importFile([`${name(world.ada)},${hers}`], '--apply', '--adopt')
    await importFile([`${name(world.ben)},${his}`], '--apply')
    const looked = (user: string) => async () =>
      (await world.app.access.memberships.get(`discord:${world.guild}:${user}`))?.verifiedAt
    await until('a look at her', looked(world.ada))
    await until('a look at him', looked(world.ben))
    for (const { id } of world.stripe.objects.subscriptions) await world.sdk.subscriptions.cancel(id)
    await until('her role to go', () => !holds(world, world.ada))
    await until('his goodbye', () => world.discord.dms(world.ben).length > 0)
    expect(holds(world, world.ben)).toBe(true)
  })

  it('waits while Stripe is busy, shows how far it is, ends when it is stopped, and goes on when it is run again', async () => {
    world = await startWorld({ start: false })
    const users = Array.from({ length: 30 }, (_, index) => String(200_000_000_000_000_000n + BigInt(index)))
    const customers = await Promise.all(users.map(() => customerOf(world.sdk)))
    await writeFile(
      join(folder, 'members.csv'),
      users.map((user, index) => `${name(user)},${customers[index]}`).join('\n'),
    )
    let updates = 0
    world.stripe.faults.current = ({ method, path }) => {
      if (method !== 'POST' || !path.startsWith('/v1/customers/')) return undefined
      updates++
      if (updates === 1) return { status: 429 }
      return updates > 10 ? { delayMs: 300 } : undefined
    }
    const stopped = await run(['members.csv', '--apply'], async ({ interrupt }) => {
      await until('ten of them', () => updates > 10)
      interrupt()
      world.stripe.faults.current = undefined
    })
    expect(stopped.code).toBe(130)
    expect(stopped.output).toMatch(/Stopped, \d+ to go: run it again/)
    expect(stopped.errors).toMatch(/linking: \d+ of 30/)
    const again = await run(['members.csv', '--apply'])
    expect(again.code).toBe(0)
    expect(again.output).toMatch(/\d+ linked, [1-9]\d* linked before, 0 refused/)
    expect(again.errors).toMatch(/linking: 30 of 30/)
    expect(world.stripe.objects.customers.every(({ metadata }) => metadata.chat_member)).toBe(true)
  })

  it('says how it is used when it is given nothing or a file that isn’t there', async () => {
    world = await startWorld({ start: false })
    expect(await run([])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('npm run import -- FILE.csv'),
    })
    expect(await run(['nowhere.csv'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('nowhere.csv'),
    })
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('--from-metadata'),
    })
  })
})
