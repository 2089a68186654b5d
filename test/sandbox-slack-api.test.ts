import { beforeEach, describe, expect, it } from 'vitest'
import { ALL_SCOPES, type SlackStandIn } from '../src/sandbox/slack/index.ts'
import { client, standIn } from './sandbox-slack-app.ts'

let slack: SlackStandIn
let team: string

beforeEach(async () => {
  slack = await standIn()
  team = slack.team.id
})

function call(method: string, init: RequestInit = {}) {
  return fetch(slack.apiBase + method, { method: 'POST', ...init })
}

describe('tokens', () => {
  it('are told apart: none, unknown, of an uninstalled app, revoked, of the wrong type', async () => {
    const test = (token?: string) => client(slack, token).auth.test()
    const refused = (answer: Promise<unknown>, error: string) =>
      expect(answer).rejects.toMatchObject({ data: { ok: false, error } })

    await expect(test()).resolves.toMatchObject({ team_id: team, user_id: slack.team.botUserId })
    expect(await (await call('auth.test')).json()).toEqual({ ok: false, error: 'not_authed' })
    await refused(test('xoxb-nobody'), 'invalid_auth')
    await refused(test(slack.appToken), 'not_allowed_token_type')
    await refused(client(slack).apps.connections.open(), 'not_allowed_token_type')
    slack.revokeToken(team)
    await refused(test(slack.botToken), 'token_revoked')
    const token = slack.install(team)
    await expect(test(token)).resolves.toMatchObject({ ok: true })
    slack.uninstall(team)
    await refused(test(token), 'account_inactive')
  })

  it('belong to one workspace each, and see only that', async () => {
    const other = slack.addTeam({ name: 'Other', installed: true })
    const ada = slack.addUser(team, { name: 'ada' })
    await expect(client(slack, other.botToken).users.info({ user: ada.id })).rejects.toMatchObject({
      data: { error: 'user_not_found' },
    })
    await expect(client(slack).users.info({ user: ada.id })).resolves.toMatchObject({ user: { name: 'ada' } })
  })

  it('need the scope of the method, and of the kind of channel', async () => {
    const lounge = slack.addChannel(team, { name: 'lounge', private: true })
    slack.inviteBot(team, lounge.id)
    slack.team.scopes = ALL_SCOPES.filter(scope => !['groups:write', 'usergroups:write'].includes(scope))
    const provided = slack.team.scopes.join(',')
    await expect(
      client(slack).conversations.invite({ channel: lounge.id, users: 'U1' }),
    ).rejects.toMatchObject({ data: { error: 'missing_scope', needed: 'groups:write', provided } })
    await expect(client(slack).usergroups.create({ name: 'x' })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'usergroups:write' },
    })
  })
})

describe('calls', () => {
  it('may come as JSON, as a form or as a query', async () => {
    const ada = slack.addUser(team, { name: 'ada' })
    const authorization = `Bearer ${slack.botToken}`
    const blocks = [{ type: 'divider' }]
    const answers = await Promise.all([
      call('chat.postMessage', {
        headers: { authorization, 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ channel: ada.id, text: 'json', blocks }),
      }),
      call('chat.postMessage', {
        body: new URLSearchParams({
          token: slack.botToken,
          channel: ada.id,
          text: 'form',
          blocks: JSON.stringify(blocks),
        }),
      }),
      fetch(`${slack.apiBase}chat.postMessage?channel=${ada.id}&text=query`, { headers: { authorization } }),
    ])
    for (const answer of answers) expect(await answer.json()).toMatchObject({ ok: true })
    const texts = slack.dms(team, ada.id).map(message => [message.text, message.blocks.length])
    expect(texts.sort()).toEqual([
      ['form', 1],
      ['json', 1],
      ['query', 0],
    ])
  })

  it('that are malformed or unknown are refused, and the unknown ones logged', async () => {
    const logged: string[] = []
    const noting = await standIn({ log: text => logged.push(text) })
    const send = async (method: string, contentType: string, body: string) => {
      const headers = { authorization: `Bearer ${noting.botToken}`, 'content-type': contentType }
      const answer = await fetch(noting.apiBase + method, { method: 'POST', headers, body })
      return (await answer.json()).error
    }
    expect(await send('auth.test', 'application/json', '{"a":')).toBe('invalid_json')
    expect(await send('auth.test', 'multipart/form-data; boundary=x', 'nonsense')).toBe('invalid_form_data')
    expect(await send('auth.test', 'image/png', 'x')).toBe('invalid_post_type')
    expect(await send('stars.add', 'application/json', '{}')).toBe('unknown_method')
    expect(await send('constructor', 'application/json', '{}')).toBe('unknown_method')
    expect(logged).toEqual([
      'Slack stand-in: unknown method stars.add',
      'Slack stand-in: unknown method constructor',
    ])
  })

  it('that list things come in pages, which the SDK follows', async () => {
    const lounge = slack.addChannel(team, { name: 'lounge', private: true })
    slack.inviteBot(team, lounge.id)
    const ids = Array.from({ length: 7 }, (_, index) => slack.addUser(team, { name: `u${index}` }).id)
    for (const id of ids) slack.joinChannel(team, lounge.id, id)

    const members: string[] = []
    for await (const page of client(slack).paginate('conversations.members', {
      channel: lounge.id,
      limit: 3,
    })) {
      const { members: some } = page as { members?: string[] }
      members.push(...(some ?? []))
      expect(some?.length).toBeLessThanOrEqual(3)
    }
    expect(members.sort()).toEqual([...ids, slack.team.botUserId].sort())
    await expect(client(slack).users.list({ cursor: 'nonsense' })).rejects.toMatchObject({
      data: { error: 'invalid_cursor' },
    })
  })

  it('tell who a user is: owner, admin, guest, deactivated, and the locale when asked', async () => {
    const web = client(slack)
    const olga = slack.addUser(team, { name: 'olga', owner: true, locale: 'nl-NL' })
    const gus = slack.addUser(team, { name: 'gus', guest: 'single' })
    const info = async (user: string, include_locale = false) =>
      (await web.users.info({ user, include_locale })).user
    expect(await info(olga.id, true)).toMatchObject({ is_owner: true, is_admin: true, locale: 'nl-NL' })
    expect(await info(olga.id)).not.toHaveProperty('locale')
    expect(await info(gus.id)).toMatchObject({
      is_restricted: true,
      is_ultra_restricted: true,
      is_admin: false,
    })
    slack.deactivate(team, gus.id)
    expect(await info(gus.id)).toMatchObject({ deleted: true })
  })

  it('past a tier are told to wait, and a file goes up in three steps', async () => {
    const limited = await standIn({ enforceRateLimits: true })
    const web = client(limited)
    for (let n = 0; n < 20; n += 1) await web.usergroups.list()
    await expect(web.usergroups.list()).rejects.toMatchObject({ retryAfter: expect.any(Number) })

    const ada = limited.addUser(limited.team.id, { name: 'ada' })
    const channel_id = limited.direct(limited.team.id, ada.id).id
    await web.filesUploadV2({ channel_id, filename: 'members.csv', file: Buffer.from('a,b') })
    const [file] = limited.dms(limited.team.id, ada.id)[0]?.files ?? []
    expect(file?.name).toBe('members.csv')
    expect(new TextDecoder().decode(file?.content)).toBe('a,b')
  })
})

describe('faults', () => {
  it('break calls in every way that calls break', async () => {
    const web = client(slack)
    const ada = slack.addUser(team, { name: 'ada' })
    const lounge = slack.addChannel(team, { name: 'lounge', private: true })
    slack.inviteBot(team, lounge.id)

    slack.faults.current = () => ({ error: 'internal_error' })
    await expect(web.auth.test()).rejects.toMatchObject({ data: { error: 'internal_error' } })
    slack.faults.current = () => ({ status: 503 })
    await expect(web.auth.test()).rejects.toMatchObject({ statusCode: 503 })
    slack.faults.current = () => ({ rateLimit: { retryAfterSeconds: 7 } })
    await expect(web.auth.test()).rejects.toMatchObject({ retryAfter: 7 })
    slack.faults.current = () => 'reset'
    await expect(web.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
    slack.faults.current = () => 'hang'
    await expect(
      fetch(`${slack.apiBase}auth.test`, { method: 'POST', signal: AbortSignal.timeout(50) }),
    ).rejects.toThrow()

    slack.faults.current = ({ method }) => (method === 'conversations.invite' ? 'lost' : undefined)
    const invite = () => web.conversations.invite({ channel: lounge.id, users: ada.id })
    await expect(invite()).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
    expect(lounge.members.has(ada.id)).toBe(true)
    delete slack.faults.current
    await expect(invite()).rejects.toMatchObject({ data: { error: 'already_in_channel' } })
    expect(slack.requests().at(-1)).toMatchObject({
      method: 'conversations.invite',
      teamId: team,
      error: 'already_in_channel',
      body: { users: ada.id },
    })
    expect(JSON.stringify(slack.requests())).not.toContain(slack.botToken)
  })
})

describe('messages', () => {
  it('are posted, changed and deleted, but never somebody else’s', async () => {
    const web = client(slack)
    const ada = slack.addUser(team, { name: 'ada' })
    const general = [...slack.team.channels.values()].find(channel => channel.isGeneral)?.id ?? ''
    await expect(web.chat.postMessage({ channel: general, text: 'x' })).rejects.toMatchObject({
      data: { error: 'not_in_channel' },
    })
    slack.inviteBot(team, general)
    const { ts = '' } = await web.chat.postMessage({ channel: '#general', text: 'one' })
    await web.chat.update({ channel: general, ts, text: 'two' })
    const hers = slack.as(ada.id).say('mine')
    await expect(web.chat.update({ channel: general, ts: hers.ts, text: 'x' })).rejects.toMatchObject({
      data: { error: 'cant_update_message' },
    })
    const secret = await web.chat.postEphemeral({ channel: general, user: ada.id, text: 'psst' })
    await expect(
      web.chat.update({ channel: general, ts: secret.message_ts ?? '', text: 'x' }),
    ).rejects.toMatchObject({ data: { error: 'message_not_found' } })
    expect(slack.messages(team, general).map(({ text }) => text)).toEqual(['two', 'mine'])
    expect(slack.messages(team, general, ada.id).map(({ text }) => text)).toEqual(['two', 'mine', 'psst'])
    const history = await web.conversations.history({ channel: general })
    expect(history.messages?.map(({ text }) => text)).toEqual(['mine', 'two'])
    await web.chat.delete({ channel: general, ts })
    await expect(web.chat.delete({ channel: general, ts })).rejects.toMatchObject({
      data: { error: 'message_not_found' },
    })
  })

  it('do not reach deactivated people, bots or nobody', async () => {
    const ada = slack.addUser(team, { name: 'ada' })
    slack.deactivate(team, ada.id)
    const post = (channel: string) => client(slack).chat.postMessage({ channel, text: 'x' })
    await expect(post(ada.id)).rejects.toMatchObject({ data: { error: 'user_disabled' } })
    await expect(post(slack.team.botUserId)).rejects.toMatchObject({ data: { error: 'cannot_dm_bot' } })
    await expect(post('C404')).rejects.toMatchObject({ data: { error: 'channel_not_found' } })
    await expect(client(slack).chat.postMessage({ channel: 'C404', text: '' })).rejects.toMatchObject({
      data: { ok: false },
    })
  })
})
