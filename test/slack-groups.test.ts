import { afterEach, describe, expect, it } from 'vitest'
import { plain } from '../src/text.ts'
import {
  becomeMember,
  holds,
  linkOf,
  read,
  type SlackWorld,
  type SlackWorldOptions,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

let world: SlackWorld
let supporters: string
const start = async (options?: SlackWorldOptions) => {
  world = await startSlackWorld(options)
  supporters = world.slack.addUserGroup(world.team, { handle: 'supporters', name: 'Supporters' }).id
}
afterEach(() => world.close())

const group = () => world.slack.usergroup(world.team, supporters)
const newcomer = (name: string) => world.slack.addUser(world.team, { name }).id
const pay = async (user: string, plan = 'basic_monthly') =>
  world.stripe.pay(linkOf(await say(world, user, `/subscribe ${plan}`)), {})
const subscriptionOf = (user: string) =>
  world.stripe.objects.subscriptions.find(
    ({ metadata, status }) => metadata.chat_member === `slack:${world.team}:${user}` && status === 'active',
  )?.id ?? ''
const closed = () => world.app.access.gates.closed()

describe('a user group as the paid role', () => {
  it.each([
    ['@supporters', true],
    ['@supporters', false],
    ['supporters', false],
  ])('is set for one plan by %s, escaped by Slack: %s', async (word, isEscaped) => {
    await start()
    const reply = await say(world, world.owner, `/premium role ${word} pro_monthly`, { escape: isEscaped })
    expect(read(reply)).toContain('`pro_monthly` now unlocks *@supporters*')
    expect(read(await say(world, world.ada, '/plans'))).toContain('unlocks *@supporters*')
    await becomeMember(world, world.ada, 'pro_monthly', supporters)
  })

  it('on a free workspace is refused, with what to do instead', async () => {
    await start({ slack: { team: { name: 'Free', paid: false } } })
    const reply = read(await say(world, world.owner, `/premium role <!subteam^${supporters}|@supporters>`))
    expect(reply).toContain("Slack's free plan, which has no user groups")
    expect(reply).toContain('choose a private channel')
    expect(read(await say(world, world.owner, '/premium role @supporters', { escape: false }))).toContain(
      'There is no user group `@supporters` here',
    )
  })

  it('takes in twelve who pay at once, and keeps those who were there', async () => {
    await start({ slack: { latencyMs: 20 } })
    const friend = newcomer('friend')
    world.slack.setUserGroup(world.team, supporters, { users: [friend] })
    await say(world, world.owner, '/premium role @supporters')
    const payers = Array.from({ length: 12 }, (_, index) => newcomer(`payer${index}`))
    await Promise.all(payers.map(payer => pay(payer)))
    await until('everybody to be in', () => payers.every(payer => holds(world, payer, supporters)))
    expect(group().users.toSorted()).toEqual([friend, ...payers].toSorted())
    const writes = world.slack.requests().filter(({ method }) => method === 'usergroups.users.update')
    expect(writes.length).toBeLessThan(12)
  })

  it('that is empty is disabled, and enabled again without whoever left last', async () => {
    await start()
    await say(world, world.owner, '/premium role @supporters')
    await becomeMember(world, world.ada, 'basic_monthly', supporters)
    await world.sdk.subscriptions.cancel(subscriptionOf(world.ada))
    await until('the group to be disabled', () => group().disabled)
    expect(closed()).toEqual([])
    await world.stopBot()
    await world.startBot()
    await becomeMember(world, world.ben, 'basic_monthly', supporters)
    expect(group()).toMatchObject({ disabled: false, users: [world.ben] })
    await becomeMember(world, world.ada, 'pro_monthly', supporters)
    expect(group().users.toSorted()).toEqual([world.ada, world.ben].toSorted())
  })

  it('that stopped halfway between enabling and writing lets nobody in for free', async () => {
    await start()
    await say(world, world.owner, '/premium role @supporters')
    await becomeMember(world, world.ada, 'basic_monthly', supporters)
    await world.sdk.subscriptions.cancel(subscriptionOf(world.ada))
    await until('the group to be disabled', () => group().disabled)
    let failures = 0
    world.slack.faults.current = ({ method }) =>
      method === 'usergroups.users.update' && failures++ === 0 ? { status: 503 } : undefined
    await becomeMember(world, world.ben, 'basic_monthly', supporters)
    expect(failures).toBeGreaterThan(1)
    await until('only who paid to be in', () => group().users.join() === world.ben)
  })

  it('that an admin disabled keeps its people when it is needed again', async () => {
    await start()
    const friend = newcomer('friend')
    world.slack.setUserGroup(world.team, supporters, { users: [friend] })
    world.slack.setUserGroup(world.team, supporters, { disabled: true })
    await say(world, world.owner, '/premium role @supporters')
    await becomeMember(world, world.ada, 'basic_monthly', supporters)
    expect(group().users.toSorted()).toEqual([friend, world.ada].toSorted())
  })

  it('puts back a payer whom somebody took out', async () => {
    await start()
    const friend = newcomer('friend')
    world.slack.setUserGroup(world.team, supporters, { users: [friend] })
    await say(world, world.owner, '/premium role @supporters')
    await becomeMember(world, world.ada, 'basic_monthly', supporters)
    await until('the welcome', () => world.slack.dms(world.team, world.ada).length === 1)
    world.slack.setUserGroup(world.team, supporters, { users: [friend] })
    await until('being back', () => holds(world, world.ada, supporters))
    expect(holds(world, friend, supporters)).toBe(true)
  })

  it('holds only the guest up whom Slack does not take', async () => {
    await start()
    await say(world, world.owner, '/premium role @supporters')
    const guest = world.slack.addUser(world.team, { name: 'guest', guest: 'multi' }).id
    await Promise.all([pay(guest), pay(world.ada), pay(world.ben)])
    await until('the others to be in', () =>
      [world.ada, world.ben].every(user => holds(world, user, supporters)),
    )
    await until('the guest’s gate', () => closed().length === 1)
    expect(plain(closed()[0]?.what ?? [])).toContain('is a guest')
    expect(plain(closed()[0]?.fix ?? [])).toContain('Make them a full member')
    world.slack.changeUser(world.team, guest, { guest: undefined })
    await world.app.access.gates.check()
    await until('the guest to be in', () => holds(world, guest, supporters))
  })

  it('goes on without somebody who became a guest while in it', async () => {
    await start()
    const friend = newcomer('friend')
    const fading = newcomer('fading')
    world.slack.setUserGroup(world.team, supporters, { users: [friend, fading] })
    world.slack.changeUser(world.team, fading, { guest: 'multi' })
    await say(world, world.owner, '/premium role @supporters')
    await becomeMember(world, world.ada, 'basic_monthly', supporters)
    expect(group().users.toSorted()).toEqual([friend, world.ada].toSorted())
    expect(closed()).toEqual([])
  })

  it('says which setting of the workspace keeps it from changing groups', async () => {
    await start()
    await say(world, world.owner, '/premium role @supporters')
    world.slack.team.preferences.userGroups = 'admins'
    await pay(world.ada)
    await until('the gate', () => closed().length === 1)
    expect(plain(closed()[0]?.fix ?? [])).toContain('Workspace settings, Permissions, User Groups')
    expect(read(await say(world, world.ben, '/plans'))).toContain('$10.00')
    world.slack.team.preferences.userGroups = 'everyone'
    await world.app.access.gates.check()
    await until('the group', () => holds(world, world.ada, supporters))
  })

  it('waits as long as Slack asks when it is asked too often', async () => {
    await start()
    await say(world, world.owner, '/premium role @supporters')
    let limits = 0
    world.slack.faults.current = ({ method }) =>
      method === 'usergroups.users.update' && limits++ === 0
        ? { rateLimit: { retryAfterSeconds: 1 } }
        : undefined
    const startedAt = performance.now()
    await becomeMember(world, world.ada, 'basic_monthly', supporters)
    expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(limits).toBe(2)
  })
})
