import { stripeApiVersion } from '../billing/stripe.ts'
import { webhookEvents } from '../billing/webhook.ts'
import { loadCommands } from '../commands.ts'
import { slackManifest } from '../platforms/slack/manifest.ts'
import { createClock } from './clock.ts'
import { createDiscordStandIn } from './discord/index.ts'
import { furnish } from './lounge.ts'
import { createSlackStandIn } from './slack/index.ts'
import { createStripeStandIn } from './stripe/index.ts'
import { furnishWorkspace } from './workspace.ts'

/** The keys that the stand-ins take. They are the same at each start, so that a `.env` made once keeps working. */
const keys = {
  DISCORD_TOKEN: 'sandbox.discord.token',
  SLACK_BOT_TOKEN: 'xoxb-sandbox',
  SLACK_SIGNING_SECRET: 'sandbox-signing-secret',
  SLACK_APP_TOKEN: 'xapp-1-sandbox',
  STRIPE_SECRET_KEY: 'sk_test_sandbox',
  STRIPE_WEBHOOK_SECRET: 'whsec_sandbox',
}

/** One line for each key in the environment that isn't the sandbox's own: nothing real may stand beside it. */
export function realKeys(environment: Record<string, string | undefined>): string[] {
  const own: Record<string, string> = {
    ...keys,
    SLACK_CLIENT_ID: '',
    SLACK_CLIENT_SECRET: '',
    SLACK_STATE_SECRET: '',
  }
  return Object.entries(own)
    .filter(([name, value]) => environment[name]?.trim() && environment[name] !== value)
    .map(
      ([name]) =>
        `${name} is set, and not to the sandbox's own: it doesn't start beside real keys. Take them out of .env, or start it in another folder`,
    )
}

/** The far ends without the bot, for those who develop against them; `environment` is what the bot needs to meet them. */
export async function startAlone(
  ports: { discord: number; stripe: number; slack: number },
  log: (...words: unknown[]) => void,
): Promise<{ environment: Record<string, string>; close(): Promise<unknown> }> {
  const clock = createClock()
  const discord = await createDiscordStandIn({
    clock,
    port: ports.discord,
    token: keys.DISCORD_TOKEN,
    log,
  })
  const stripe = await createStripeStandIn({
    clock,
    port: ports.stripe,
    secretKey: keys.STRIPE_SECRET_KEY,
    log,
  })
  const slack = await createSlackStandIn({
    clock,
    port: ports.slack,
    manifest: slackManifest(await loadCommands(), 'http://localhost:3000'),
    secrets: { signingSecret: keys.SLACK_SIGNING_SECRET, appToken: keys.SLACK_APP_TOKEN },
    team: { name: 'The Velvet Lounge', botToken: keys.SLACK_BOT_TOKEN },
    log,
  })
  furnish(discord)
  furnishWorkspace(slack)
  stripe.listen({
    // By the name that the bot has for itself, so that its status finds it.
    url: 'http://localhost:3000/stripe/webhook',
    secret: keys.STRIPE_WEBHOOK_SECRET,
    enabledEvents: [...webhookEvents],
    apiVersion: stripeApiVersion,
  })
  return {
    environment: {
      ...keys,
      DISCORD_API_BASE: discord.apiBase,
      SLACK_API_BASE: slack.apiBase,
      STRIPE_API_BASE: stripe.url,
    },
    close: () => Promise.all([discord.close(), slack.close(), stripe.close()]),
  }
}
