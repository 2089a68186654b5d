import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { App } from '@slack/bolt'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createClock } from '../src/sandbox/clock.ts'
import { type SlackStandIn, signatureHeaders } from '../src/sandbox/slack/index.ts'
import { client, httpApp, socketApp, standIn } from './sandbox-slack-app.ts'

let slack: SlackStandIn
let team: string
let ada: string
const clock = createClock()

beforeEach(async () => {
  slack = await standIn({ clock, retryDelaysMs: [10, 10, 10], ackTimeoutMs: 500 })
  team = slack.team.id
  ada = slack.addUser(team, { name: 'ada', owner: true }).id
})

/** A command that hands its `respond` out. */
function echo(app: App): void {
  app.command('/echo', async ({ ack, respond, command }) => {
    await ack()
    await respond(JSON.parse(command.text))
  })
}

/** A bare server for events: it answers the challenge, and every event with the status that `take` gives. */
async function listen(
  take: (headers: IncomingHttpHeaders, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request))
    if (body.type === 'url_verification') return void response.end(body.challenge)
    const status = take(request.headers, response)
    if (typeof status === 'number') response.writeHead(status).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

describe('a response URL', () => {
  const answer = (url: string | undefined, body: unknown) =>
    fetch(url ?? '', { method: 'POST', body: JSON.stringify(body) })

  it('works five times, then no more', async () => {
    await httpApp(slack, echo)
    const said = await slack.as(ada).command('/echo {"text":"1"}')
    await said.waitFor()
    for (const text of ['2', '3', '4', '5']) {
      expect((await answer(said.responseUrl, { text })).status).toBe(200)
    }
    const sixth = await answer(said.responseUrl, { text: '6' })
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }])
    expect(said.replies().map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('works for thirty minutes, then no more', async () => {
    await httpApp(slack, echo)
    const said = await slack.as(ada).command('/echo {"text":"1"}')
    await said.waitFor()
    clock.moveTo(clock.now() + 29 * 60_000)
    expect((await answer(said.responseUrl, { text: '2' })).status).toBe(200)
    clock.moveTo(clock.now() + 2 * 60_000)
    const late = await answer(said.responseUrl, { text: '3' })
    expect([late.status, await late.json()]).toEqual([404, { ok: false, error: 'expired_url' }])
  })

  it('replaces and deletes what a command said, or speaks to the whole channel', async () => {
    await httpApp(slack, echo)
    const said = await slack.as(ada).command('/echo {"text":"one moment"}')
    const first = await said.waitFor()
    await answer(said.responseUrl, { replace_original: true, text: 'done' })
    expect(said.replies()).toEqual([first])
    expect(first.text).toBe('done')
    await answer(said.responseUrl, { delete_original: true })
    expect([said.replies(), first.deleted]).toEqual([[], true])
    await answer(said.responseUrl, { response_type: 'in_channel', text: 'to all' })
    expect(said.message()).toMatchObject({ text: 'to all', ephemeralTo: undefined })
  })

  it('refuses blocks that break a limit, and garbage', async () => {
    await httpApp(slack, echo)
    const said = await slack.as(ada).command('/echo {"text":"1"}')
    const bad = await answer(said.responseUrl, { blocks: [{ type: 'section' }] })
    expect([bad.status, (await bad.json()).error]).toEqual([400, 'invalid_blocks'])
    expect((await fetch(said.responseUrl ?? '', { method: 'POST', body: '{' })).status).toBe(400)
    expect((await answer(`${slack.url}/commands/T1/nothing`, { text: 'x' })).status).toBe(404)
    expect(said.uses()).toBe(1)
  })
})

describe('a command line', () => {
  it('arrives raw, or with mentions escaped where the app asks for that', async () => {
    await httpApp(slack, app =>
      app.command('/premium', async ({ ack, command }) => ack({ text: `[${command.text}]` })),
    )
    const lounge = slack.addChannel(team, { name: 'lounge', private: true })
    const hall = slack.addChannel(team, { name: 'hall' })
    const group = slack.addUserGroup(team, { handle: 'supporters' })
    const line = '/premium grant @ada #hall #lounge @supporters @nobody a&b "x  y"'
    const typed = async (isEscaped: boolean) =>
      (await slack.as(ada).command(line, { escape: isEscaped })).message()?.text

    expect(await typed(false)).toBe('[grant @ada #hall #lounge @supporters @nobody a&b "x  y"]')
    expect(await typed(true)).toBe(
      `[grant <@${ada}|ada> <#${hall.id}|hall> <#${lounge.id}|> <!subteam^${group.id}|@supporters> @nobody a&amp;b "x  y"]`,
    )
  })

  it('that nobody takes fails at once', async () => {
    expect(await slack.as(ada).command('/plans')).toMatchObject({ failure: 'dispatch_failed' })
  })
})

describe('requests', () => {
  it('that are forged, old or unsigned get 401, and a replay of a good one comes as it was', async () => {
    const heard: string[] = []
    const { requestUrl } = await httpApp(slack, app =>
      app.command('/hi', async ({ ack, command }) => {
        heard.push(command.text)
        await ack()
      }),
    )
    await slack.as(ada).command('/hi there')
    const good = slack.deliveries().find(({ kind }) => kind === 'slash_commands')
    if (!good) throw new Error('no delivery')
    const post = async (headers?: Record<string, string>) =>
      (await slack.post(requestUrl, good.body, 'application/x-www-form-urlencoded', headers)).status
    const sixMinutesAgo = Math.floor(Date.now() / 1000) - 6 * 60

    expect(await post(signatureHeaders('not the secret', good.body))).toBe(401)
    expect(await post(signatureHeaders(slack.signingSecret, good.body, sixMinutesAgo))).toBe(401)
    expect(await post(signatureHeaders(slack.signingSecret, `${good.body}&more=1`))).toBe(401)
    expect(await post({})).toBe(401)
    expect(heard).toEqual(['there'])
    expect(await slack.replay(good)).toMatchObject({ status: 200 })
    expect(heard).toEqual(['there', 'there'])
  })

  it('go nowhere until the request URL answers the challenge', async () => {
    await expect(slack.connect({ requestUrl: `${slack.url}/nowhere` })).rejects.toThrow('challenge')
    const { requestUrl } = await httpApp(slack)
    await expect(slack.connect({ requestUrl })).resolves.toBeUndefined()
  })
})

describe('events', () => {
  it('that fail are sent again with their number and reason until they are taken', async () => {
    const tries: unknown[] = []
    const answers = [500, 'never', 200]
    const url = await listen(headers => {
      tries.push([headers['x-slack-retry-num'], headers['x-slack-retry-reason']])
      return answers[tries.length - 1] ?? 200
    })
    await slack.connect({ events: url })
    const first = await slack.sendEvent(team, { type: 'team_join', user: { id: ada } })
    expect(first).toMatchObject({ status: 500, failure: 'http_error' })
    await slack.until(() => tries.length === 3)
    expect(tries).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_timeout'],
    ])
  })

  it('that are never taken are given up after three more tries, at once where the app asks for it', async () => {
    let tries = 0
    const url = await listen((_, response) => {
      tries += 1
      if (tries === 1) response.setHeader('x-slack-no-retry', '1')
      return 500
    })
    await slack.connect({ events: url })
    await slack.sendEvent(team, { type: 'team_join' })
    await slack.sendEvent(team, { type: 'team_join' })
    const tried = () => slack.deliveries().filter(({ kind, ack }) => kind === 'events_api' && ack)
    // The waits are alike: another try of the first event would come before the fourth of the second.
    await slack.until(() => tried().some(({ headers }) => headers['x-slack-retry-num'] === '3'))
    expect(tries).toBe(5)
  })

  it('tell of deactivation, of groups, of archived channels and of uninstalling', async () => {
    const heard: unknown[] = []
    await socketApp(slack, app => {
      app.event(
        'user_change',
        async ({ event }) => void heard.push(['user', event.user.id, event.user.deleted]),
      )
      app.event('subteam_members_changed', async ({ event }) => void heard.push(['group', event.added_users]))
      app.event('channel_archive', async ({ event }) => void heard.push(['archived', event.channel]))
      app.event('team_join', async ({ event }) => void heard.push(['joined', event.user.id]))
      app.event('tokens_revoked', async ({ event }) => void heard.push(['revoked', event.tokens.bot]))
      app.event('app_uninstalled', async () => void heard.push('uninstalled'))
    })
    const bob = slack.addUser(team, { name: 'bob' }).id
    const hall = slack.addChannel(team, { name: 'hall' })
    const group = slack.addUserGroup(team, { handle: 'supporters' })
    await slack.settled()
    slack.setUserGroup(team, group.id, { users: [ada, bob] })
    slack.archiveChannel(team, hall.id)
    await slack.settled()
    slack.deactivate(team, bob)
    await slack.settled()
    slack.rejoin(team, bob)
    await slack.settled()
    slack.uninstall(team)
    await slack.settled()
    expect(heard).toEqual([
      ['joined', bob],
      ['group', [ada, bob]],
      ['archived', hall.id],
      ['user', bob, true],
      ['user', bob, false],
      ['revoked', [slack.team.botUserId]],
      'uninstalled',
    ])
    expect(group.users).toEqual([ada])
  })

  it('of types the app did not subscribe to are not sent', async () => {
    await httpApp(slack)
    slack.subscriptions.delete('team_join')
    slack.addUser(team, { name: 'bob' })
    await slack.settled()
    expect(slack.deliveries().filter(({ kind }) => kind === 'events_api')).toEqual([])
  })
})

describe('App Home and modals', () => {
  it('show what the app publishes when somebody opens its Home, with buttons that work', async () => {
    await httpApp(slack, app => {
      app.event('app_home_opened', async ({ event, client }) => {
        const more = {
          type: 'button',
          action_id: 'more',
          text: { type: 'plain_text', text: 'More' },
        } as const
        const blocks = [{ type: 'actions' as const, elements: [more] }]
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } })
      })
      app.action('more', async ({ ack, body, client }) => {
        await ack()
        if (!('trigger_id' in body)) return
        await client.views.open({
          trigger_id: body.trigger_id,
          view: {
            type: 'modal',
            callback_id: 'name',
            title: { type: 'plain_text', text: 'Your name' },
            submit: { type: 'plain_text', text: 'Save' },
            blocks: [
              {
                type: 'input',
                block_id: 'who',
                label: { type: 'plain_text', text: 'Name' },
                element: { type: 'plain_text_input', action_id: 'name' },
              },
            ],
          },
        })
      })
      app.view('name', async ({ ack, view, client, body }) => {
        await ack()
        await client.chat.postMessage({
          channel: body.user.id,
          text: view.state.values.who?.name?.value ?? '',
        })
      })
    })
    const me = slack.as(ada)
    await me.openHome()
    const home = await slack.until(() => slack.home(team, ada))
    expect(await me.press(home, 'More')).toMatchObject({ ackStatus: 200, responseUrl: undefined })
    const modal = await slack.until(() => slack.modal(team, ada))
    await me.submit(modal, { name: 'Countess' })
    const [dm] = await slack.until(() => slack.dms(team, ada).length > 0 && slack.dms(team, ada))
    expect(dm?.text).toBe('Countess')
  })

  it('open once per trigger', async () => {
    let trigger = ''
    await httpApp(slack, app =>
      app.command('/modal', async ({ ack, command }) => {
        trigger = command.trigger_id
        await ack()
      }),
    )
    await slack.as(ada).command('/modal')
    const title = { type: 'plain_text', text: 'T' } as const
    const open = () =>
      client(slack).views.open({ trigger_id: trigger, view: { type: 'modal', title, blocks: [] } })
    await open()
    await expect(open()).rejects.toMatchObject({ data: { error: 'exchanged_trigger_id' } })
  })
})
