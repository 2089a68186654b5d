import type { App } from '@slack/bolt'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SlackStandIn } from '../src/sandbox/slack/index.ts'
import { client, httpApp, socketApp, standIn } from './sandbox-slack-app.ts'

let slack: SlackStandIn
let team: string

beforeEach(async () => {
  slack = await standIn({ ackTimeoutMs: 1000 })
  team = slack.team.id
})

/** Two commands and two buttons; every payload is kept. */
function wire(seen: Record<string, unknown>[]) {
  return (app: App) => {
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
              {
                type: 'static_select',
                action_id: 'pick',
                options: [{ text: { type: 'plain_text', text: 'Yearly' }, value: 'year' }],
              },
            ],
          },
        ],
      })
    })
    app.command('/quick', async ({ ack }) => ack('at once'))
    app.command('/slow', async () => {})
    app.action('buy', async ({ ack, respond, body, action }) => {
      seen.push({ ...body, action })
      await ack()
      await respond({ replace_original: false, text: `bought by <@${body.user.id}>` })
    })
    app.action(/open|pick/, async ({ ack, body, respond }) => {
      seen.push({ ...body })
      await ack()
      await respond({ replace_original: true, text: 'replaced' })
    })
  }
}

describe.each([
  ['HTTP', httpApp],
  ['Socket Mode', socketApp],
])('a Bolt app over %s', (_, start) => {
  it('gets a command, answers with blocks, and its buttons and menus work', async () => {
    const seen: Record<string, unknown>[] = []
    const ada = slack.addUser(team, { name: 'ada' })
    await start(slack, wire(seen))

    const plans = await slack.as(ada.id).command('/plans for me')
    expect(plans).toMatchObject({ ackStatus: 200, failure: undefined })
    const card = await plans.waitFor()
    expect(card).toMatchObject({ text: 'plans', ephemeralTo: ada.id })
    expect(card.blocks[0]).toMatchObject({ type: 'header' })
    expect(seen[0]).toMatchObject({ command: '/plans', text: 'for me', user_name: 'ada', team_id: team })

    const bought = await slack.as(ada.id).press(card, 'Subscribe')
    expect(await bought.waitFor()).toMatchObject({ text: `bought by <@${ada.id}>` })
    expect(seen[1]).toMatchObject({
      type: 'block_actions',
      action: { action_id: 'buy', value: 'pro', type: 'button' },
      container: { is_ephemeral: true, message_ts: card.ts },
    })
    expect(seen[1]).not.toHaveProperty('message')

    const picked = await slack.as(ada.id).select(card, 'pick', 'year')
    expect(await picked.waitFor()).toBe(card)
    expect(seen[2]).toMatchObject({ actions: [{ action_id: 'pick', selected_option: { value: 'year' } }] })
    expect(card).toMatchObject({ text: 'replaced', blocks: [] })
  })

  it('is told of a press on a link button too', async () => {
    const seen: Record<string, unknown>[] = []
    const ada = slack.addUser(team, { name: 'ada' })
    await start(slack, wire(seen))
    const card = await (await slack.as(ada.id).command('/plans')).waitFor()
    const opened = await slack.as(ada.id).press(card, 'Open')
    expect(opened.ackStatus).toBe(200)
    expect(seen[1]).toMatchObject({ actions: [{ action_id: 'open', url: 'https://x.test' }] })
  })

  it('answers in the ack itself', async () => {
    const ada = slack.addUser(team, { name: 'ada' })
    await start(slack, wire([]))
    const quick = await slack.as(ada.id).command('/quick')
    expect(quick.message()).toMatchObject({ text: 'at once', ephemeralTo: ada.id })
    expect(quick.uses()).toBe(0)
  })

  it('that does not ack in time shows a timeout', async () => {
    const ada = slack.addUser(team, { name: 'ada' })
    await start(slack, wire([]))
    const slow = await slack.as(ada.id).command('/slow')
    expect(slow).toMatchObject({ failure: 'operation_timeout', ackStatus: undefined })
    expect(slow.ackMs).toBeGreaterThanOrEqual(990)
  })

  it('hears of people who come and go in the channels its bot is in, and of nothing elsewhere', async () => {
    const heard: string[] = []
    const ada = slack.addUser(team, { name: 'ada' })
    const lounge = slack.addChannel(team, { name: 'lounge', private: true })
    const attic = slack.addChannel(team, { name: 'attic', private: true })
    await start(slack, app => {
      app.event(
        'member_joined_channel',
        async ({ event }) => void heard.push(`+${event.user} ${event.channel}`),
      )
      app.event(
        'member_left_channel',
        async ({ event }) => void heard.push(`-${event.user} ${event.channel}`),
      )
      app.event('group_left', async ({ event }) => void heard.push(`out of ${event.channel}`))
    })
    slack.joinChannel(team, attic.id, ada.id)
    slack.inviteBot(team, lounge.id)
    await slack.settled()
    slack.joinChannel(team, lounge.id, ada.id)
    await slack.settled()
    slack.leaveChannel(team, lounge.id, ada.id)
    await slack.settled()
    slack.removeBot(team, lounge.id)
    await slack.settled()
    expect(heard).toEqual([
      `+${slack.team.botUserId} ${lounge.id}`,
      `+${ada.id} ${lounge.id}`,
      `-${ada.id} ${lounge.id}`,
      `out of ${lounge.id}`,
    ])
  })
})

describe('membership', () => {
  it('lets a bot that is in a private channel bring people in and out, with refusals as Slack gives them', async () => {
    const web = client(slack)
    const ada = slack.addUser(team, { name: 'ada' })
    const lounge = slack.addChannel(team, { name: 'lounge', private: true })
    const invite = (users: string) => web.conversations.invite({ channel: lounge.id, users })
    const kick = (user: string) => web.conversations.kick({ channel: lounge.id, user })

    await expect(invite(ada.id)).rejects.toMatchObject({ data: { error: 'channel_not_found' } })
    slack.inviteBot(team, lounge.id)
    await expect(invite(ada.id)).resolves.toMatchObject({
      ok: true,
      channel: { id: lounge.id, is_private: true },
    })
    expect([...lounge.members]).toContain(ada.id)
    await expect(invite(ada.id)).rejects.toMatchObject({ data: { error: 'already_in_channel' } })
    await expect(invite('U404')).rejects.toMatchObject({ data: { error: 'user_not_found' } })
    await expect(invite('')).rejects.toMatchObject({ data: { error: 'no_user' } })
    await expect(invite(slack.team.botUserId)).rejects.toMatchObject({ data: { error: 'cant_invite_self' } })
    await kick(ada.id)
    await expect(kick(ada.id)).rejects.toMatchObject({ data: { error: 'not_in_channel' } })
    await expect(kick(slack.team.botUserId)).rejects.toMatchObject({ data: { error: 'cant_kick_self' } })
    slack.team.preferences.kickFromPrivate = 'admins'
    await expect(kick(ada.id)).rejects.toMatchObject({ data: { error: 'restricted_action' } })
    slack.archiveChannel(team, lounge.id)
    await expect(invite(ada.id)).rejects.toMatchObject({ data: { error: 'is_archived' } })
  })

  it('says not_in_channel of a public channel the bot is not in, and lets it join', async () => {
    const web = client(slack)
    const ada = slack.addUser(team, { name: 'ada' })
    const hall = slack.addChannel(team, { name: 'hall' })
    const invite = () => web.conversations.invite({ channel: hall.id, users: ada.id })
    await expect(invite()).rejects.toMatchObject({ data: { error: 'not_in_channel' } })
    await web.conversations.join({ channel: hall.id })
    await expect(invite()).resolves.toMatchObject({ ok: true })
    const kick = web.conversations.kick({ channel: hall.id, user: ada.id })
    await expect(kick).rejects.toMatchObject({ data: { error: 'restricted_action' } })
  })

  it('keeps a single-channel guest in one channel, and deactivated people out of all', async () => {
    const web = client(slack)
    const gus = slack.addUser(team, { name: 'gus', guest: 'single' })
    const bob = slack.addUser(team, { name: 'bob' })
    const [one, two] = ['one', 'two'].map(name => {
      const channel = slack.addChannel(team, { name, private: true })
      slack.inviteBot(team, channel.id)
      return channel.id
    })
    const invite = (channel: string | undefined, users: string) =>
      web.conversations.invite({ channel: channel ?? '', users })
    await invite(one, gus.id)
    await expect(invite(two, gus.id)).rejects.toMatchObject({ data: { error: 'ura_max_channels' } })
    await invite(one, bob.id)
    slack.deactivate(team, bob.id)
    expect(slack.channel(team, one ?? '').members.has(bob.id)).toBe(false)
    await expect(invite(one, bob.id)).rejects.toMatchObject({ data: { error: 'cant_invite' } })
  })

  it('replaces a user group as a whole, and refuses an empty one, guests and unpaid workspaces', async () => {
    const web = client(slack)
    const ada = slack.addUser(team, { name: 'ada' })
    const bob = slack.addUser(team, { name: 'bob' })
    const single = slack.addUser(team, { name: 'gus', guest: 'single' })
    const multi = slack.addUser(team, { name: 'mia', guest: 'multi' })
    const group = slack.addUserGroup(team, { handle: 'supporters', users: [ada.id] })
    const update = (users: string) => web.usergroups.users.update({ usergroup: group.id, users })
    const refused = (users: string, error: string) =>
      expect(update(users)).rejects.toMatchObject({ data: { error } })

    await update(bob.id)
    expect(group.users).toEqual([bob.id])
    await refused('', 'no_users_provided')
    await refused(single.id, 'single_channel_guests_cannot_be_added')
    await refused(multi.id, 'invalid_users')
    await web.usergroups.disable({ usergroup: group.id })
    await refused(bob.id, 'no_such_subteam')
    expect((await web.usergroups.list()).usergroups).toEqual([])
    await web.usergroups.enable({ usergroup: group.id })
    expect((await web.usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { users: [bob.id] },
    ])
    slack.team.preferences.userGroups = 'admins'
    await refused(bob.id, 'permission_denied')
    slack.team.paid = false
    await refused(bob.id, 'plan_upgrade_required')
    await expect(web.usergroups.create({ name: 'More' })).rejects.toMatchObject({
      data: { error: 'paid_teams_only' },
    })
  })

  it('answers late when told to, so that of two who read a user group before either writes one is lost', async () => {
    const late = await standIn({ latencyMs: 50 })
    const web = client(late)
    const ada = late.addUser(late.team.id, { name: 'ada' })
    const bob = late.addUser(late.team.id, { name: 'bob' })
    const group = late.addUserGroup(late.team.id, { handle: 'supporters' })
    late.faults.current = () => {
      setTimeout(() => late.setUserGroup(late.team.id, group.id, { users: [bob.id] }), 10)
      return undefined
    }
    const { users = [] } = await web.usergroups.users.list({ usergroup: group.id })
    expect([users, group.users]).toEqual([[], [bob.id]])
    delete late.faults.current
    await web.usergroups.users.update({ usergroup: group.id, users: [...users, ada.id].join(',') })
    expect(group.users).toEqual([ada.id])
  })
})
