import { afterEach, describe, expect, it } from 'vitest'
import { pressToEnd, sayToEnd } from './support/admin.ts'
import { addPayer, customerOf, logLines, nameOf, quiet, useLogChannel } from './support/failures.ts'
import { until } from './support/until.ts'
import { buttonsOf, holds, read, say, startWorld, type World } from './support/world.ts'

let world: World
afterEach(() => world.close())

const names = [...'abcdefghijklmno'].map(letter => `${letter}-payer`)

/** Starts with fifteen people who pay and hold the role. */
async function startWithMany() {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  const vip = world.discord.addRole(world.guild, { name: 'Vip' }).id
  world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 5)
  await useLogChannel(world)
  await say(world, world.admin, '/premium role role:@Premium')
  const payers = await Promise.all(names.map(name => addPayer(world, name)))
  await world.app.access.sweep.run({ what: 'sweep' })
  await until('everybody to hold the role', () => payers.every(user => holds(world, user)))
  await quiet(world)
  return { payers, vip }
}

/** Ends subscriptions without a word to the bot. */
async function endSilently(users: string[]) {
  const customers = users.map(user => customerOf(world, user))
  // For good: what is only dropped once is sent again.
  world.stripe.faults.delivery = event =>
    customers.some(customer => JSON.stringify(event).includes(customer)) ? 'drop' : undefined
  for (const subscription of world.stripe.objects.subscriptions.filter(({ customer }) =>
    customers.includes(customer),
  ))
    await world.sdk.subscriptions.cancel(subscription.id)
  await world.stripe.settled()
}

const sweep = () => world.app.access.sweep.run({ what: 'sweep' })
const stops = () => logLines(world).filter(line => line.includes('Stopped'))
const holding = (users: string[], role = world.premium) =>
  users.filter(user => holds(world, user, role)).length

describe('the cap on harm', () => {
  it('stops a sweep that would take access from many, tells it once, and survives a restart', async () => {
    const { payers } = await startWithMany()
    await endSilently(payers.slice(0, 12))
    await sweep()
    await quiet(world)
    expect(holding(payers)).toBe(15)
    await until('the line', () => stops().length === 1)
    expect(stops()[0]).toContain('12 of 15')
    expect(stops()[0]).toContain('/premium sync')
    await world.restart()
    await sweep()
    await quiet(world)
    expect(holding(payers)).toBe(15)
    expect(stops()).toHaveLength(1)

    const reply = await sayToEnd(world, world.admin, '/premium sync')
    expect(read(reply)).toContain('12 of 15')
    expect(holding(payers)).toBe(15)
    const done = read(await pressToEnd(world, world.admin, reply, 'End access for 12 people'))
    expect(done).toContain('12 mended')
    expect(holding(payers)).toBe(3)
    const journal = await world.app.access.journal.of(`discord:${world.guild}`)
    expect(journal.every(({ causes }) => causes.every(({ by }) => by === nameOf(world, world.admin)))).toBe(
      true,
    )
    expect(journal.some(({ did }) => did.join('').includes('confirmed that 12'))).toBe(true)
  })

  it('goes on giving access to those who pay while a sweep is stopped', async () => {
    const { payers } = await startWithMany()
    await endSilently(payers.slice(0, 12))
    const late = await addPayer(world, 'late')
    await sweep()
    await until('the new one to hold it', () => holds(world, late))
    expect(holding(payers)).toBe(15)
  })

  it('lets ten go, and does not count what Stripe says of one', async () => {
    const { payers } = await startWithMany()
    await endSilently(payers.slice(0, 10))
    await sweep()
    await until('ten to go', () => holding(payers) === 5)
    for (const user of payers.slice(10)) {
      const customer = customerOf(world, user)
      const found = world.stripe.objects.subscriptions.find(each => each.customer === customer)
      await world.sdk.subscriptions.cancel(found?.id ?? '')
    }
    await until('the rest to go', () => holding(payers) === 0)
    expect(stops()).toEqual([])
  })

  it('stops a changed paid role until an admin confirms it, through a restart and a sweep', async () => {
    const { payers, vip } = await startWithMany()
    const reply = await sayToEnd(world, world.admin, '/premium role role:@Vip')
    expect(read(reply)).toContain('15 of 15')
    await quiet(world)
    expect(holding(payers)).toBe(15)
    expect((await world.app.access.settings.of(`discord:${world.guild}`)).everyPlan).toEqual([world.premium])
    await until('the line', () => stops().length === 1)
    await world.restart()
    await sweep()
    const again = await sayToEnd(world, world.admin, '/premium sync')
    expect(read(again)).toContain('15 of 15')
    await pressToEnd(world, world.admin, again, 'Apply it for 15 people')
    expect(holding(payers, vip)).toBe(15)
    expect(holding(payers)).toBe(0)
    expect(buttonsOf(await sayToEnd(world, world.admin, '/premium sync'))).toEqual([])
  })

  it('drops a change that an admin takes back', async () => {
    const { payers } = await startWithMany()
    const reply = await sayToEnd(world, world.admin, '/premium role role:@Vip')
    expect(read(await pressToEnd(world, world.admin, reply, 'Leave it as it is'))).toContain(
      'Nothing was changed',
    )
    expect(read(await pressToEnd(world, world.admin, reply, 'Apply it for 15 people'))).toContain(
      'Nothing is waiting',
    )
    await quiet(world)
    expect(holding(payers)).toBe(15)
  })

  it.each([
    ['an error', { status: 500 }],
    ['a refusal', { status: 401 }],
    ['resource_missing', { status: 404, code: 'resource_missing', type: 'invalid_request_error' }],
    ['no answer', 'reset'],
  ] as const)('takes %s for no answer, and nothing from anybody', async (_, fault) => {
    const { payers } = await startWithMany()
    await endSilently(payers.slice(0, 3))
    world.stripe.faults.current = ({ path }) => (path.startsWith('/v1/subscriptions') ? fault : undefined)
    await expect(sweep()).rejects.toThrow()
    for (const user of payers.slice(3))
      expect(world.app.access.queue.pending(`member:${nameOf(world, user)}`)).toBeUndefined()
    for (const user of payers)
      await world.app.access.queue.mark(`member:${nameOf(world, user)}`, { what: 'sweep' })
    await until('every look to have failed', () =>
      payers.every(user => world.app.access.queue.pending(`member:${nameOf(world, user)}`)?.failure),
    )
    expect(holding(payers)).toBe(15)
    world.stripe.faults.current = undefined
    await world.app.access.gates.check()
    world.app.access.queue.retry()
    await until('the three to go', () => holding(payers) === 12, 15_000)
  })
})
