import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { isWithoutBrowser, picture, useBrowser, type Visit } from './support/browser.ts'

const be = (page: Page, name: string) => page.getByRole('radio', { name }).click()
const box = (page: Page) => page.getByRole('combobox', { name: /^Message #/ })
const messages = (page: Page) => page.locator('discord-message')

/** Types a line into the command box as the open player, and sends it. */
async function type(page: Page, line: string): Promise<void> {
  await box(page).fill(line)
  await box(page).press('Enter')
}

/** Follows the newest link of that name, a button or in a text, into the page that it opens. */
async function follow(page: Page, label: string): Promise<Page> {
  const link = page.getByRole('link', { name: label }).last()
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()])
  await opened.waitForLoadState()
  return opened
}

describe.skipIf(isWithoutBrowser)('the playground, in a browser', () => {
  const browser = useBrowser()
  let folder: string
  let app: App
  let url: string
  let visit: Visit

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'velvet-'))
    const config = readConfig({
      PORT: '0',
      STORE_URL: `sqlite://${join(folder, 'sandbox.sqlite')}`,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    })
    app = await startApp(config, createLog(config.logLevel))
    url = `http://localhost:${new URL(app.url).port}/`
    visit = await browser.visit(url, { colorScheme: 'light' })
  })
  afterAll(async () => {
    await visit?.page.context().close()
    await app?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('greets a first visit with what to try, and shows who is there', async () => {
    const { page } = visit
    await page.getByRole('heading', { name: 'Welcome behind the rope' }).waitFor()
    await page.locator('[data-group=Online] [data-member=ada]').waitFor()
    await page.getByText('No customer yet').waitFor()
    await picture(page, 'playground-1-first-visit')
  })

  it('begins a first visit at the top on a phone too, however often it is drawn anew', async () => {
    const { page } = await browser.visit(url, { viewport: { width: 390, height: 844 }, isMobile: true })
    await messages(page).last().waitFor()
    const clock = page.locator('.clock time').first()
    const began = await clock.textContent()
    await expect.poll(() => clock.textContent(), { timeout: 5000 }).not.toBe(began)
    const [welcome, head] = await Promise.all([
      page.getByRole('heading', { name: 'Welcome behind the rope' }).boundingBox(),
      page.getByRole('heading', { name: 'general' }).boundingBox(),
    ])
    expect(welcome?.y ?? 0).toBeGreaterThan((head?.y ?? 0) + (head?.height ?? 0))
    await picture(page, 'playground-phone-first-visit')
    await page.context().close()
  })

  it('lets the admin choose what members get, from the chip of the first step', async () => {
    const { page } = visit
    await page.getByRole('button', { name: '/premium role role:@Premium' }).click()
    await box(page).press('Enter')
    await messages(page).filter({ hasText: 'Every plan' }).waitFor()
    await page.locator('discord-command[command="premium role"]').waitFor()
    await page.locator('.step.done', { hasText: 'As Vera' }).waitFor()
    await picture(page, 'playground-2-role-set')
  })

  it('offers the plans to a member, who subscribes by a button', async () => {
    const { page } = visit
    await page.getByRole('button', { name: '/plans' }).click()
    await page.getByRole('radio', { name: 'Ada', checked: true }).waitFor()
    await box(page).press('Enter')
    await messages(page).filter({ hasText: '$10.00 / month' }).waitFor()
    await picture(page, 'playground-3-plans')
    await page.locator('discord-button', { hasText: 'Subscribe: Basic' }).click()
    await messages(page).filter({ hasText: 'Almost there' }).waitFor()
    expect(await page.locator('[data-group=Premium]').count()).toBe(0)
    await page.getByRole('article', { name: 'Customer Ada' }).waitFor()
  })

  it('lets them pay on the hosted page, welcomes them, and shows the role arrive', async () => {
    const { page } = visit
    const checkout = await follow(page, 'Pay on Stripe')
    await checkout.getByText('Works here: VELVET').waitFor()
    await picture(checkout, 'playground-4-checkout')
    await checkout.getByRole('button', { name: 'Subscribe', exact: true }).click()
    await checkout.locator('.done').waitFor()
    await picture(checkout, 'playground-5-welcome')

    await page.locator('[data-group=Premium] [data-member=ada]').waitFor()
    await page.getByRole('article', { name: 'Customer Ada' }).getByText('active', { exact: true }).waitFor()
    await page.locator('.delivery', { hasText: 'invoice.paid' }).getByText('200', { exact: true }).waitFor()
    await page.getByRole('button', { name: /behind-the-rope/ }).waitFor()
    await page.getByRole('button', { name: /Velvet Rope 1 unread/ }).waitFor()
    await picture(page, 'playground-6-role')

    await checkout.getByRole('link', { name: /^Back to/ }).click()
    await checkout.getByRole('radio', { name: 'Ada', checked: true }).waitFor()
    await checkout.close()
  })

  it('tells the admin that all is well, the way of the events included', async () => {
    const { page } = visit
    await be(page, 'Vera')
    await type(page, '/premium status')
    const status = messages(page).filter({ hasText: 'All is well' })
    await status.filter({ hasText: 'Stripe sends every event that is needed to http://localhost' }).waitFor()
    await be(page, 'Ada')
  })

  it('begins a later visit at the newest message, though the hint is still there', async () => {
    const { page } = await browser.visit(url, { viewport: { width: 1280, height: 480 } })
    const last = messages(page).last()
    await last.waitFor({ state: 'attached' })
    const end = async () => {
      const { y = 9999, height = 0 } = (await last.boundingBox()) ?? {}
      return y + height
    }
    await expect.poll(end).toBeLessThan(480)
    expect(await page.getByRole('heading', { name: 'Welcome behind the rope' }).count()).toBe(1)
    await page.context().close()
  })

  it('keeps what the bot wrote in direct messages apart, until it is read', async () => {
    const { page } = visit
    await page.getByRole('button', { name: /Velvet Rope 1 unread/ }).click()
    await messages(page).filter({ hasText: 'Welcome to the members' }).waitFor()
    expect(await page.getByRole('button', { name: /1 unread/ }).count()).toBe(1)
    await page.getByRole('button', { name: 'general' }).click()
  })

  it('shows the billing, and the member cancels in the portal', async () => {
    const { page } = visit
    await type(page, '/billing')
    await messages(page).filter({ hasText: 'renews on' }).last().waitFor()
    await picture(page, 'playground-7-billing')
    const portal = await follow(page, 'Manage on Stripe')
    await portal.getByRole('link', { name: 'Cancel subscription' }).click()
    await portal.getByRole('button', { name: 'Cancel subscription' }).click()
    await portal.getByText('Your subscription was cancelled.').waitFor()
    await picture(portal, 'playground-8-portal')
    await portal.close()
    await page.locator('.subscription', { hasText: 'ends ' }).waitFor()
    await page.locator('[data-group=Premium] [data-member=ada]').waitFor()
  })

  it('moves the clock a month: the membership ends, and the role goes', async () => {
    const { page } = visit
    await page.getByRole('button', { name: '+1 month', exact: true }).last().click()
    await page.getByText(/days ahead of this machine/).waitFor()
    await page.locator('.subscription', { hasText: 'ended ' }).waitFor()
    await page.locator('[data-group=Online] [data-member=ada]').waitFor()
    expect(await page.locator('[data-group=Premium]').count()).toBe(0)
    await page.getByRole('button', { name: /Velvet Rope 1 unread/ }).click()
    await messages(page).filter({ hasText: 'has ended' }).waitFor()
    await picture(page, 'playground-9-ended')
    await page.getByRole('button', { name: 'general' }).click()
  })

  it('says so when somebody types what they may not use, and keeps what they typed', async () => {
    const { page } = visit
    await type(page, '/premium role role:@Premium')
    await page
      .getByRole('alert')
      .filter({ hasText: /premium/ })
      .waitFor()
    expect(await box(page).inputValue()).toBe('/premium role role:@Premium')
    expect(await page.getByText(/No command here is called/).count()).toBe(1)
    await box(page).fill('')
  })

  it('shows what people write as text and never as markup of the page', async () => {
    const { page } = visit
    await be(page, 'Ben')
    const words = '<img src=x onerror="document.title=1"> <b>bold</b>'
    await type(page, words)
    const message = messages(page).filter({ hasText: 'onerror' })
    await message.waitFor()
    expect(await message.textContent()).toContain(words)
    expect(await message.locator('img[src=x], b').count()).toBe(0)
    expect(await page.title()).toBe('Velvet Rope playground')
  })

  it("gives the admin hands: a member's roles, a kick, and what that does to the page", async () => {
    const { page } = visit
    await be(page, 'Vera')
    await page.locator('[data-member=ben]').click()
    await page.getByRole('dialog').getByRole('checkbox', { name: 'Patron' }).check()
    await page.locator('[data-group=Patron] [data-member=ben]').waitFor()
    await page.getByRole('button', { name: 'Kick Ben' }).click()
    await page.getByRole('heading', { name: 'They have left' }).waitFor()
    await page.keyboard.press('Escape')
    await be(page, 'Ben')
    await page.getByRole('heading', { name: 'You are not in this server' }).waitFor()
    await page.getByRole('button', { name: 'Join The Velvet Lounge' }).click()
    await box(page).waitFor()
    await page.locator('[data-group=Online] [data-member=ben]').waitFor()
  })

  it('works from the keyboard alone', async () => {
    const { page } = visit
    await be(page, 'Vera')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('radio', { name: 'Ada', checked: true }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('option', { name: /^\/plans/ }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('listbox').isVisible()).toBe(false)
    await page.keyboard.type('subs')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: /Membership: Pro/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await box(page).inputValue()).toMatch(/^\/subscribe plan:\w+ $/)
    const before = await messages(page).count()
    await page.keyboard.press('Enter')
    await expect.poll(() => messages(page).count()).toBeGreaterThan(before)
    await messages(page).last().getByRole('link', { name: 'Pay on Stripe' }).waitFor()
    // Backwards from the box: the note's own "Dismiss message", its buttons, the messages.
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => messages(page).count()).toBe(before)
    await page.reload()
    await messages(page).last().waitFor()
    expect(await messages(page).count()).toBe(before)
  })

  it('fits a phone, where the panels become tabs, in the dark', async () => {
    const { page, troubles } = await browser.visit(url, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    })
    await box(page).waitFor()
    await picture(page, 'playground-phone-chat')
    await page.getByRole('button', { name: 'Server', exact: true }).click()
    await page.locator('[data-member=ada]').waitFor()
    expect(await box(page).isVisible()).toBe(false)
    await picture(page, 'playground-phone-server')
    await page.getByRole('button', { name: 'Stripe', exact: true }).click()
    await page.getByRole('button', { name: '+1 day' }).waitFor()
    await picture(page, 'playground-phone-stripe')
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('reached nothing but this machine, and broke no rule of its own', () => {
    expect(visit.troubles).toEqual([])
  })
})
