import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { plain } from '../src/text.ts'
import {
  becomeMember,
  holds,
  linkOf,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

let world: SlackWorld
beforeAll(async () => {
  world = await startSlackWorld()
})
afterAll(() => world.close())

const settled = () => until('quiet', () => world.app.access.queue.waiting().count === 0)
const newcomer = (name: string) => world.slack.addUser(world.team, { name }).id
const cancel = async (user: string) => {
  const owned = world.stripe.objects.subscriptions.find(
    ({ metadata, status }) => metadata.chat_member === `slack:${world.team}:${user}` && status === 'active',
  )
  await world.sdk.subscriptions.cancel(owned?.id ?? '')
}

describe('/premium role', () => {
  it('is for owners and admins, asked of Slack when the command runs', async () => {
    expect(read(await say(world, world.ben, '/premium role #lounge'))).toContain('Only admins')
    const promoted = newcomer('promoted')
    world.slack.changeUser(world.team, promoted, { isAdmin: true })
    expect(read(await say(world, promoted, '/premium role #lounge'))).toContain('now unlocks #lounge')
  })

  it.each([
    ['#lounge', true],
    ['#lounge', false],
    ['lounge', false],
    ['"#lounge"', false],
    ['role:#lounge', false],
  ])('takes %s, escaped by Slack: %s', async (word, isEscaped) => {
    const reply = await say(world, world.owner, `/premium role ${word}`, { escape: isEscaped })
    expect(read(reply)).toContain('now unlocks #lounge')
  })

  it('takes a channel’s id, and a plan after it', async () => {
    const reply = await say(world, world.owner, `/premium role ${world.lounge} pro_monthly`)
    expect(read(reply)).toContain('`pro_monthly` now unlocks #lounge')
    await world.app.access.settings.change(`slack:${world.team}`, settings => ({ ...settings, byPlan: {} }))
  })

  it('answers a wrong plan with the nearest right one', async () => {
    expect(read(await say(world, world.owner, '/premium role #lounge pro_montly'))).toContain(
      'Did you mean `pro_monthly`?',
    )
  })

  it('names the fix for a channel that can not be sold', async () => {
    world.slack.addChannel(world.team, { name: 'secret', private: true, members: [world.owner] })
    const open = world.slack.addChannel(world.team, { name: 'open', members: [world.owner] })
    world.slack.inviteBot(world.team, open.id)
    const old = world.slack.addChannel(world.team, { name: 'old', private: true })
    world.slack.inviteBot(world.team, old.id)
    world.slack.archiveChannel(world.team, old.id)
    const said = async (word: string, isEscaped = true) =>
      read(await say(world, world.owner, `/premium role ${word}`, { escape: isEscaped }))
    expect(await said('#secret')).toContain('`/invite @velvetrope`')
    expect(await said('#secret', false)).toContain('type `/invite @velvetrope` in it first')
    expect(await said('#open')).toContain('everybody can join it without paying')
    expect(await said('#general')).toContain('everybody in the workspace is in it')
    expect(await said(`<#${old.id}|old>`)).toContain('Unarchive it')
    expect(await said('#nowhere')).toContain("I can't find `#nowhere`")
    expect(await said('@nobody')).toContain('There is no user group `@nobody`')
  })

  it('names the scopes that the app lacks', async () => {
    const { scopes } = world.slack.team
    world.slack.team.scopes = scopes.filter(scope => scope !== 'groups:write')
    const reply = read(await say(world, world.owner, '/premium role #lounge'))
    world.slack.team.scopes = scopes
    expect(reply).toContain('lacks the scope `groups:write`')
    expect(reply).toContain('OAuth & Permissions')
  })
})

describe('taking somebody out', () => {
  const takeOut = async (user: string, channel: string) =>
    world.app.access.chat
      .platform(`slack:${world.team}`)
      ?.roles.revoke(`slack:${world.team}:${user}`, channel)

  it('of a channel that was deleted meanwhile is done already', async () => {
    const doomed = world.slack.addChannel(world.team, { name: 'passing', private: true }).id
    world.slack.inviteBot(world.team, doomed)
    world.slack.deleteChannel(world.team, doomed)
    await until('the news', async () => (await takeOut(world.ada, doomed).catch(() => 'not yet')) === 'done')
  })

  it('of a channel that they are not in is done, and of one that the bot is not in is a problem', async () => {
    expect(await takeOut(world.ada, world.lounge)).toBe('done')
    const open = world.slack.addChannel(world.team, { name: 'lobby', members: [world.ada] }).id
    await expect(takeOut(world.ada, open)).rejects.toMatchObject({
      problem: { id: `slack:${world.team}:${open}` },
    })
  })
})

describe('a private channel as the paid role', () => {
  beforeEach(async () => {
    await say(world, world.owner, '/premium role #lounge')
  })

  it('keeps those who were in it by other means, whatever they buy and cancel', async () => {
    const friend = newcomer('friend')
    world.slack.joinChannel(world.team, world.lounge, friend)
    await becomeMember(world, friend)
    await until('the welcome', () => world.slack.dms(world.team, friend).length === 1)
    await cancel(friend)
    await until('the notice', () => world.slack.dms(world.team, friend).length === 2)
    expect(holds(world, friend)).toBe(true)
  })

  it('lets a payer back in who was removed by hand', async () => {
    const payer = newcomer('payer')
    await becomeMember(world, payer)
    await settled()
    world.slack.leaveChannel(world.team, world.lounge, payer, world.owner)
    await until('being back', () => holds(world, payer))
  })

  it('waits, loses nothing and tells the fix while the bot is not in it', async () => {
    world.slack.removeBot(world.team, world.lounge)
    const payer = newcomer('patient')
    await world.stripe.pay(linkOf(await say(world, payer, '/subscribe basic_monthly')), {})
    await until('the gate', () => world.app.access.gates.closed().length === 1)
    const [problem] = world.app.access.gates.closed()
    expect(problem?.id).toBe(`slack:${world.team}:${world.lounge}`)
    expect(plain(problem?.fix ?? [])).toContain('/invite @velvetrope')
    world.slack.inviteBot(world.team, world.lounge)
    await until('the channel', () => holds(world, payer))
    expect(world.app.access.gates.closed()).toEqual([])
  })

  it('holds only the guest up whom Slack does not let in', async () => {
    world.slack.team.preferences.inviteGuests = 'admins'
    const guest = world.slack.addUser(world.team, { name: 'guest', guest: 'multi' }).id
    await world.stripe.pay(linkOf(await say(world, guest, '/subscribe basic_monthly')), {})
    await until('the gate', () => world.app.access.gates.closed().length === 1)
    const other = newcomer('full')
    await becomeMember(world, other)
    expect(holds(world, guest)).toBe(false)
    world.slack.changeUser(world.team, guest, { guest: undefined })
    await world.app.access.gates.check()
    await until('the guest to be in', () => holds(world, guest))
    expect(world.app.access.gates.closed()).toEqual([])
  })

  it('says which setting of the workspace keeps it from letting people in', async () => {
    world.slack.team.preferences.invite = 'admins'
    const payer = newcomer('kept-out')
    await world.stripe.pay(linkOf(await say(world, payer, '/subscribe basic_monthly')), {})
    await until('the gate', () => world.app.access.gates.closed().length === 1)
    expect(JSON.stringify(world.app.access.gates.closed())).toContain('Channel Management')
    world.slack.team.preferences.invite = 'everyone'
    await world.app.access.gates.check()
    await until('the channel', () => holds(world, payer))
  })

  it('forgets a deactivated account, and welcomes it back by itself', async () => {
    const sleeper = newcomer('sleeper')
    await becomeMember(world, sleeper)
    await settled()
    const member = `slack:${world.team}:${sleeper}`
    world.slack.deactivate(world.team, sleeper)
    await until('their leaving', async () => (await world.app.access.memberships.get(member))?.isGone)
    expect(holds(world, sleeper)).toBe(false)
    world.slack.rejoin(world.team, sleeper)
    await until('their return', () => holds(world, sleeper))
  })

  it('does not look at anybody for a new picture or status', async () => {
    const busy = newcomer('busy')
    await becomeMember(world, busy)
    await settled()
    const journal = async () => (await world.app.access.journal.of(`slack:${world.team}:${busy}`)).length
    const before = await journal()
    world.slack.changeUser(world.team, busy, { realName: 'Busy Bee' })
    await world.slack.settled()
    // Whatever that set off has begun before a command sent later is answered.
    await say(world, busy, '/billing')
    await settled()
    expect(await journal()).toBe(before)
  })

  it('that was deleted ends memberships without a hitch, and is refused for sale', async () => {
    const doomed = world.slack.addChannel(world.team, {
      name: 'doomed',
      private: true,
      members: [world.owner],
    }).id
    world.slack.inviteBot(world.team, doomed)
    await say(world, world.owner, '/premium role #doomed patron_monthly')
    const member = newcomer('elite')
    await becomeMember(world, member, 'patron_monthly', doomed)
    await until('the welcome', () => world.slack.dms(world.team, member).length === 1)
    world.slack.deleteChannel(world.team, doomed)
    await world.slack.settled()
    await cancel(member)
    await until('the notice', () => world.slack.dms(world.team, member).length === 2)
    await settled()
    expect(world.app.access.gates.closed()).toEqual([])
    expect(read(await say(world, world.owner, `/premium role ${doomed}`))).toContain('was deleted')
  })
})
