import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadCommands } from '../src/commands.ts'
import { slackManifest } from '../src/platforms/slack/manifest.ts'
import { createClock } from '../src/sandbox/clock.ts'
import { createDiscordStandIn, type DiscordStandIn } from '../src/sandbox/discord/index.ts'
import { furnish } from '../src/sandbox/lounge.ts'
import { createPlayground } from '../src/sandbox/playground/playground.ts'
import { createSlackStandIn, type SlackStandIn } from '../src/sandbox/slack/index.ts'
import { createStripeStandIn, type StripeStandIn } from '../src/sandbox/stripe/index.ts'
import { furnishWorkspace, type VelvetWorkspace } from '../src/sandbox/workspace.ts'
import { isWithoutBrowser, picture, useBrowser } from './support/browser.ts'

let discord: DiscordStandIn
let slack: SlackStandIn
let stripe: StripeStandIn
let workspace: VelvetWorkspace
let playground: ReturnType<typeof createPlayground>
let server: Server
let url: string

/** The playground and its far ends, with no bot between them. */
beforeAll(async () => {
  const clock = createClock()
  const commands = await loadCommands()
  discord = await createDiscordStandIn({ clock })
  stripe = await createStripeStandIn({ clock })
  slack = await createSlackStandIn({ clock, manifest: slackManifest(commands, 'http://localhost:1') })
  workspace = furnishWorkspace(slack)
  const lounge = furnish(discord)
  playground = createPlayground({ discord, stripe, lounge, slack: { slack, workspace, commands } })
  server = createServer(express().use(playground.router))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://localhost:${(server.address() as AddressInfo).port}/`
})
afterAll(async () => {
  playground.close()
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeAllConnections()
  await Promise.all([closed, discord.close(), slack.close(), stripe.close()])
})

/** Calls the Web API as the bot would. */
async function asBot(method: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${slack.apiBase}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Record<string, unknown>
  expect(answer).toMatchObject({ ok: true })
  return answer
}

/** Acts as a player does through the page, and gives what they would be told. */
async function act(player: string, wanted: object): Promise<string> {
  const response = await fetch(`${url}playground/slack/as/${player}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url.slice(0, -1) },
    body: JSON.stringify(wanted),
  })
  return ((await response.json()) as { problem?: string }).problem ?? ''
}

describe('what a person can do in the workspace', () => {
  it('is what their client would let them do, and the rest is a sentence', async () => {
    const say = { act: 'say', text: 'hello' }
    expect(await act('ada', { ...say, channel: workspace.lounge })).toBe('You are not in that channel.')
    expect(await act('vera', { ...say, channel: workspace.lounge })).toBe('')
    expect(await act('ada', { act: 'kick' })).toContain("can't be done")
    expect(await act('ada', { act: 'press', on: 'home', action: 'x' })).toBe('That message is gone.')
    const command = { act: 'command', channel: workspace.channel }
    expect(await act('ada', { ...command, line: '/nonsense' })).toBe('/nonsense is not a valid command.')
    expect(await act('ada', { ...command, line: '/plans' })).toBe(
      '/plans failed with the error "dispatch_failed"',
    )
  })

  it('turns a user group off with its last member, as Slack keeps none empty', async () => {
    const door = { act: 'set door', door: workspace.supporters, member: workspace.members[0] }
    const group = () => slack.usergroup(workspace.team, workspace.supporters)
    expect(await act('vera', { ...door, isIn: true })).toBe('')
    expect(group()).toMatchObject({ users: [workspace.members[0]], disabled: false })
    expect(await act('vera', { ...door, isIn: false })).toBe('')
    expect(group().disabled).toBe(true)
    expect(await act('vera', { ...door, isIn: true })).toBe('')
    expect(group().disabled).toBe(false)
    expect(await act('vera', { ...door, isIn: false })).toBe('')
  })
})

describe('a file from the bot', () => {
  it('is drawn where it was put, and can be fetched', async () => {
    const upload = await asBot('files.getUploadURLExternal', { filename: 'members.csv', length: 5 })
    await fetch(String(upload.upload_url), { method: 'POST', body: 'a,b,c' })
    const files = [{ id: upload.file_id, title: 'Members' }]
    await asBot('files.completeUploadExternal', { files, channel_id: workspace.lounge })
    const file = await fetch(`${url}playground/slack/files/${upload.file_id}`)
    expect(file.headers.get('content-disposition')).toContain('members.csv')
    expect(await file.text()).toBe('a,b,c')
    expect((await fetch(`${url}playground/slack/files/F0`)).status).toBe(404)
  })
})

describe.skipIf(isWithoutBrowser)('what is written in the workspace, in a browser', () => {
  const browser = useBrowser()
  const plain = (text: string) => ({ type: 'plain_text', text })
  const button = (id: string, more: object = {}) => ({
    type: 'button',
    action_id: id,
    text: plain(id),
    ...more,
  })
  const options = ['Red', 'Green'].map(color => ({ text: plain(color), value: color.toLowerCase() }))
  const markup = [
    '*bold* _leaned_ ~struck~ `a*b*c` snake_case_name 2*3*4 &lt;b&gt; \u200b*\u200bnot bold\u200b*\u200b',
    '&gt; said',
    '<https://example.com/|a link> <javascript:alert(1)|no link> <!here> <!date^1000000000^{date_short}|then>',
  ].join('\n')

  it('is drawn in every part, with menus and buttons that reach the bot', async () => {
    const { members, channel, lounge, supporters } = workspace
    const mentions = `<@${members[0]}> <#${lounge}> <#${channel}> <!subteam^${supporters}>`
    const blocks = [
      { type: 'header', text: plain('A *header*') },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: `${markup}\n${mentions}` },
        accessory: button('Side'),
      },
      { type: 'section', fields: [plain('*one*'), { type: 'mrkdwn', text: '*two*' }] },
      { type: 'divider' },
      {
        type: 'image',
        title: plain('A picture'),
        image_url: 'https://example.com/a.png',
        alt_text: 'a rope',
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: '_quietly_' }] },
      {
        type: 'actions',
        elements: [
          button('Go', { style: 'primary' }),
          button('Stop', { style: 'danger' }),
          button('Read', { url: 'https://example.com/read' }),
          { type: 'static_select', action_id: 'color', placeholder: plain('Choose a colour'), options },
        ],
      },
    ]
    await asBot('chat.postMessage', { channel: lounge, text: 'parts', blocks })
    const { page, troubles } = await browser.visit(url, { colorScheme: 'dark' })
    await page.getByRole('button', { name: 'Slack', exact: true }).click()
    await page.getByRole('button', { name: /^lounge/ }).click()
    const message = page.locator('[data-message]', { hasText: 'A *header*' })
    await message.waitFor()
    expect(await message.locator('strong').allTextContents()).toEqual(expect.arrayContaining(['bold', 'two']))
    expect(await message.locator('em').allTextContents()).toEqual(['leaned', 'quietly'])
    expect(await message.locator('code').allTextContents()).toEqual(['a*b*c'])
    expect(await message.locator('blockquote').allTextContents()).toEqual(['said'])
    const words = await message.textContent()
    for (const each of ['snake_case_name 2*3*4 <b>', 'no link', '@here', 'Sep 9, 2001', '*one*'])
      expect(words).toContain(each)
    for (const each of ['@Ada', '🔒lounge', '#general', '@supporters']) expect(words).toContain(each)
    expect(
      await message.locator('a').evaluateAll(links => links.map(link => link.getAttribute('href'))),
    ).toEqual(['https://example.com/', 'https://example.com/read'])
    await page.getByRole('link', { name: 'Members 5 bytes' }).waitFor()
    await picture(page, 'playground-slack-message')

    await slack.connect({ interactivity: `${slack.url}/nowhere` })
    const sent = () => slack.deliveries().map(({ body }) => new URLSearchParams(body).get('payload') ?? '')
    await message.getByRole('combobox', { name: 'Choose a colour' }).selectOption('green')
    await expect.poll(() => sent().some(body => body.includes('"selected_option"'))).toBe(true)
    await page.getByText('This app responded with an error').first().waitFor()
    await message.getByRole('button', { name: 'Side' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => sent().some(body => body.includes('"Side"'))).toBe(true)
    slack.disconnect()
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('stays text when a person writes it, and a name becomes a mention', async () => {
    const { page, troubles } = await browser.visit(url)
    await page.getByRole('button', { name: 'Slack', exact: true }).click()
    await page.getByRole('radio', { name: 'Ben' }).click()
    const box = page.getByRole('combobox', { name: /^Message #general/ })
    const words = '<img src=x onerror="document.title=1"> <b>bold</b> @ada'
    await box.fill(words)
    await box.press('Escape')
    await box.press('Enter')
    const message = page.locator('[data-message]', { hasText: 'onerror' })
    await message.waitFor()
    expect(await message.textContent()).toContain(words.replace('@ada', '@Ada'))
    expect(await message.locator('img[src=x], b').count()).toBe(0)
    expect(await message.locator('.sl-mention').allTextContents()).toEqual(['@Ada'])
    expect(await page.title()).toBe('Velvet Rope playground')
    await page.context().close()
    expect(troubles).toEqual([])
  })
})
