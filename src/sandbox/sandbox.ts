import type { Router } from 'express'
import type { Logger } from 'pino'
import { createStarter } from '../billing/starter.ts'
import { createAsk, createStripe, stripeApiVersion } from '../billing/stripe.ts'
import type { Config } from '../config.ts'
import { createClock } from './clock.ts'
import { createDiscordStandIn } from './discord/index.ts'
import { furnish } from './lounge.ts'
import { createPlayground } from './playground/playground.ts'
import { createStripeStandIn } from './stripe/index.ts'

/** The far ends on this machine, and what the bot needs to know to meet them. */
export interface Sandbox {
  config: Pick<Config, 'discord' | 'stripe'>
  /** The sandbox's time, which the playground can move. */
  now: () => number
  /** Where members find back to their chat: the playground. */
  home: string
  playground: Router
  close(): Promise<void>
}

/**
 * Starts stand-ins for Discord and Stripe on 127.0.0.1, with a server, some people and a catalog, and a webhook endpoint
 * that points at the bot on `url`.
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
  const [discord, stripe] = await Promise.all([
    createDiscordStandIn({
      clock,
      log: (request, why) => log.warn({ request }, `the Discord stand-in: ${why}`),
    }),
    createStripeStandIn({
      clock,
      log: (request, why) => log.warn({ request }, `the Stripe stand-in: ${why}`),
    }),
  ])
  const lounge = furnish(discord)
  const sdk = createStripe({ secretKey: stripe.secretKey, apiBase: stripe.url })
  await createStarter({ stripe: sdk, ask: createAsk() }).seed('usd')
  const endpoint = await sdk.webhookEndpoints.create({
    url: `${url}/stripe/webhook`,
    enabled_events: ['*'],
    api_version: stripeApiVersion,
  })
  const playground = createPlayground({ discord, stripe, lounge })
  return {
    config: {
      discord: { token: discord.token, apiBase: discord.apiBase },
      stripe: { secretKey: stripe.secretKey, webhookSecrets: [endpoint.secret ?? ''], apiBase: stripe.url },
    },
    now: clock.now,
    home: `${publicUrl}/`,
    playground: playground.router,
    async close() {
      playground.close()
      await Promise.all([discord.close(), stripe.close()])
    },
  }
}
