import { type App, MemoryInstallationStore } from '@slack/bolt'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SlackStandIn } from '../src/sandbox/slack/index.ts'
import { client, httpApp, standIn } from './sandbox-slack-app.ts'

let slack: SlackStandIn

beforeEach(async () => {
  slack = await standIn({ team: { name: 'Lounge', installed: false } })
})

/** A Bolt app for any number of workspaces. */
async function installable(wire: (app: App) => void = () => {}) {
  const installationStore = new MemoryInstallationStore()
  const { base } = await httpApp(slack, wire, {
    clientId: slack.clientId,
    clientSecret: slack.clientSecret,
    stateSecret: 'a secret',
    scopes: ['chat:write', 'commands', 'groups:write'],
    installationStore,
    installerOptions: {
      authorizationUrl: slack.authorizationUrl,
      clientOptions: { slackApiUrl: slack.apiBase },
      directInstall: true,
    },
  })
  slack.redirectUrls.push(`${base}/slack/oauth_redirect`)
  return { base, installationStore }
}

/** What a browser does: to Slack's page, press a button, back with the cookie. */
async function visit(base: string, who: string, answer: 'allow' | 'cancel') {
  const start = await fetch(`${base}/slack/install`, { redirect: 'manual' })
  const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
  const page = await fetch(start.headers.get('location') ?? '')
  const html = await page.text()
  const hidden = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].filter(([, name]) => name !== 'answer')
  const fields = hidden.map(([, name = '', value = '']): [string, string] => [
    name,
    value.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
  ])
  const sent = await fetch(slack.authorizationUrl, {
    method: 'POST',
    body: new URLSearchParams([...fields, ['who', who], ['answer', answer]]),
    redirect: 'manual',
  })
  const back = sent.headers.get('location') ?? ''
  return { html, back, landed: await fetch(back, { headers: { cookie }, redirect: 'manual' }) }
}

describe('installing through OAuth', () => {
  it('puts the app into several workspaces, each with a token of its own', async () => {
    const other = slack.addTeam({ name: 'Other' })
    const ada = slack.addUser(slack.team.id, { name: 'ada', owner: true })
    const bob = slack.addUser(other.id, { name: 'bob', owner: true })
    const { base, installationStore } = await installable(app =>
      app.command('/who', async ({ ack, client }) => {
        const { team } = await client.auth.test()
        await ack(`in ${team}`)
      }),
    )
    for (const [team, user] of [
      [slack.team, ada],
      [other, bob],
    ] as const) {
      const { html, landed } = await visit(base, `${team.id}:${user.id}`, 'allow')
      expect(html).toContain('groups:write')
      expect(landed.status).toBe(200)
    }
    expect(other.botToken).not.toBe(slack.team.botToken)
    const query = { teamId: other.id, enterpriseId: undefined, isEnterpriseInstall: false as const }
    expect(await installationStore.fetchInstallation(query)).toMatchObject({
      bot: { token: other.botToken, userId: other.botUserId, id: other.botId },
      user: { id: bob.id },
    })
    expect((await slack.as(ada.id).command('/who')).message()?.text).toBe('in Lounge')
    expect((await slack.as(bob.id, other.id).command('/who')).message()?.text).toBe('in Other')
    expect(other.scopes).toEqual(['chat:write', 'commands', 'groups:write'])
  })

  it('that is cancelled installs nothing', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada', owner: true })
    const { base } = await installable()
    const { back, landed } = await visit(base, `${slack.team.id}:${ada.id}`, 'cancel')
    expect(new URL(back).searchParams.get('error')).toBe('access_denied')
    expect(landed.status).toBe(500)
    expect(slack.team.installed).toBe(false)
  })

  it('refuses other apps, unknown redirect URLs, and codes that are spent or wrong', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada', owner: true })
    const { base } = await installable()
    const page = (query: Record<string, string>) =>
      fetch(`${slack.authorizationUrl}?${new URLSearchParams(query)}`)
    expect((await page({ client_id: 'somebody' })).status).toBe(400)
    expect((await page({ client_id: slack.clientId, redirect_uri: 'https://evil.test/' })).status).toBe(400)

    const { back } = await visit(base, `${slack.team.id}:${ada.id}`, 'allow')
    const trade = (code: string, client_secret = slack.clientSecret) =>
      client(slack, '').oauth.v2.access({ client_id: slack.clientId, client_secret, code })
    const code = new URL(back).searchParams.get('code') ?? ''
    await expect(trade(code)).rejects.toMatchObject({ data: { error: 'code_already_used' } })
    await expect(trade('x')).rejects.toMatchObject({ data: { error: 'invalid_code' } })
    await expect(trade(code, 'x')).rejects.toMatchObject({ data: { error: 'bad_client_secret' } })
  })
})
