import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { botScopes } from '../src/platforms/slack/manifest.ts'
import type { Team } from '../src/sandbox/slack/index.ts'
import {
  byOAuth,
  holds,
  install as installApp,
  linkOf,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

let world: SlackWorld
let other: Team
let otherOwner: string
let otherLounge: string
beforeEach(async () => {
  world = await startSlackWorld({
    environment: byOAuth,
    slack: { team: { name: 'The Lounge', installed: false } },
  })
  other = world.slack.addTeam({ name: 'The Attic' })
  otherOwner = world.slack.addUser(other.id, { name: 'otto', owner: true }).id
  otherLounge = world.slack.addChannel(other.id, { name: 'lounge', private: true, members: [otherOwner] }).id
})
afterEach(() => world.close())

const install = (team: string, user: string, answer?: 'allow' | 'cancel') =>
  installApp(world, world.app.url, team, user, answer)

async function sell(team: string, owner: string, lounge: string) {
  world.slack.inviteBot(team, lounge)
  expect(read(await say(world, owner, '/premium role #lounge', { team }))).toContain('now unlocks')
}

describe('an app that any workspace may install', () => {
  it('asks for what it needs, and works in each with a customer of its own', async () => {
    const installed = await install(world.team, world.owner)
    expect(installed.status).toBe(200)
    // Its address holds the code and the state.
    expect(installed.headers.get('referrer-policy')).toBe('no-referrer')
    expect(installed.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    )
    expect((await install(other.id, otherOwner)).status).toBe(200)
    expect(other.scopes.toSorted()).toEqual(botScopes.toSorted())
    await sell(world.team, world.owner, world.lounge)
    await sell(other.id, otherOwner, otherLounge)

    // The same person, in two workspaces.
    const twin = world.slack.addUser(other.id, { name: 'ada' }).id
    await world.stripe.pay(linkOf(await say(world, world.ada, '/subscribe basic_monthly')), {})
    await until('the first channel', () => holds(world, world.ada))
    expect(holds(world, twin, otherLounge, other.id)).toBe(false)
    expect(read(await say(world, twin, '/billing', { team: other.id }))).toContain('no membership here yet')
    await world.stripe.pay(linkOf(await say(world, twin, '/subscribe pro_monthly', { team: other.id })), {})
    await until('the second channel', () => holds(world, twin, otherLounge, other.id))
    expect(world.stripe.objects.customers.map(({ metadata }) => metadata.chat_member).toSorted()).toEqual(
      [`slack:${world.team}:${world.ada}`, `slack:${other.id}:${twin}`].toSorted(),
    )
    await until('the welcome', () =>
      world.slack.dms(other.id, twin).map(read).join().includes('Welcome to the members of The Attic'),
    )
  })

  it('survives a restart, and says nothing to a workspace that never installed it', async () => {
    await install(world.team, world.owner)
    await world.stopBot()
    await world.startBot()
    expect(read(await say(world, world.ada, '/plans'))).toContain('Nothing is for sale')
    const body = new URLSearchParams({
      command: '/plans',
      text: '',
      team_id: other.id,
      user_id: otherOwner,
    }).toString()
    const before = world.slack.requests().length
    await world.slack.post(`${world.app.url}/slack/events`, body, 'application/x-www-form-urlencoded')
    expect(world.slack.requests().length).toBe(before)
  })

  it('that is cancelled or forged installs nothing', async () => {
    expect((await install(world.team, world.owner, 'cancel')).status).toBe(500)
    const forged = await fetch(`${world.app.url}/slack/oauth_redirect?code=x&state=y`)
    expect(forged.status).toBe(400)
    expect(world.slack.team.installed).toBe(false)
  })

  it.each(['uninstalled', 'revoked'] as const)(
    'that is %s keeps its members’ claims, and takes them up again',
    async how => {
      await install(world.team, world.owner)
      await sell(world.team, world.owner, world.lounge)
      const offer = linkOf(await say(world, world.ada, '/subscribe basic_monthly'))
      if (how === 'uninstalled') world.slack.uninstall(world.team)
      else world.slack.revokeToken(world.team)
      await world.slack.settled()
      await world.stripe.pay(offer, {})
      await until('the gate', () =>
        world.app.access.gates.closed().some(({ id }) => id === `slack:${world.team}`),
      )
      expect(holds(world, world.ada)).toBe(false)
      await install(world.team, world.owner)
      world.slack.inviteBot(world.team, world.lounge)
      await until('the channel', () => holds(world, world.ada))
    },
  )
})
