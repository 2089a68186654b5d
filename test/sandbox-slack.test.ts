import { App, type AppOptions, ExpressReceiver, LogLevel, webApi } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackStandIn, type SlackStandIn } from '../src/sandbox/slack/index.ts'

let slack: SlackStandIn
const stops: (() => Promise<unknown> | unknown)[] = []

beforeEach(async () => {
  slack = await createSlackStandIn()
})

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  await slack.close()
})

function client(token = slack.botToken) {
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiBase,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  })
}

function boltOptions(): AppOptions {
  return {
    token: slack.botToken,
    clientOptions: { slackApiUrl: slack.apiBase },
    logLevel: LogLevel.ERROR,
  }
}

/** A real Bolt app with two commands and a button. */
function wire(app: App) {
  const seen: Record<string, unknown>[] = []
  app.command('/plans', async ({ ack, respond, command }) => {
    seen.push({ ...command })
    await ack()
    await respond({
      text: 'plans',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Plans' } },
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'buy',
              text: { type: 'plain_text', text: 'Subscribe' },
              value: 'pro',
            },
            {
              type: 'button',
              action_id: 'open',
              text: { type: 'plain_text', text: 'Open' },
              url: 'https://x.test',
            },
          ],
        },
      ],
    })
  })
  app.action('buy', async ({ ack, respond, body, action }) => {
    seen.push({ ...body, action })
    await ack()
    await respond({ replace_original: false, text: `bought by <@${body.user.id}>` })
  })
  app.action('open', async ({ ack, body }) => {
    seen.push({ ...body })
    await ack()
  })
  return seen
}

async function overHttp() {
  const receiver = new ExpressReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR })
  const app = new App({ ...boltOptions(), receiver })
  const server = await app.start(0)
  stops.push(() => app.stop())
  const address = 'address' in server ? server.address() : null
  if (typeof address !== 'object' || !address) throw new Error('no address')
  const requestUrl = `http://127.0.0.1:${address.port}/slack/events`
  await slack.connect({ requestUrl })
  return { app, requestUrl }
}

async function overSocket() {
  const app = new App({ ...boltOptions(), appToken: slack.appToken, socketMode: true })
  await app.start()
  stops.push(() => app.stop())
  return { app }
}

describe.each([
  ['HTTP', overHttp],
  ['Socket Mode', overSocket],
])('a Bolt app over %s', (_, start) => {
  it('gets a command, answers with blocks, and its buttons work', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    const { app } = await start()
    const seen = wire(app)

    const plans = await slack.as(ada.id).command('/plans for me')
    expect(plans).toMatchObject({ ackStatus: 200, failure: undefined })
    const card = await plans.waitFor()
    expect(card).toMatchObject({ text: 'plans', ephemeralTo: ada.id })
    expect(card.blocks[0]).toMatchObject({ type: 'header' })
    expect(seen[0]).toMatchObject({
      command: '/plans',
      text: 'for me',
      user_name: 'ada',
      team_id: slack.team.id,
    })

    const bought = await slack.as(ada.id).press(card, 'Subscribe')
    expect(await bought.waitFor()).toMatchObject({ text: `bought by <@${ada.id}>` })
    expect(seen[1]).toMatchObject({
      type: 'block_actions',
      action: { action_id: 'buy', value: 'pro', type: 'button' },
      container: { is_ephemeral: true, message_ts: card.ts },
    })
    expect(seen[1]).not.toHaveProperty('message')

    const opened = await slack.as(ada.id).press(card, 'open')
    expect(opened.ackStatus).toBe(200)
    expect(seen[2]).toMatchObject({ actions: [{ action_id: 'open', url: 'https://x.test' }] })
  })
})

describe('membership', () => {
  it('lets a bot that is in a private channel bring people in and out, with refusals as Slack gives them', async () => {
    const web = client()
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    const lounge = slack.addChannel(slack.team.id, { name: 'lounge', private: true })
    const invite = (users: string) => web.conversations.invite({ channel: lounge.id, users })
    const kick = (user: string) => web.conversations.kick({ channel: lounge.id, user })

    await expect(invite(ada.id)).rejects.toMatchObject({ data: { error: 'channel_not_found' } })
    slack.inviteBot(slack.team.id, lounge.id)
    await expect(invite(ada.id)).resolves.toMatchObject({
      ok: true,
      channel: { id: lounge.id, is_private: true },
    })
    expect([...lounge.members]).toContain(ada.id)
    await expect(invite(ada.id)).rejects.toMatchObject({ data: { error: 'already_in_channel' } })
    await expect(invite('U404')).rejects.toMatchObject({ data: { error: 'user_not_found' } })
    await expect(invite(slack.team.botUserId)).rejects.toMatchObject({ data: { error: 'cant_invite_self' } })
    await kick(ada.id)
    await expect(kick(ada.id)).rejects.toMatchObject({ data: { error: 'not_in_channel' } })
    slack.archiveChannel(slack.team.id, lounge.id)
    await expect(invite(ada.id)).rejects.toMatchObject({ data: { error: 'is_archived' } })
  })

  it('replaces a user group as a whole, and refuses an empty one, guests and unpaid workspaces', async () => {
    const web = client()
    const [ada, bob] = ['ada', 'bob'].map(name => slack.addUser(slack.team.id, { name }))
    const guest = slack.addUser(slack.team.id, { name: 'gus', guest: 'single' })
    const group = slack.addUserGroup(slack.team.id, { handle: 'supporters', users: [ada?.id ?? ''] })
    const update = (users: string) => web.usergroups.users.update({ usergroup: group.id, users })

    await update(bob?.id ?? '')
    expect(group.users).toEqual([bob?.id])
    await expect(update('')).rejects.toMatchObject({ data: { error: 'no_users_provided' } })
    await expect(update(guest.id)).rejects.toMatchObject({
      data: { error: 'single_channel_guests_cannot_be_added' },
    })
    await web.usergroups.disable({ usergroup: group.id })
    expect(group.disabled).toBe(true)
    slack.team.paid = false
    await expect(update(bob?.id ?? '')).rejects.toMatchObject({ data: { error: 'plan_upgrade_required' } })
  })

  it('brings direct messages to a user', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    await client().chat.postMessage({ channel: ada.id, text: 'hello' })
    expect(slack.dms(slack.team.id, ada.id)).toMatchObject([{ text: 'hello' }])
  })
})
