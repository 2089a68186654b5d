import { afterEach, describe, expect, it } from 'vitest'
import { sayToEnd } from './support/admin.ts'
import { addPayer, joinMembers, loseEvents, nameOf, quiet, subscriptionOf } from './support/failures.ts'
import {
  byHttp,
  holds as isIn,
  read as slackRead,
  say as slackSay,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'
import { buttonsOf, holds, read, say, startWorld, type World } from './support/world.ts'

let world: World
let close = async () => {}
afterEach(() => close())

const start = async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  close = () => world.close()
  await say(world, world.admin, '/premium role role:@Premium')
}

/** One person who pays and lacks the role, and one who holds it and doesn't pay. */
const differ = async () => {
  await joinMembers(world, world.ada)
  const found = loseEvents(world)
  const bob = await addPayer(world, 'bob')
  await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
  await world.stripe.settled()
  found()
  return bob
}

describe('/premium sync', () => {
  it('reports with dry_run who differs and how, and touches nobody', async () => {
    await start()
    const bob = await differ()
    const report = await sayToEnd(world, world.admin, '/premium sync dry_run:true')
    expect(read(report)).toContain('2 of 2 differ')
    expect(read(report)).toContain(`<@${bob}>: is missing <@&${world.premium}>`)
    expect(read(report)).toContain(`<@${world.ada}>: should not hold <@&${world.premium}>`)
    expect(report.attachments).toEqual([])
    await quiet(world)
    expect(holds(world, world.ada)).toBe(true)
    expect(holds(world, bob)).toBe(false)
  })

  it('mends them, and answers when that is done', async () => {
    await start()
    const bob = await differ()
    const reply = read(await sayToEnd(world, world.admin, '/premium sync'))
    expect(reply).toContain('2 members compared, 2 differed')
    expect(reply).toContain('2 mended')
    expect(holds(world, world.ada)).toBe(false)
    expect(holds(world, bob)).toBe(true)
    expect(read(await sayToEnd(world, world.admin, '/premium sync'))).toContain(
      'Everybody holds what they should',
    )
    const [entry] = await world.app.access.journal.of(`discord:${world.guild}`)
    expect(entry?.causes).toEqual([{ what: 'admin', by: nameOf(world, world.admin) }])
  })

  it('hands over a file of what a message has no room for', async () => {
    await start()
    loseEvents(world)
    const names = Array.from({ length: 17 }, (_, index) => `payer${index}`)
    await Promise.all(names.map(name => addPayer(world, name)))
    const report = await sayToEnd(world, world.admin, '/premium sync dry_run:true')
    expect(read(report)).toContain('and 2 more')
    const [file] = report.attachments
    expect(file?.filename).toMatch(/^differences-.*\.csv$/)
    const csv = world.discord.file(file?.id ?? '')?.bytes.toString() ?? ''
    expect(csv.trim().split('\r\n')).toHaveLength(18)
    expect(csv).toContain(world.premium)
  })

  it('says what waits for a person, with the fix', async () => {
    await start()
    loseEvents(world)
    await addPayer(world, 'bob')
    world.discord.moveRole(world.guild, world.premium, 3)
    const reply = read(await sayToEnd(world, world.admin, '/premium sync'))
    expect(reply).toContain('1 waits')
    expect(reply).toContain("move the bot's role above @Premium")
  })

  it('shows how far it is while it takes long', async () => {
    await start()
    loseEvents(world)
    const bob = await addPayer(world, 'bob')
    world.discord.faults.current = ({ method, path }) =>
      method === 'PUT' && path.includes(`/members/${bob}/roles`) ? { status: 500 } : undefined
    const said = await world.discord.as(world.admin, world.guild).command('/premium sync')
    const shown = await said.waitFor(message => read(message).startsWith('Mending'), 15_000)
    expect(read(shown)).toBe('Mending … 0 of 1')
    world.discord.faults.current = undefined
    const reply = await said.waitFor(message => read(message).includes('mended'), 15_000)
    expect(read(reply)).toContain('1 mended')
    expect(holds(world, bob)).toBe(true)
  })

  it('takes nothing for an answer but an answer: a Stripe that is down is said, and nothing changed', async () => {
    await start()
    await differ()
    world.stripe.faults.current = ({ path }) =>
      path.startsWith('/v1/subscriptions') ? { status: 500 } : undefined
    expect(read(await sayToEnd(world, world.admin, '/premium sync'))).toContain("isn't answering")
    expect(holds(world, world.ada)).toBe(true)
    world.stripe.faults.current = undefined
  })

  it('has nothing to confirm when nothing was held back', async () => {
    await start()
    const reply = await world.app.access.changes.confirm(`discord:${world.guild}`, nameOf(world, world.admin))
    expect(reply).toBeUndefined()
    expect(buttonsOf(await sayToEnd(world, world.admin, '/premium sync'))).toEqual([])
  })
})

describe('/premium sync in Slack', () => {
  it('reports and mends as everywhere', async () => {
    const slack = await startSlackWorld({ environment: on => ({ ...byHttp(on), SWEEP_MINUTES: '0' }) })
    close = () => slack.close()
    await slackSay(slack, slack.owner, '/premium role #lounge')
    const member = `slack:${slack.team}:${slack.ada}`
    const customer = await slack.sdk.customers.create({
      metadata: { chat_member: member },
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const price = slack.stripe.objects.prices.find(each => each.lookup_key === 'basic_monthly')?.id ?? ''
    slack.stripe.faults.delivery = () => 'drop'
    await slack.sdk.subscriptions.create({ customer: customer.id, items: [{ price }] })
    await slack.stripe.settled()
    expect(slackRead(await slackSay(slack, slack.owner, '/premium sync dry_run'))).toContain('1 of 1 differ')
    expect(isIn(slack, slack.ada)).toBe(false)
    await slackSay(slack, slack.owner, '/premium sync')
    await until('the channel', () => isIn(slack, slack.ada))
  })
})
