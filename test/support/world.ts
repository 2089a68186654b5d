import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { APIMessage, Locale } from 'discord.js'
import type Stripe from 'stripe'
import { type App, startApp } from '../../src/app.ts'
import { createStarter } from '../../src/billing/starter.ts'
import { createAsk, createStripe, stripeApiVersion } from '../../src/billing/stripe.ts'
import { webhookEvents } from '../../src/billing/webhook.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { type Clock, createClock } from '../../src/sandbox/clock.ts'
import { createDiscordStandIn, type DiscordStandIn } from '../../src/sandbox/discord/index.ts'
import { createStripeStandIn, type StripeStandIn } from '../../src/sandbox/stripe/index.ts'
import { until } from './until.ts'

/** The bot between a Discord and a Stripe on this machine, with a server, an admin and two members. */
export interface World {
  app: App
  clock: Clock
  discord: DiscordStandIn
  stripe: StripeStandIn
  /** An SDK client of the stand-in, for looking at what Stripe has. */
  sdk: Stripe
  guild: string
  channel: string
  premium: string
  admin: string
  ada: string
  ben: string
  environment: Record<string, string>
  /** Ends the bot and starts another one on the same store. */
  restart(): Promise<void>
  /** Stops the bot alone. */
  stopBot(): Promise<void>
  startBot(): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  /** How often the bot checks what waits for a person; every minute unless said. */
  checkEveryMs?: number
  environment?: Record<string, string>
  /** The Stripe account's key; a test key of its own unless said. */
  secretKey?: string
  /** The bot's own clock; that of the far ends unless said. */
  now?: () => number
  /** Called before the bot starts. */
  before?: (world: Omit<World, 'app'>) => Promise<void> | void
  /** false: the far ends only. */
  start?: boolean
}

/** Starts the far ends, and the real bot between them over real HTTP and a real gateway. */
export async function startWorld({
  environment = {},
  secretKey,
  now,
  before,
  checkEveryMs,
  start = true,
}: WorldOptions = {}): Promise<World> {
  const clock = createClock()
  const folder = await mkdtemp(join(tmpdir(), 'velvet-'))
  const [discord, stripe] = await Promise.all([
    createDiscordStandIn({ clock }),
    createStripeStandIn({ clock, ...(secretKey && { secretKey }) }),
  ])
  const { id: guild } = discord.addGuild({ name: 'The Lounge' })
  const premium = discord.addRole(guild, { name: 'Premium' }).id
  discord.moveRole(guild, discord.botRole(guild).id, 2)
  const admin = discord.addMember(guild, { username: 'vera', admin: true }).user.id
  const ada = discord.addMember(guild, { username: 'ada' }).user.id
  const ben = discord.addMember(guild, { username: 'ben' }).user.id
  const channel = [...discord.guild(guild).channels.keys()][0] ?? ''
  const sdk = createStripe({ secretKey: stripe.secretKey, apiBase: stripe.url })
  await createStarter({ stripe: sdk, ask: createAsk() }).seed('usd')
  const endpoint = await sdk.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/stripe/webhook',
    enabled_events: [...webhookEvents],
    api_version: stripeApiVersion,
  })

  const env = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_BASE: discord.apiBase,
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: endpoint.secret ?? '',
    STRIPE_API_BASE: stripe.url,
    STORE_URL: `sqlite://${join(folder, 'velvet.sqlite')}`,
    PORT: '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ...environment,
  }
  const config = readConfig(env)
  const log = createLog(config.logLevel)
  let app: App | undefined

  const startBot = async () => {
    app = await startApp(config, log, { now: now ?? clock.now, ...(checkEveryMs && { checkEveryMs }) })
    await sdk.webhookEndpoints.update(endpoint.id, { url: `${app.url}/stripe/webhook` })
  }
  const stopBot = async () => {
    await app?.stop()
    app = undefined
  }
  const world: World = {
    get app() {
      if (!app) throw new Error('the bot is not running')
      return app
    },
    clock,
    discord,
    stripe,
    sdk,
    guild,
    channel,
    premium,
    admin,
    ada,
    ben,
    environment: env,
    startBot,
    stopBot,
    async restart() {
      await stopBot()
      await startBot()
    },
    async close() {
      await stopBot()
      await Promise.all([discord.close(), stripe.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
  await before?.(world)
  if (start) await startBot()
  return world
}

/** Runs a command as somebody, and waits for the whole answer. */
export async function say(world: World, user: string, line: string, locale?: Locale): Promise<APIMessage> {
  const person = world.discord.as(user, world.guild, undefined, {
    ...(locale && { locale }),
    seesAllCommands: true,
  })
  const invocation = await person.command(line)
  return invocation.reply()
}

/** Presses a button of a reply and waits for the whole answer. */
export async function press(
  world: World,
  user: string,
  message: APIMessage,
  label: string,
): Promise<APIMessage> {
  const invocation = await world.discord.as(user, world.guild).press(message, label)
  return invocation.reply()
}

/** Everything a message says, embeds and buttons included, one piece a line. */
export function read(message: APIMessage): string {
  const embeds = message.embeds.flatMap(({ title, description, fields = [] }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ])
  const buttons = buttonsOf(message).map(({ label }) => `[${label}]`)
  return [message.content, ...embeds, ...buttons].filter(Boolean).join('\n')
}

/** The buttons of a message, in order. */
export function buttonsOf(
  message: APIMessage,
): { label: string; url: string | undefined; id: string | undefined }[] {
  return (message.components ?? []).flatMap(row =>
    'components' in row
      ? row.components.flatMap(component => {
          if (!('label' in component)) return []
          return [
            {
              label: component.label ?? '',
              url: 'url' in component ? component.url : undefined,
              id: 'custom_id' in component ? component.custom_id : undefined,
            },
          ]
        })
      : [],
  )
}

/** The address of a link button, or of a link in the text where it is too long for a button. */
export function linkOf(message: APIMessage): string {
  const inText = [message.content, ...message.embeds.map(({ description }) => description ?? '')]
    .map(text => /\*\*\[[^\]]+\]\((https?:[^\s)]+)\)\*\*/.exec(text)?.[1])
    .find(Boolean)
  const url = buttonsOf(message).find(button => button.url)?.url ?? inText
  if (!url) throw new Error(`no link in: ${read(message)}`)
  return url
}

/** Whether somebody holds a role, asked of Discord itself. */
export const holds = (world: World, user: string, role = world.premium): boolean =>
  world.discord.member(world.guild, user)?.roles.includes(role) ?? false

/** Sets the paid role, subscribes, and pays on the hosted page: the whole way of a member. */
export async function becomeMember(world: World, user: string, plan = 'basic_monthly'): Promise<string> {
  await say(world, world.admin, '/premium role role:@Premium')
  const reply = await say(world, user, `/subscribe plan:${plan}`)
  await world.stripe.pay(linkOf(reply), {})
  await until('the paid role', () => holds(world, user))
  return reply.id
}
