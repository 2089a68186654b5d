import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWithoutBrowser, picture, useBrowser } from './support/browser.ts'
import {
  type LonelyPlayground,
  registerCommand,
  servePlayground,
  writeMessage,
} from './support/playground.ts'

let lonely: LonelyPlayground
beforeAll(async () => {
  lonely = await servePlayground(150)
})
afterAll(() => lonely.close())

/** Asks with headers that `fetch` would not send. */
function ask(method: string, path: string, headers: Record<string, string>, body = '') {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: lonely.port, method, path, headers },
        async response => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: await text(response) })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    },
  )
}

describe('the playground answers only to itself, for it can act as anybody', () => {
  const say = JSON.stringify({ act: 'say', text: 'hello from Ada' })
  const spoken = () =>
    lonely.discord.messages(lonely.lounge.channel).filter(({ content }) => content === 'hello from Ada')
  const post = (headers: Record<string, string>) => {
    const body = JSON.stringify({ ...JSON.parse(say), channel: lonely.lounge.channel })
    const length = String(Buffer.byteLength(body))
    const all = { 'content-type': 'application/json', 'content-length': length, ...headers }
    return ask('POST', '/playground/discord/as/ada', all, body)
  }

  it('refuses a name that is not this machine’s own, as a rebound one would be', async () => {
    for (const path of ['/', '/playground/live?chat=discord&as=vera', '/playground/client.js'])
      expect((await ask('GET', path, { host: `evil.example:${lonely.port}` })).status, path).toBe(403)
    expect((await ask('GET', '/', { host: `localhost.evil.example:${lonely.port}` })).status).toBe(403)
  })

  it('refuses acts that another site began, or that name no origin at all', async () => {
    const host = `localhost:${lonely.port}`
    expect((await post({ host })).status).toBe(403)
    expect((await post({ host, origin: 'http://evil.example' })).status).toBe(403)
    expect((await post({ host, origin: 'null' })).status).toBe(403)
    expect((await post({ host, origin: 'http://localhost:1' })).status).toBe(403)
    const rebound = `evil.example:${lonely.port}`
    expect((await post({ host: rebound, origin: `http://${rebound}` })).status).toBe(403)
    expect(spoken()).toHaveLength(0)
    expect((await post({ host, origin: `http://${host}` })).status).toBe(200)
    expect(spoken()).toHaveLength(1)
  })

  it('keeps other sites from loading what is behind the page, but lets them link to it', async () => {
    const host = `localhost:${lonely.port}`
    const foreign = { host, 'sec-fetch-site': 'cross-site' }
    expect((await ask('GET', '/playground/client.js', foreign)).status).toBe(403)
    expect((await ask('GET', '/', foreign)).status).toBe(200)
  })

  it('tells the browser to reach nothing but the page’s own origin', async () => {
    const { headers } = await ask('GET', '/', { host: `127.0.0.1:${lonely.port}` })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/https?:/)
  })

  it('answers nonsense with a sentence', async () => {
    const host = `localhost:${lonely.port}`
    const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' }
    for (const body of ['{}', '{"act":"kick"}', '{"act":"advance","by":"eternity"}'])
      for (const path of ['/playground/discord/as/nobody', '/playground/stripe'])
        expect(
          JSON.parse((await ask('POST', path, headers, body)).text).problem,
          `${path} ${body}`,
        ).toContain("can't be done")
    expect((await ask('POST', '/playground/stripe', headers, '{nonsense')).status).toBe(400)
    expect((await ask('GET', '/playground/discord/files/1', { host })).status).toBe(404)
  })
})

describe.skipIf(isWithoutBrowser)('the playground, when something fails', () => {
  const browser = useBrowser()

  it('says that the bot does not answer, and keeps the line', async () => {
    await registerCommand(lonely.discord, 'wait')
    const { page, troubles } = await browser.visit(`http://localhost:${lonely.port}/`)
    await page.getByText('Velvet Rope is not connected').waitFor()
    const box = page.getByRole('combobox', { name: /^Message #/ })
    await box.fill('/wait')
    await box.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'The application did not respond' }).waitFor()
    expect(await box.inputValue()).toBe('/wait')
    await picture(page, 'playground-no-answer')
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('draws every part of a message, whose menu works by mouse and by keyboard', async () => {
    const { discord, lounge } = lonely
    const options = ['Red', 'Green', 'Blue'].map(label => ({ label, value: label.toLowerCase() }))
    await writeMessage(discord, lounge.channel, {
      content:
        '**bold** _leaned_ `code` <@&1> [a link](https://example.com/) <javascript:alert(1)> \\*plain\\*\n- one\n> said\n```\nmany\nlines\n```',
      embeds: [
        {
          title: 'A \\_title\\_',
          description: '<t:0:D>',
          fields: [{ name: 'n', value: 'v', inline: true }],
          footer: { text: 'the end' },
        },
      ],
      components: [
        { type: 1, components: [{ type: 3, custom_id: 'color', placeholder: 'Choose a colour', options }] },
        { type: 1, components: [{ type: 2, style: 4, label: 'Danger', custom_id: 'x', disabled: true }] },
      ],
    })
    const { page, troubles } = await browser.visit(`http://localhost:${lonely.port}/`)
    const message = page.locator('discord-message', { hasText: 'bold' })
    const menu = message.getByRole('combobox', { name: 'Choose a colour' })
    const chosen = () =>
      discord
        .interactions()
        .flatMap(({ payload }) => ('values' in (payload.data ?? {}) ? JSON.stringify(payload.data) : []))
    await menu.click()
    await message.getByRole('option').filter({ hasText: 'Green' }).click()
    await expect.poll(chosen).toHaveLength(1)
    await page.getByText('The application did not respond').waitFor()
    await menu.focus()
    await page.keyboard.press('Enter')
    await picture(page, 'playground-message')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    // Around an inline box that holds blocks no outline would be drawn.
    expect(await page.evaluate('getComputedStyle(document.activeElement).display')).toBe('block')
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await page.keyboard.press('Enter')
    await expect.poll(chosen).toHaveLength(2)
    expect(chosen().map(data => JSON.parse(data).values)).toEqual([['green'], ['blue']])
    expect(
      await message.locator('a').evaluateAll(links => links.map(link => link.getAttribute('href'))),
    ).toEqual(['https://example.com/'])
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('says that the connection is lost, and is up to date as soon as it is back', async () => {
    const { page } = await browser.visit(`http://localhost:${lonely.port}/`)
    await page.locator('[data-group=Online] [data-member=ada]').waitFor()
    await lonely.unplug()
    await page.getByText('Connection lost').waitFor()
    await picture(page, 'playground-lost')
    await page.getByRole('button', { name: '+1 day' }).click()
    const refusal = page.getByRole('complementary', { name: 'What Stripe sees' }).getByRole('alert')
    await refusal.filter({ hasText: 'does not answer' }).waitFor()
    const box = page.getByRole('combobox', { name: /^Message #/ })
    await box.fill('is anybody there?')
    await box.press('Enter')
    const chat = page.getByRole('region', { name: '#general' })
    await chat.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor()
    const { guild, members } = lonely.lounge
    const premium = [...lonely.discord.guild(guild).roles.values()].find(({ name }) => name === 'Premium')
    lonely.discord.setRoles(guild, members[0], [premium?.id ?? ''])
    await lonely.plugIn()
    await page.locator('[data-group=Premium] [data-member=ada]').waitFor()
    expect(await page.getByText('Connection lost').isVisible()).toBe(false)
    expect(await refusal.isVisible()).toBe(false)
    await page.context().close()
  })

  it('puts a box back that could not be set', async () => {
    const { page } = await browser.visit(`http://localhost:${lonely.port}/`)
    await page.locator('[data-member=ben]').click()
    const box = page.getByRole('dialog').getByRole('checkbox', { name: 'Patron' })
    await lonely.unplug()
    await box.click()
    await page.getByText('The sandbox does not answer').waitFor()
    await expect.poll(() => box.isChecked()).toBe(false)
    await lonely.plugIn()
    await page.context().close()
  })
})
