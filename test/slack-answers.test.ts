import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { createLog } from '../src/log.ts'
import type { Invocation, PlatformEvents } from '../src/platforms/platform.ts'
import { createSlack } from '../src/platforms/slack/slack.ts'
import type { Reply } from '../src/reply.ts'
import { createSlackStandIn, type SlackStandIn } from '../src/sandbox/slack/index.ts'
import { text } from '../src/text.ts'
import { inMemory } from './support/platform-rigs.ts'
import { read } from './support/slack-world.ts'
import { until } from './support/until.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Slack with a bot that answers as the test says. */
async function slackThat(
  run: (invocation: Invocation) => Promise<Reply>,
  events: Partial<PlatformEvents> = {},
) {
  const slack: SlackStandIn = await createSlackStandIn()
  closing.push(() => slack.close())
  const { platform, routes } = createSlack({
    access: { botToken: slack.botToken },
    signingSecret: slack.signingSecret,
    appToken: undefined,
    apiBase: slack.apiBase,
    publicUrl: 'https://bot.example',
    memory: inMemory(),
    log: createLog('silent'),
  })
  const server = express().use(routes).listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  await platform.start({
    run,
    complete: async () => [],
    memberChanged: () => undefined,
    communityChanged: () => undefined,
    ...events,
  })
  closing.push(() => platform.stop())
  const { port } = server.address() as AddressInfo
  await slack.connect({ requestUrl: `http://127.0.0.1:${port}/slack/events` })
  const ada = slack.addUser(slack.team.id, { name: 'ada', locale: 'de-DE' })
  return { slack, platform, ada: slack.as(ada.id), team: slack.team.id, user: ada.id }
}

const after = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

describe('an answer in Slack', () => {
  it('takes the place of the progress that was shown, within the five uses of its address', async () => {
    const { ada } = await slackThat(async ({ progress }) => {
      const end = performance.now() + 1_200
      for (let step = 0; performance.now() < end; step += 1) {
        progress?.({ text: text`step ${step}` })
        await after(10)
      }
      return { text: text`done` }
    })
    const said = await ada.command('/work')
    const first = await said.waitFor()
    expect(read(first)).toMatch(/^step \d+$/)
    const answer = await said.waitFor(message => read(message) === 'done')
    expect(said.replies()).toEqual([answer])
    expect(said.uses()).toBe(2)
  })

  it('to a press leaves the message that was pressed, and shows no progress over it', async () => {
    const { ada } = await slackThat(async ({ call, progress }) => {
      progress?.({ text: text`working` })
      return call === 'again'
        ? { text: text`pressed` }
        : { text: text`first`, buttons: [{ label: 'Again', run: 'again' }] }
    })
    const first = await (await ada.command('/work')).waitFor()
    const pressed = await ada.press(first, 'Again')
    expect(read(await pressed.waitFor())).toBe('pressed')
    expect(read(first)).toContain('first')
    expect(first.deleted).toBe(false)
  })

  it('knows who asks: their workspace, language and rights, and what they typed', async () => {
    const heard: Invocation[] = []
    const { ada, slack, team, user } = await slackThat(async invocation => {
      heard.push(invocation)
      return {}
    })
    await (await ada.command('/grant &<x> https://a.example "a b"', { escape: true })).waitFor()
    expect(heard[0]).toMatchObject({
      member: `slack:${team}:${user}`,
      locale: 'de-DE',
      isAdmin: false,
      call: 'grant &<x> https://a.example "a b"',
    })
    const owner = slack.addUser(team, { name: 'owner', owner: true })
    await (await slack.as(owner.id).command('/grant')).waitFor()
    expect(heard[1]).toMatchObject({ isAdmin: true, call: 'grant ' })
  })

  it('is a sentence when Slack does not tell who asks, and nothing is run', async () => {
    let runs = 0
    const { ada, slack } = await slackThat(async () => {
      runs += 1
      return {}
    })
    slack.faults.current = ({ method }) => (method === 'users.info' ? { status: 503 } : undefined)
    expect(read(await (await ada.command('/work')).waitFor())).toContain('Please try again in a minute')
    expect(runs).toBe(0)
  })

  it('that runs is waited for when the bot stops', async () => {
    let isRunning = false
    let finish = () => {}
    const { ada, platform } = await slackThat(() => {
      isRunning = true
      return new Promise(resolve => {
        finish = () => resolve({ text: text`just in time` })
      })
    })
    const said = await ada.command('/work')
    await until('the run', () => isRunning)
    const stopped = platform.stop()
    finish()
    await stopped
    expect(said.replies().map(read)).toEqual(['just in time'])
    expect((await ada.command('/work')).failure).toBe('dispatch_failed')
  })
})

describe('what Slack tells', () => {
  it('names who lost what, and who is there or gone', async () => {
    const heard: unknown[][] = []
    const { slack, team, user } = await slackThat(async () => ({}), {
      memberChanged: (...change) => heard.push(change),
      communityChanged: (...change) => heard.push(change),
    })
    const since = async (act: () => void) => {
      await slack.settled()
      heard.length = 0
      act()
      await slack.settled()
      return [...heard]
    }
    const member = `slack:${team}:${user}`
    const room = slack.addChannel(team, { name: 'room', private: true, members: [user] }).id
    const group = slack.addUserGroup(team, { handle: 'g', users: [user] }).id
    expect(await since(() => slack.inviteBot(team, room))).toEqual([[`slack:${team}`, 'roles']])
    expect(await since(() => slack.leaveChannel(team, room, user))).toEqual([
      [member, 'roles', { lost: [room] }],
    ])
    expect(await since(() => slack.joinChannel(team, room, user))).toEqual([])
    expect(await since(() => slack.setUserGroup(team, group, { users: [] }))).toContainEqual([
      member,
      'roles',
      { lost: [group] },
    ])
    expect(await since(() => slack.changeUser(team, user, { realName: 'A' }))).toEqual([[member, 'present']])
    expect(await since(() => slack.deactivate(team, user))).toContainEqual([member, 'left'])
    expect(await since(() => slack.rejoin(team, user))).toContainEqual([member, 'present'])
    expect(await since(() => slack.archiveChannel(team, room))).toEqual([[`slack:${team}`, 'roles']])
    expect(await since(() => slack.deleteChannel(team, room))).toEqual([[`slack:${team}`, 'roles']])
    expect(await since(() => slack.addUser(team, { name: 'ben' }))).toContainEqual([
      expect.stringContaining(`slack:${team}:`),
      'joined',
    ])
    slack.uninstall(team)
    await until('the news', () => heard.some(change => change.join() === `slack:${team},removed`))
  })
})
