import type { DiscordIdentity } from '../../platforms/identify.ts'
import { setUpAddress } from './address.ts'
import type { Guide } from './answers.ts'
import { setUpDiscord } from './discord.ts'
import { openEnvFile } from './env-file.ts'
import { setUpPlans } from './plans.ts'
import { prompts, Stopped } from './prompts.ts'
import { setUpSlack } from './slack.ts'
import { setUpStripeKey } from './stripe-key.ts'
import { setUpWebhook } from './webhook.ts'

const asked = [
  'DISCORD_TOKEN',
  'PUBLIC_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_APP_TOKEN',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
]

/**
 * Asks for one thing after the other, checks each with whom it belongs to, and writes it into `.env` in `folder` at once:
 * left half way, it goes on there the next time. Throws `Stopped` when it is left.
 */
export async function guide(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  prompts.intro('Velvet Rope: memberships in chat, paid through Stripe')
  const env = await openEnvFile(folder)
  const apiBase = (name: string) => environment[name] || env.get(name)
  const context: Guide = {
    env,
    asksAll: await asksAll(asked.filter(name => env.isOld && env.get(name))),
    apiBases: {
      discord: apiBase('DISCORD_API_BASE'),
      slack: apiBase('SLACK_API_BASE'),
      stripe: apiBase('STRIPE_API_BASE'),
    },
  }
  for (const name of asked)
    if (environment[name]) prompts.warn(`${name} is set in this shell too, and counts more than .env there.`)

  const discord = await setUpDiscord(context)
  const address = await setUpAddress(context)
  const slack = await setUpSlack(context, address, discord === undefined)
  if (!discord && !slack && !env.get('SLACK_CLIENT_ID')) {
    prompts.warn('The bot needs a chat to be in: Discord, Slack or both.')
    throw new Stopped('no chat')
  }
  const account = await setUpStripeKey(context)
  try {
    await setUpWebhook(context, account.billing.endpoints, address)
    await prompts.work('Looking at the customer portal', () => account.billing.portal.ensureConfiguration())
    prompts.done('Members manage what they subscribed to in Stripe’s customer portal')
    await setUpPlans(account)
  } finally {
    await account.close()
  }
  finish(discord)
}

async function asksAll(names: string[]): Promise<boolean> {
  if (names.length === 0) return false
  const how = await prompts.choose(`.env has ${names.join(', ')} already`, {
    missing: 'Keep what works, and ask for the rest',
    all: 'Go through everything, asking before anything is replaced',
    leave: 'Leave it alone',
  })
  if (how === 'leave') throw new Stopped('left alone')
  return how === 'all'
}

function finish(discord: DiscordIdentity | undefined): void {
  if (discord) prompts.say(`Invite the bot to your server:\n${discord.invite}`)
  prompts.say('Start it: npm start\nThen type /premium setup in the chat: it asks which role to sell.')
  prompts.outro('All set. npm run doctor says at any time what is wrong and how to mend it.')
}
