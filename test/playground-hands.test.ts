import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWithoutBrowser, picture, useBrowser } from './support/browser.ts'
import { type LonelyPlayground, servePlayground, writeMessage } from './support/playground.ts'

/** What the focus is on, by the mark that stays the same when it is drawn anew. */
const focused = (page: Page) =>
  page.evaluate("document.activeElement.dataset.member ?? document.activeElement.dataset.key ?? ''")

const button = (label: string) => ({
  type: 1,
  components: [{ type: 2, style: 1, label, custom_id: label.toLowerCase() }],
})

describe.skipIf(isWithoutBrowser)('the playground, in the hand and from the keyboard', () => {
  const browser = useBrowser()
  let lonely: LonelyPlayground
  let url: string
  beforeAll(async () => {
    lonely = await servePlayground(150)
    url = `http://localhost:${lonely.port}/`
  })
  afterAll(() => lonely.close())

  it('gives the focus back to what opened a window, though it was drawn anew meanwhile', async () => {
    const { page } = await browser.visit(url)
    await page.locator('[data-member=ben]').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('checkbox', { name: 'Patron' }).press('Space')
    await page.locator('[data-group=Patron] [data-member=ben]').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => focused(page)).toBe('ben')
    await page.context().close()
  })

  it('leaves the focus beside a button that can be pressed no more', async () => {
    const { page } = await browser.visit(url)
    await page.getByRole('button', { name: 'Roles' }).press('Enter')
    await page.getByRole('button', { name: 'Move Velvet Rope up' }).press('Enter')
    await page.getByRole('button', { name: 'Move Velvet Rope up', disabled: true }).waitFor()
    expect(await focused(page)).toMatch(/^down-/)
    await page.context().close()
  })

  it('fits long labels and menus to a small phone, with targets that a finger can hit', async () => {
    const options = ['Red', 'Green'].map(label => ({ label, value: label.toLowerCase() }))
    await writeMessage(lonely.discord, lonely.lounge.channel, {
      content: 'choose',
      components: [
        { type: 1, components: [{ type: 3, custom_id: 'color', placeholder: 'Choose a colour', options }] },
        button('Change to the membership of patrons, $30.00 / month'),
      ],
    })
    const phone = { viewport: { width: 360, height: 720 }, isMobile: true, hasTouch: true }
    const { page } = await browser.visit(url, phone)
    const message = page.locator('discord-message', { hasText: 'choose' })
    await message.waitFor()
    await message.scrollIntoViewIfNeeded()
    await picture(page, 'playground-phone-menus')
    for (const part of [message.getByRole('combobox'), message.getByRole('button', { name: /^Change/ })]) {
      const { x = 0, width = 0, height = 0 } = (await part.boundingBox()) ?? {}
      expect(x + width).toBeLessThanOrEqual(360)
      expect(height).toBeGreaterThanOrEqual(36)
    }
    await page.context().close()
  })

  it('keeps the focus and the place in the talk when the oldest of many messages makes room', async () => {
    const { discord, lounge } = lonely
    const ada = discord.as(lounge.members[0], lounge.guild, lounge.channel)
    const talk = (times: number) => Array.from({ length: times }, () => ada.sendMessage('Go on.'))
    talk(60)
    await writeMessage(discord, lounge.channel, { content: 'Really?', components: [button('Nod')] })
    talk(60)
    const { page } = await browser.visit(url)
    const nod = page.locator('discord-message', { hasText: 'Really?' }).locator('discord-button button')
    await nod.scrollIntoViewIfNeeded()
    await nod.focus()
    const key = await focused(page)
    const before = await nod.boundingBox()
    ada.sendMessage('One more.')
    await page.locator('discord-message', { hasText: 'One more.' }).waitFor({ state: 'attached' })
    expect(await focused(page)).toBe(key)
    expect(Math.abs(((await nod.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2)
    await page.context().close()
  })
})
