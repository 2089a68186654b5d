import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { type App, startApp } from '../../src/app.ts'
import { createStarter } from '../../src/billing/starter.ts'
import { createAsk, createStripe, stripeApiVersion } from '../../src/billing/stripe.ts'
import { webhookEvents } from '../../src/billing/webhook.ts'
import { loadCommands } from '../../src/commands.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { slackManifest } from '../../src/platforms/slack/manifest.ts'
import { type Clock, createClock } from '../../src/sandbox/clock.ts'
import {
  createSlackStandIn,
  type Invocation,
  type Message,
  type SlackStandIn,
  type SlackStandInOptions,
  type View,
} from '../../src/sandbox/slack/index.ts'
import { createStripeStandIn, type StripeStandIn } from '../../src/sandbox/stripe/index.ts'
import { until } from './until.ts'

/** The bot between a Slack and a Stripe on this machine, with a workspace, its owner, two members and a private channel. */
export interface SlackWorld {
  app: App
  clock: Clock
  slack: SlackStandIn
  stripe: StripeStandIn
  sdk: Stripe
  team: string
  /** The private channel, with the bot in it. */
  lounge: string
  owner: string
  ada: string
  ben: string
  /** What the bot is started with. */
  environment: Record<string, string>
  startBot(): Promise<void>
  stopBot(): Promise<void>
  close(): Promise<void>
}

export interface SlackWorldOptions {
  /** How often the bot checks what waits for a person; every minute unless said. */
  checkEveryMs?: number
  environment?: (slack: SlackStandIn) => Record<string, string>
  slack?: SlackStandInOptions
  /** Called before the bot starts. */
  before?: (world: SlackWorld) => Promise<void> | void
  start?: boolean
}

/** Bolt's settings for a bot of one workspace, by HTTP. */
export const byHttp = (slack: SlackStandIn): Record<string, string> => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: slack.signingSecret,
  SLACK_API_BASE: slack.apiBase,
})

/** The same, by Socket Mode. */
export const bySocket = (slack: SlackStandIn): Record<string, string> => ({
  ...byHttp(slack),
  SLACK_APP_TOKEN: slack.appToken,
})

/** The same, for any workspace that installs the app. */
export const byOAuth = (slack: SlackStandIn): Record<string, string> => ({
  SLACK_SIGNING_SECRET: slack.signingSecret,
  SLACK_CLIENT_ID: slack.clientId,
  SLACK_CLIENT_SECRET: slack.clientSecret,
  SLACK_STATE_SECRET: 'a state secret',
  SLACK_API_BASE: slack.apiBase,
})

/** Starts the far ends, and the real bot between them: real Bolt, made from the real manifest. */
export async function startSlackWorld(options: SlackWorldOptions = {}): Promise<SlackWorld> {
  const { environment = byHttp, before, checkEveryMs, start = true } = options
  const clock = createClock()
  const folder = await mkdtemp(join(tmpdir(), 'velvet-'))
  const manifest: unknown = slackManifest(await loadCommands(), 'https://bot.example')
  const [slack, stripe] = await Promise.all([
    createSlackStandIn({
      clock,
      manifest,
      retryDelaysMs: [50, 50, 50],
      ...options.slack,
      team: { name: 'The Lounge', ...options.slack?.team },
    }),
    createStripeStandIn({ clock }),
  ])
  const team = slack.team.id
  const owner = slack.addUser(team, { name: 'vera', realName: 'Vera', owner: true }).id
  const ada = slack.addUser(team, { name: 'ada', realName: 'Ada' }).id
  const ben = slack.addUser(team, { name: 'ben', realName: 'Ben' }).id
  const lounge = slack.addChannel(team, { name: 'lounge', private: true, members: [owner] }).id
  slack.inviteBot(team, lounge)
  const sdk = createStripe({ secretKey: stripe.secretKey, apiBase: stripe.url })
  await createStarter({ stripe: sdk, ask: createAsk() }).seed('usd')
  const endpoint = await sdk.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/stripe/webhook',
    enabled_events: [...webhookEvents],
    api_version: stripeApiVersion,
  })
  const settings = {
    ...environment(slack),
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: endpoint.secret ?? '',
    STRIPE_API_BASE: stripe.url,
    STORE_URL: `sqlite://${join(folder, 'velvet.sqlite')}`,
    PORT: '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
  }
  const config = readConfig(settings)
  const log = createLog(config.logLevel)
  let app: App | undefined

  const world: SlackWorld = {
    get app() {
      if (!app) throw new Error('the bot is not running')
      return app
    },
    clock,
    slack,
    stripe,
    sdk,
    team,
    lounge,
    owner,
    ada,
    ben,
    environment: settings,
    async startBot() {
      app = await startApp(config, log, { now: clock.now, ...(checkEveryMs && { checkEveryMs }) })
      await sdk.webhookEndpoints.update(endpoint.id, { url: `${app.url}/stripe/webhook` })
      const { url } = app
      await until('the bot to be ready', async () => (await fetch(`${url}/readyz`)).ok)
      if (config.slack?.appToken) return
      slack.redirectUrls.push(`${app.publicUrl}/slack/oauth_redirect`)
      await slack.connect({ requestUrl: `${app.url}/slack/events` })
    },
    async stopBot() {
      slack.disconnect()
      await app?.stop()
      app = undefined
    },
    async close() {
      await world.stopBot()
      await Promise.all([slack.close(), stripe.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
  await before?.(world)
  if (start) await world.startBot()
  return world
}

interface Where {
  team?: string
  escape?: boolean
}

/** Types a command as somebody, and waits for the whole answer. */
export async function say(
  world: SlackWorld,
  user: string,
  line: string,
  where: Where = {},
): Promise<Message> {
  const { team = world.team, ...how } = where
  const said = await world.slack.as(user, team).command(line, how)
  if (said.failure) throw new Error(`${line}: ${said.failure}`)
  return said.waitFor()
}

/** Presses a button of a message and waits for the whole answer. */
export async function press(
  world: SlackWorld,
  user: string,
  on: Message | View,
  label: string,
): Promise<Message> {
  const pressed: Invocation = await world.slack.as(user, on.teamId).press(on, label)
  if (pressed.failure) throw new Error(`${label}: ${pressed.failure}`)
  return pressed.waitFor()
}

interface Shown {
  blocks: readonly object[]
}

const textIn = (thing: unknown): string[] => {
  if (Array.isArray(thing)) return thing.flatMap(textIn)
  if (typeof thing !== 'object' || thing === null) return []
  const fields: Record<string, unknown> = { ...thing }
  if (fields.type === 'button') return textIn(fields.text).map(label => `[${label}]`)
  if (typeof fields.text === 'string') return [fields.text]
  return [fields.text, fields.fields, fields.elements, fields.placeholder, fields.options].flatMap(textIn)
}

/** Everything that a message or a Home shows, one piece a line, as Slack would show it: links by their labels. */
export const read = (shown: Shown): string =>
  textIn(shown.blocks)
    .join('\n')
    .replaceAll('\u200b', '')
    .replaceAll(/<https?:[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The buttons of a message or a Home, in order. */
export function buttonsOf(
  shown: Shown,
): { label: string; url: string | undefined; run: string | undefined }[] {
  return shown.blocks.flatMap(block => {
    const elements: unknown = 'elements' in block ? block.elements : []
    return (Array.isArray(elements) ? elements : []).flatMap(element =>
      element.type === 'button' ? [{ label: element.text.text, url: element.url, run: element.value }] : [],
    )
  })
}

/** The address of a link button. */
export function linkOf(shown: Shown): string {
  const url = buttonsOf(shown).find(button => button.url)?.url
  if (!url) throw new Error(`no link in: ${read(shown)}`)
  return url
}

/** Whether somebody is in a channel or group, asked of Slack itself. */
export function holds(world: SlackWorld, user: string, role = world.lounge, team = world.team): boolean {
  if (!role.startsWith('S')) return world.slack.channel(team, role).members.has(user)
  const group = world.slack.usergroup(team, role)
  return !group.disabled && group.users.includes(user)
}

/** Subscribes and pays on the hosted page: the whole way of a member. */
export async function becomeMember(
  world: SlackWorld,
  user: string,
  plan = 'basic_monthly',
  role = world.lounge,
) {
  const offer = await say(world, user, `/subscribe ${plan}`)
  await world.stripe.pay(linkOf(offer), {})
  await until('the paid role', () => holds(world, user, role))
}

/** Installs the app as a browser does: to the bot, to Slack's page, its answer, and back with the cookie. */
export async function install(
  { slack }: SlackWorld,
  url: string,
  team: string,
  user: string,
  answer: 'allow' | 'cancel' = 'allow',
): Promise<Response> {
  const start = await fetch(`${url}/slack/install`, { redirect: 'manual' })
  const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
  const page = await (await fetch(start.headers.get('location') ?? '')).text()
  const hidden = [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].filter(([, name]) => name !== 'answer')
  const fields = hidden.map(([, name = '', value = '']): [string, string] => [
    name,
    value.replace(/&#(\d+);/g, (_, letter) => String.fromCharCode(Number(letter))),
  ])
  const sent = await fetch(slack.authorizationUrl, {
    method: 'POST',
    body: new URLSearchParams([...fields, ['who', `${team}:${user}`], ['answer', answer]]),
    redirect: 'manual',
  })
  return fetch(sent.headers.get('location') ?? '', { headers: { cookie }, redirect: 'manual' })
}
