import type { Router } from 'express'
import type { Logger } from 'pino'
import { createStarter } from '../billing/starter.ts'
import { createAsk, createStripe, stripeApiVersion } from '../billing/stripe.ts'
import { loadCommands } from '../commands.ts'
import type { Config } from '../config.ts'
import { slackManifest } from '../platforms/slack/manifest.ts'
import { createClock } from './clock.ts'
import { createDiscordStandIn } from './discord/index.ts'
import { furnish } from './lounge.ts'
import { createPlayground } from './playground/playground.ts'
import { createSlackStandIn } from './slack/index.ts'
import { createStripeStandIn } from './stripe/index.ts'
import { furnishWorkspace } from './workspace.ts'

/** The far ends on this machine, and what the bot needs to know to meet them. */
export interface Sandbox {
  config: Pick<Config, 'discord' | 'slack' | 'stripe'>
  /** The sandbox's time, which the playground can move. */
  now: () => number
  /** Where members find back to their chat: the playground. */
  home: string
  playground: Router
  /** Points Slack at the bot, which has to be there: Slack asks the address to prove itself. */
  ready(): Promise<void>
  /** Ends the streams of open pages, which would keep the web server from closing. */
  hangUp(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts stand-ins for Discord, Slack and Stripe on 127.0.0.1, with a server, a workspace, some people and a catalog, and a
 * webhook endpoint that points at the bot on `url`.
 */
export async function startSandbox({
  url,
  publicUrl,
  log,
}: {
  url: string
  publicUrl: string
  log: Logger
}): Promise<Sandbox> {
  const clock = createClock()
  const commands = await loadCommands()
  const manifest: unknown = slackManifest(commands, publicUrl)
  const [discord, slack, stripe] = await Promise.all([
    createDiscordStandIn({
      clock,
      log: (request, why) => log.warn({ request }, `the Discord stand-in: ${why}`),
    }),
    createSlackStandIn({
      clock,
      manifest,
      team: { name: 'The Velvet Lounge' },
      log: why => log.warn(why),
    }),
    createStripeStandIn({
      clock,
      log: (request, why) => log.warn({ request }, `the Stripe stand-in: ${why}`),
    }),
  ])
  const lounge = furnish(discord)
  const workspace = furnishWorkspace(slack)
  const sdk = createStripe({ secretKey: stripe.secretKey, apiBase: stripe.url })
  await createStarter({ stripe: sdk, ask: createAsk() }).seed('usd')
  const coupon = await sdk.coupons.create({ name: 'Friends of the house', percent_off: 25, duration: 'once' })
  await sdk.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'VELVET' })
  const endpoint = await sdk.webhookEndpoints.create({
    // By the name that the bot has for itself, or its status would say that Stripe has no way here.
    url: `${url.replace('127.0.0.1', 'localhost')}/stripe/webhook`,
    enabled_events: ['*'],
    api_version: stripeApiVersion,
  })
  const playground = createPlayground({ discord, stripe, lounge, slack: { slack, workspace, commands } })
  return {
    config: {
      discord: { token: discord.token, apiBase: discord.apiBase },
      slack: {
        signingSecret: slack.signingSecret,
        appToken: undefined,
        access: { botToken: slack.botToken },
        apiBase: slack.apiBase,
      },
      stripe: { secretKey: stripe.secretKey, webhookSecrets: [endpoint.secret ?? ''], apiBase: stripe.url },
    },
    now: clock.now,
    home: `${publicUrl}/`,
    playground: playground.router,
    ready: () => slack.connect({ requestUrl: `${url}/slack/events` }),
    hangUp: async () => playground.close(),
    async close() {
      await Promise.all([discord.close(), slack.close(), stripe.close()])
    },
  }
}
