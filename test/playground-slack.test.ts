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
const messages = (page: Page) => page.locator('[data-message]')
const door = (page: Page, handle: string, name: string) =>
  page.locator(`[data-member=${handle}] [data-door="${name}"]`)

/** Opens the workspace's tab. */
const openSlack = (page: Page) => page.getByRole('button', { name: 'Slack', exact: true }).click()

/** Types a line into the command box as the open player, and sends it. */
async function type(page: Page, line: string): Promise<void> {
  await box(page).fill(line)
  await box(page).press('Enter')
}

/** Follows a link button of the newest message into the page that it opens. */
async function follow(page: Page, label: string): Promise<Page> {
  const link = messages(page).last().getByRole('link', { name: label })
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()])
  await opened.waitForLoadState()
  return opened
}

describe.skipIf(isWithoutBrowser)('the playground’s Slack workspace, in a browser', () => {
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

  it('is a tab beside the Discord server, and is open again at the next visit', async () => {
    const { page } = visit
    await openSlack(page)
    await page.locator('.server.slack').getByRole('heading', { name: 'The Velvet Lounge' }).waitFor()
    await page.reload()
    await page.getByText('The same bot, in Slack').waitFor()
    await door(page, 'vera', '#lounge').waitFor()
    await picture(page, 'playground-slack-1-first-visit')
  })

  it('lets the owner choose the private channel, from the chip of the first step', async () => {
    const { page } = visit
    await page.getByRole('button', { name: '/premium role #lounge' }).click()
    await box(page).press('Enter')
    const answer = messages(page).filter({ hasText: 'Every plan' })
    await answer.getByText('Only visible to you').waitFor()
    await page.locator('.step.done', { hasText: 'As Vera' }).waitFor()
    await picture(page, 'playground-slack-2-role-set')
  })

  it('offers the plans to a member, who subscribes by a button', async () => {
    const { page } = visit
    await page.getByRole('button', { name: '/plans' }).click()
    await page.getByRole('radio', { name: 'Ada', checked: true }).waitFor()
    await box(page).press('Enter')
    const plans = messages(page).filter({ hasText: '$10.00 / month' })
    await plans.waitFor()
    expect(await page.locator('nav[aria-label=Channels]').getByText('lounge').count()).toBe(0)
    await picture(page, 'playground-slack-3-plans')
    await plans.getByRole('button', { name: 'Subscribe: Basic' }).click()
    await messages(page).filter({ hasText: 'Almost there' }).waitFor()
    await page.getByRole('article', { name: 'Customer Ada Slack' }).waitFor()
  })

  it('lets them pay on the hosted page, welcomes them, and shows the channel appear', async () => {
    const { page } = visit
    const checkout = await follow(page, 'Pay on Stripe')
    await checkout.getByRole('button', { name: 'Subscribe', exact: true }).click()
    await checkout.locator('.done').waitFor()
    await picture(checkout, 'playground-slack-4-welcome')

    await door(page, 'ada', '#lounge').waitFor()
    await page.getByRole('button', { name: 'Velvet Rope 1 unread' }).waitFor()
    await page
      .getByRole('article', { name: 'Customer Ada Slack' })
      .getByText('active', { exact: true })
      .waitFor()
    await page.getByRole('button', { name: /^lounge/ }).waitFor()
    await picture(page, 'playground-slack-5-opened')
    await page.getByRole('button', { name: /^lounge/ }).click()
    await messages(page).filter({ hasText: 'You made it' }).waitFor()
    await picture(page, 'playground-slack-6-lounge')

    await checkout.getByRole('link', { name: /^Back to/ }).click()
    await checkout.getByRole('radio', { name: 'Ada', checked: true }).waitFor()
    await checkout.locator('.server.slack').waitFor()
    await checkout.close()
  })

  it('shows the welcome in the app’s messages, and the membership on its Home', async () => {
    const { page } = visit
    await page.getByRole('button', { name: 'Velvet Rope 1 unread' }).click()
    await messages(page).filter({ hasText: 'Welcome to the members' }).waitFor()
    await page.getByRole('button', { name: 'Home', exact: true }).click()
    const home = page.getByRole('region', { name: 'Home' })
    await home.getByText('renews on').waitFor()
    await home.getByText('Basic (yours)').waitFor()
    await picture(page, 'playground-slack-7-home')
    await page.getByRole('button', { name: 'Messages', exact: true }).click()
    await messages(page).last().getByRole('button', { name: '#lounge' }).first().click()
    await messages(page).filter({ hasText: 'You made it' }).waitFor()
    await page.getByRole('button', { name: /^general/ }).click()
  })

  it('shows the billing, and the member cancels in the portal', async () => {
    const { page } = visit
    await type(page, '/billing')
    await messages(page).filter({ hasText: 'renews on' }).last().waitFor()
    await picture(page, 'playground-slack-8-billing')
    const portal = await follow(page, 'Manage on Stripe')
    await portal.getByRole('link', { name: 'Cancel subscription' }).click()
    await portal.getByRole('button', { name: 'Cancel subscription' }).click()
    await portal.getByText('Your subscription was cancelled.').waitFor()
    await portal.close()
    await page.locator('.subscription', { hasText: 'ends ' }).waitFor()
    await door(page, 'ada', '#lounge').waitFor()
  })

  it('moves the clock a month: the membership ends, and the channel closes', async () => {
    const { page } = visit
    await page.getByRole('button', { name: '+1 month', exact: true }).last().click()
    await page.locator('.subscription', { hasText: 'ended ' }).waitFor()
    await door(page, 'ada', '#lounge').waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: /^lounge/ }).count()).toBe(0)
    await page.getByRole('button', { name: 'Velvet Rope 1 unread' }).click()
    await messages(page).filter({ hasText: 'has ended' }).waitFor()
    await picture(page, 'playground-slack-9-ended')
    await page.getByRole('button', { name: /^general/ }).click()
  })

  it('tells a member who may not set it up, and keeps the bot in step with what the owner does by hand', async () => {
    const { page } = visit
    await type(page, '/premium role #lounge')
    await messages(page).filter({ hasText: 'Only admins' }).waitFor()
    await be(page, 'Vera')
    await page.getByRole('button', { name: 'Workspace settings' }).click()
    await page.getByRole('dialog').getByRole('switch', { name: 'On a paid Slack plan' }).uncheck()
    await page.keyboard.press('Escape')
    await type(page, '/premium role @supporters')
    await messages(page)
      .filter({ hasText: /can't be sold yet/ })
      .waitFor()
    await page.locator('[data-member=ben]').click()
    await page.getByRole('dialog').getByRole('checkbox', { name: '#lounge' }).check()
    await door(page, 'ben', '#lounge').waitFor()
    await picture(page, 'playground-slack-profile')
    await page.getByRole('button', { name: "Deactivate Ben's account" }).click()
    await page.getByRole('button', { name: "Activate Ben's account" }).waitFor()
    await door(page, 'ben', '#lounge').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await be(page, 'Ben')
    await page.getByRole('heading', { name: 'Your account is deactivated' }).waitFor()
    await page.getByRole('button', { name: 'Come back' }).click()
    await box(page).waitFor()
  })

  it('works from the keyboard alone', async () => {
    const { page } = visit
    await be(page, 'Vera')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('radio', { name: 'Ada', checked: true }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('option', { name: /^\/premium role/ }).waitFor()
    await picture(page, 'playground-slack-completion')
    await page.keyboard.type('pla')
    await page.keyboard.press('Enter')
    expect(await box(page).inputValue()).toBe('/plans')
    const before = await messages(page).count()
    await page.keyboard.press('Enter')
    await expect.poll(() => messages(page).count()).toBeGreaterThan(before)
    await messages(page).last().getByRole('button', { name: 'Dismiss this message' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => messages(page).count()).toBe(before)
  })

  it('fits a phone, in the dark, and keeps both chats a thumb apart', async () => {
    const { page, troubles } = await browser.visit(url, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    })
    await openSlack(page)
    await be(page, 'Ada')
    await box(page).waitFor()
    await picture(page, 'playground-slack-phone-chat')
    await page.getByRole('button', { name: 'Hide what to try' }).click()
    const before = await messages(page).count()
    await type(page, '/plans')
    await expect.poll(() => messages(page).count()).toBeGreaterThan(before)
    await picture(page, 'playground-slack-phone-plans')
    await messages(page).last().getByRole('button', { name: 'Subscribe: Patron' }).click({ trial: true })
    await page.getByRole('button', { name: 'Workspace', exact: true }).click()
    await page.locator('[data-member=ada]').waitFor()
    expect(await box(page).isVisible()).toBe(false)
    await picture(page, 'playground-slack-phone-workspace')
    await page
      .locator('nav[aria-label=Channels]')
      .getByRole('button', { name: /^Velvet Rope/ })
      .click()
    await page.getByRole('button', { name: 'Home', exact: true }).click()
    await page.getByText('Your billing').waitFor()
    await picture(page, 'playground-slack-phone-home')
    await page.getByRole('button', { name: 'Discord', exact: true }).click()
    await page.locator('discord-message').first().waitFor()
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('broke no rule of its own, and reached nothing but this machine', () => {
    expect(visit.troubles).toEqual([])
  })
})
