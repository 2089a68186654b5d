import { canOpenSocket, identifySlack, type SlackIdentity } from '../../platforms/identify.ts'
import type { Address } from './address.ts'
import { type Guide, settle } from './answers.ts'
import { NotThis, prompts } from './prompts.ts'

const apps = 'https://api.slack.com/apps'

/** Slack for one workspace; `undefined` where the operator doesn't want it. `isNeeded`: there is no other chat. */
export async function setUpSlack(
  guide: Guide,
  { isLocal }: Address,
  isNeeded: boolean,
): Promise<SlackIdentity | undefined> {
  const { env, apiBases } = guide
  if (env.get('SLACK_CLIENT_ID')) {
    prompts.done('Slack is set up for any workspace that installs the app (SLACK_CLIENT_ID in .env)')
    return undefined
  }
  const isBegun = env.get('SLACK_BOT_TOKEN') ?? env.get('SLACK_SIGNING_SECRET')
  const question = isNeeded ? 'Set up Slack?' : 'Set up Slack as well?'
  if (!isBegun && !(await prompts.confirm(question, isNeeded))) return undefined

  const look = async (token: string) => {
    if (!token.startsWith('xoxb-')) throw new NotThis('A bot token starts with xoxb-.')
    return identifySlack(token, apiBases.slack)
  }
  let identity = await settle(guide, {
    name: 'SLACK_BOT_TOKEN',
    message: 'Paste the Bot User OAuth Token',
    guide: () =>
      prompts.note(
        'An app for Slack',
        '1. In another terminal: npm run manifest, and copy what it prints',
        `2. Open ${apps}, Create New App, From a manifest, and paste it`,
        '3. Install App, Install to Workspace, and copy the Bot User OAuth Token',
      ),
    look,
    describe: ({ name, workspace }) => `Slack knows ${name} in ${workspace}`,
  })
  while (identity.missing.length) {
    prompts.note(
      'The app lacks scopes',
      ...identity.missing,
      `Add them at ${apps}, your app, OAuth & Permissions, Bot Token Scopes, and press Reinstall there.`,
    )
    const next = await prompts.choose('When it is done', { again: 'Check again', leave: 'Go on as it is' })
    if (next === 'leave') break
    identity = await prompts.work('Asking Slack again', () => look(env.get('SLACK_BOT_TOKEN') ?? ''))
  }
  await settle(guide, {
    name: 'SLACK_SIGNING_SECRET',
    message: 'Paste the Signing Secret',
    guide: () => prompts.say(`It is at ${apps}, your app, Basic Information, App Credentials.`),
    look: async secret => {
      if (!/^[\w-]{16,64}$/.test(secret))
        throw new NotThis('That is not a signing secret, which is one word of 32 letters and digits.')
      return secret.length
    },
    describe: () => 'Slack signs its requests',
  })
  if (isLocal) await setUpSocket(guide)
  return identity
}

// Slack can't call this machine, so the bot calls Slack.
const setUpSocket = (guide: Guide) =>
  settle(guide, {
    name: 'SLACK_APP_TOKEN',
    message: 'Paste the App-Level Token',
    guide: () =>
      prompts.note(
        'Slack can’t reach this machine',
        `1. At ${apps}, your app, Socket Mode: turn it on`,
        '2. Give the token any name and the scope connections:write, and copy it',
      ),
    look: async token => {
      if (!token.startsWith('xapp-')) throw new NotThis('An app-level token starts with xapp-.')
      await canOpenSocket(token, guide.apiBases.slack)
      return true
    },
    describe: () => 'Slack opens a socket for the bot',
  })
