import { afterEach, describe, expect, it } from 'vitest'
import type { SlackStandIn } from '../src/sandbox/slack/index.ts'
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

type Fault = NonNullable<ReturnType<NonNullable<SlackStandIn['faults']['current']>>>

let world: SlackWorld
afterEach(() => world.close())

const newcomer = (name: string) => world.slack.addUser(world.team, { name }).id
const linkFor = async (user: string, plan = 'basic_monthly') =>
  linkOf(await say(world, user, `/subscribe ${plan}`))
const waiting = (user: string) => world.app.access.queue.pending(`member:slack:${world.team}:${user}`)
const quiet = async () => {
  await world.stripe.settled()
  await until('quiet', () => world.app.access.queue.waiting().count === 0)
}
const end = async (user: string) => {
  const owned = world.stripe.objects.subscriptions.find(
    ({ metadata }) => metadata.chat_member === `slack:${world.team}:${user}`,
  )
  await world.sdk.subscriptions.cancel(owned?.id ?? '')
}

/** Sells a channel together with a user group. */
async function sellBoth(): Promise<string> {
  world = await startSlackWorld()
  const group = world.slack.addUserGroup(world.team, { handle: 'supporters' }).id
  await say(world, world.owner, '/premium role #lounge')
  await say(world, world.owner, '/premium role @supporters also:yes')
  return group
}

const changing = /^(conversations\.(invite|kick)|usergroups\.(users\.update|enable|disable))$/

/** Every change of who is in something meets this; counts them. */
function failChanges(fault: Fault) {
  let count = 0
  world.slack.faults.current = ({ method }) => {
    if (!changing.test(method)) return undefined
    count++
    return fault
  }
  return () => count
}

describe('a Slack that fails', () => {
  it.each([
    ['answers 503', { status: 503 }],
    ['breaks off', 'reset'],
    ['does it and loses the answer', 'lost'],
    ['has trouble of its own', { error: 'internal_error' }],
  ] satisfies [string, Fault][])(
    'for as long as it likes and %s delays what is paid for, and delays its end, and each is told once',
    async (_, fault) => {
      const group = await sellBoth()
      const isIn = () => holds(world, world.ada) && holds(world, world.ada, group)
      const isOut = () => !holds(world, world.ada) && !holds(world, world.ada, group)
      const told = () => world.slack.dms(world.team, world.ada).length
      for (const [what, act, isDone] of [
        ['the welcome', async () => world.stripe.pay(await linkFor(world.ada), {}), isIn],
        ['the goodbye', () => end(world.ada), isOut],
      ] as const) {
        const before = told()
        const tried = failChanges(fault)
        await act()
        await until(`tries before ${what}`, () => {
          world.app.access.queue.retry()
          return tried() >= 6 || (isDone() && told() > before)
        })
        world.slack.faults.current = undefined
        await until(what, () => {
          world.app.access.queue.retry()
          return isDone() && told() === before + 1
        })
        await quiet()
      }
      expect(told()).toBe(2)
    },
  )

  it('and never answers is given up on, and asked again', async () => {
    world = await startSlackWorld()
    await say(world, world.owner, '/premium role #lounge')
    await becomeMember(world, world.ben)
    await quiet()
    const link = await linkFor(world.ada)
    const hung = new Set<string>()
    world.slack.faults.current = ({ method }) => {
      if (!changing.test(method) || hung.has(method)) return undefined
      hung.add(method)
      return 'hang'
    }
    await world.stripe.pay(link, {})
    await end(world.ben)
    await until('the right ones in', () => holds(world, world.ada) && !holds(world, world.ben), 30_000)
    expect([...hung].sort()).toEqual(['conversations.invite', 'conversations.kick'])
  })

  it('and asks to wait is not asked again before that', async () => {
    world = await startSlackWorld()
    await say(world, world.owner, '/premium role #lounge')
    const link = await linkFor(world.ada)
    const asked: number[] = []
    world.slack.faults.current = ({ method }) => {
      if (method !== 'conversations.invite') return undefined
      asked.push(performance.now())
      return asked.length === 1 ? { rateLimit: { retryAfterSeconds: 2 } } : undefined
    }
    await world.stripe.pay(link, {})
    await until('the channel', () => holds(world, world.ada))
    expect(asked).toHaveLength(2)
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(1_900)
  })

  it.each(['token_revoked', 'account_inactive', 'invalid_auth'])(
    'and says %s is asked nothing more, blames nobody, and is used again when it accepts',
    async error => {
      world = await startSlackWorld()
      await say(world, world.owner, '/premium role #lounge')
      const users = ['t1', 't2', 't3'].map(newcomer)
      const links = await Promise.all(users.map(user => linkFor(user)))
      let asked = 0
      world.slack.faults.current = ({ method }) => {
        if (method === 'response_url') return undefined
        asked++
        return { error }
      }
      for (const link of links) await world.stripe.pay(link, {})
      const gate = `slack:${world.team}`
      await until('the gate', () => world.app.access.gates.closed().some(({ id }) => id === gate))
      await until('all to wait', () => users.every(user => waiting(user)?.failure))
      expect(world.app.access.gates.closed()).toHaveLength(1)
      await world.stripe.settled()
      const before = asked
      expect(before).toBeLessThanOrEqual(users.length + 1)
      world.app.access.queue.retry()
      await world.app.access.gates.check()
      // One check is one question, whoever waits.
      expect(asked - before).toBe(1)
      expect(users.some(user => world.slack.dms(world.team, user).length)).toBe(false)
      world.slack.faults.current = undefined
      await world.app.access.gates.check()
      await until('everybody', () => users.every(user => holds(world, user)))
      await quiet()
    },
  )
})

describe('somebody in Slack', () => {
  it.each(['messages_tab_disabled', 'cannot_dm_bot'])(
    'whom the bot may not write to (%s) is let in all the same, and nothing is tried again',
    async error => {
      world = await startSlackWorld()
      await say(world, world.owner, '/premium role #lounge')
      let tried = 0
      world.slack.faults.current = ({ method, body }) => {
        if (method !== 'chat.postMessage' || body.channel !== world.ada) return undefined
        tried++
        return { error }
      }
      await world.stripe.pay(await linkFor(world.ada), {})
      await until('the channel', () => holds(world, world.ada))
      await until('the message', () => tried === 1)
      await quiet()
      expect(tried).toBe(1)
    },
  )
})

describe('a refusal that no check can foresee', () => {
  it('is told once, tried by one a minute, and released for all when somebody got through', async () => {
    world = await startSlackWorld({ checkEveryMs: 100 })
    const { slack, team, owner } = world
    const log = slack.addChannel(team, { name: 'log', members: [owner] }).id
    slack.inviteBot(team, log)
    await say(world, owner, '/premium role #lounge')
    await say(world, owner, '/premium log #log')
    const payers = Array.from({ length: 20 }, (_, n) => newcomer(`payer${n}`))
    const links = await Promise.all(payers.map(payer => linkFor(payer)))
    slack.team.preferences.invite = 'admins'
    for (const link of links) await world.stripe.pay(link, {})
    await until('all to wait', () => payers.every(payer => waiting(payer)?.failure))

    const count = (wanted: string) => slack.requests().filter(({ method }) => method === wanted).length
    const [invites, checks] = [count('conversations.invite'), count('conversations.info')]
    await until('eight checks', () => count('conversations.info') >= checks + 8)
    expect(count('conversations.invite') - invites).toBeLessThanOrEqual(
      count('conversations.info') - checks + 1,
    )
    const told = () => slack.messages(team, log).map(read).join('\n')
    expect(told().split('Needs you')).toHaveLength(2)
    expect(told()).not.toContain('Mended')

    // Slack tells nobody about its settings: the check alone finds it.
    slack.team.preferences.invite = 'everyone'
    await until('everybody', () => payers.every(payer => holds(world, payer)))
    await until('the news', () => told().includes('Mended'))
    await quiet()
    expect(told().split('Mended')).toHaveLength(2)
    expect(world.app.access.gates.closed()).toEqual([])
  })

  it('holds for a scope that the app lacks: nobody is told that it is there before it is', async () => {
    world = await startSlackWorld({ checkEveryMs: 100 })
    const { slack, team, owner } = world
    const log = slack.addChannel(team, { name: 'log', members: [owner] }).id
    slack.inviteBot(team, log)
    await say(world, owner, '/premium role #lounge')
    await say(world, owner, '/premium log #log')
    const payers = Array.from({ length: 5 }, (_, n) => newcomer(`payer${n}`))
    const links = await Promise.all(payers.map(payer => linkFor(payer)))
    const { scopes } = slack.team
    slack.team.scopes = scopes.filter(scope => scope !== 'users:read')
    for (const link of links) await world.stripe.pay(link, {})
    await until('all to wait', () => payers.every(payer => waiting(payer)?.failure))
    const count = (wanted: string) => slack.requests().filter(({ method }) => method === wanted).length
    const [asked, checks] = [count('users.info'), count('auth.test')]
    await until('five checks', () => count('auth.test') >= checks + 5)
    expect(count('users.info') - asked).toBeLessThanOrEqual(count('auth.test') - checks + 1)
    const told = () => slack.messages(team, log).map(read).join('\n')
    expect(told().split('Needs you')).toHaveLength(2)
    expect(told()).toContain('users:read')
    expect(told()).not.toContain('Mended')
    slack.team.scopes = scopes
    await until('everybody', () => payers.every(payer => holds(world, payer)))
    await until('the news', () => told().includes('Mended'))
  })
})
