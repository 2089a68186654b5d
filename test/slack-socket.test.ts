import { afterEach, describe, expect, it } from 'vitest'
import {
  becomeMember,
  bySocket,
  holds,
  press,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

let world: SlackWorld
afterEach(() => world.close())
const connections = () => world.slack.socketMode.connections()

describe('Slack by Socket Mode', () => {
  it('carries a member’s whole way: commands, presses and events', async () => {
    world = await startSlackWorld({ environment: bySocket })
    await say(world, world.owner, '/premium role #lounge')
    const plans = await say(world, world.ada, '/plans')
    expect(read(await press(world, world.ada, plans, 'Subscribe: Pro, $20.00 / month'))).toContain(
      'Almost there',
    )
    await becomeMember(world, world.ada, 'pro_monthly')
    await until('the welcome', () => world.slack.dms(world.team, world.ada).length === 1)
    world.slack.leaveChannel(world.team, world.lounge, world.ada, world.owner)
    await until('being back', () => holds(world, world.ada))
    expect(read(await say(world, world.ada, '/billing'))).toContain('Active, renews on')
    expect(world.slack.deliveries().every(({ carrier }) => carrier === 'socket')).toBe(true)
  })

  it('serves no endpoint: nobody can speak for Slack', async () => {
    world = await startSlackWorld({ environment: bySocket })
    const { status } = await world.slack.post(
      `${world.app.url}/slack/events`,
      'command=%2Fplans',
      'application/x-www-form-urlencoded',
    )
    expect(status).toBe(404)
  })

  it.each(['refresh', 'cut'] as const)('comes back by itself after a %s', async kind => {
    world = await startSlackWorld({ environment: bySocket })
    if (kind === 'cut') world.slack.socketMode.cut()
    else world.slack.socketMode.disconnect()
    await until('the end', () => connections() === 0)
    await until('the return', () => connections() === 1)
    expect(read(await say(world, world.ada, '/plans'))).toContain('Nothing is for sale')
  })

  it('keeps trying while Slack can not be reached, and says so', async () => {
    world = await startSlackWorld({ environment: bySocket })
    const health = async () => (await (await fetch(`${world.app.url}/readyz`)).json()).platforms.slack
    expect(await health()).toBe('connected')
    let refusals = 0
    world.slack.faults.current = ({ method }) => {
      if (method !== 'apps.connections.open') return undefined
      refusals += 1
      return refusals === 1 ? 'reset' : { error: 'internal_error' }
    }
    world.slack.socketMode.cut()
    await until('two tries', () => refusals >= 2)
    expect(await health()).toBe('reconnecting')
    world.slack.faults.current = undefined
    await until('the return', () => connections() === 1)
    await until('the news of it', async () => (await health()) === 'connected')
  })

  it('does not start with an app token that is refused, and says where to get one', async () => {
    world = await startSlackWorld({ environment: bySocket, start: false })
    world.slack.faults.current = ({ method }) =>
      method === 'apps.connections.open' ? { error: 'invalid_auth' } : undefined
    await expect(world.startBot()).rejects.toThrow(
      /Slack refuses SLACK_APP_TOKEN \(invalid_auth\).*App-Level Tokens/,
    )
  })
})

describe('a start with Slack', () => {
  it('is refused with a bot token that Slack refuses, saying where to get one', async () => {
    world = await startSlackWorld({
      environment: slack => ({ ...bySocket(slack), SLACK_BOT_TOKEN: 'xoxb-nobody' }),
      start: false,
    })
    await expect(world.startBot()).rejects.toThrow(
      /Slack refuses SLACK_BOT_TOKEN \(invalid_auth\).*OAuth & Permissions/,
    )
  })

  it('waits for a Slack that is down', async () => {
    world = await startSlackWorld({ start: false })
    let tries = 0
    world.slack.faults.current = ({ method }) =>
      method === 'auth.test' && tries++ < 1 ? { status: 503 } : undefined
    await world.startBot()
    expect(tries).toBe(2)
    expect(read(await say(world, world.ada, '/plans'))).toContain('Nothing is for sale')
  })
})
