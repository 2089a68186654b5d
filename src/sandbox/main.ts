import { webhookEvents } from '../billing/webhook.ts'
import { loadCommands } from '../commands.ts'
import { slackManifest } from '../platforms/slack/manifest.ts'
import { createClock } from './clock.ts'
import { createDiscordStandIn } from './discord/index.ts'
import { furnish } from './lounge.ts'
import { createSlackStandIn } from './slack/index.ts'
import { createStripeStandIn } from './stripe/index.ts'
import { furnishWorkspace } from './workspace.ts'

// Fixed, so that a `.env` made once keeps working.
const discordPort = 4010
const stripePort = 4020
const slackPort = 4030
const webhookUrl = 'http://127.0.0.1:3000/stripe/webhook'
const webhookSecret = 'whsec_sandbox'

/** The far ends alone, on fixed ports, for those who develop against them. */
async function main(): Promise<void> {
  const clock = createClock()
  const log = (...words: unknown[]) => process.stderr.write(`${JSON.stringify(words)}\n`)
  const discord = await createDiscordStandIn({
    clock,
    port: discordPort,
    token: 'sandbox.discord.token',
    log,
  })
  const stripe = await createStripeStandIn({ clock, port: stripePort, secretKey: 'sk_test_sandbox', log })
  const slack = await createSlackStandIn({
    clock,
    port: slackPort,
    manifest: slackManifest(await loadCommands(), 'http://localhost:3000'),
    secrets: { signingSecret: 'sandbox-signing-secret', appToken: 'xapp-1-sandbox' },
    team: { name: 'The Velvet Lounge', botToken: 'xoxb-sandbox' },
    log,
  })
  furnish(discord)
  furnishWorkspace(slack)
  stripe.listen({ url: webhookUrl, secret: webhookSecret, enabledEvents: [...webhookEvents] })
  process.stdout.write(`SANDBOX: nothing here is real. Put this into .env and start the bot:

DISCORD_TOKEN=${discord.token}
DISCORD_API_BASE=${discord.apiBase}
SLACK_BOT_TOKEN=${slack.botToken}
SLACK_SIGNING_SECRET=${slack.signingSecret}
SLACK_APP_TOKEN=${slack.appToken}
SLACK_API_BASE=${slack.apiBase}
STRIPE_SECRET_KEY=${stripe.secretKey}
STRIPE_WEBHOOK_SECRET=${webhookSecret}
STRIPE_API_BASE=${stripe.url}

then \`npm run seed\` for something to sell. Stripe's CLI works too: stripe get /v1/prices --api-base ${stripe.url} --api-key ${stripe.secretKey}
`)
  const stop = () => {
    void Promise.all([discord.close(), slack.close(), stripe.close()]).then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
