import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** True where there is no browser; what needs one is left out then, and says so. */
export const isWithoutBrowser = !existsSync(executablePath)
if (isWithoutBrowser)
  process.stderr.write(`left out: the tests in a browser, since there is no ${executablePath}\n`)

/** A page, and what went wrong on it so far: errors, and requests that left this machine. */
export interface Visit {
  page: Page
  troubles: string[]
}

/** A browser for the tests of one file. */
export function useBrowser() {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (isWithoutBrowser) return
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    browser = await chromium.launch({ executablePath, args })
    await mkdir('artifacts', { recursive: true })
  }, 60_000)
  afterAll(() => browser?.close())

  return {
    async visit(url: string, options: BrowserContextOptions = {}): Promise<Visit> {
      if (!browser) throw new Error('there is no browser')
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-US',
        reducedMotion: 'reduce',
        ...options,
      })
      context.setDefaultTimeout(15_000)
      const troubles: string[] = []
      context.on('request', request => {
        const { hostname, protocol } = new URL(request.url())
        if (protocol !== 'data:' && hostname !== 'localhost' && hostname !== '127.0.0.1')
          troubles.push(`reached ${request.url()}`)
      })
      context.on('weberror', error => troubles.push(error.error().message))
      context.on('console', message => {
        if (message.type() === 'error' && !message.text().includes('ERR_CONNECTION_REFUSED'))
          troubles.push(message.text())
      })
      const page = await context.newPage()
      await page.goto(url)
      return { page, troubles }
    },
  }
}

/** Keeps a picture of the page for whoever looks at the run, and checks that the page is no wider than the screen. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `artifacts/${name}.png` })
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0)
}
