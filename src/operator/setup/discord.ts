import { type DiscordIdentity, identifyDiscord } from '../../platforms/identify.ts'
import { type Guide, settle } from './answers.ts'
import { NotThis, prompts } from './prompts.ts'

const portal = 'https://discord.com/developers/applications'

/** Discord: the bot's token, and the intent; `undefined` where the operator doesn't want it. */
export async function setUpDiscord(guide: Guide): Promise<DiscordIdentity | undefined> {
  const { env, apiBases } = guide
  if (!env.get('DISCORD_TOKEN') && !(await prompts.confirm('Set up Discord?'))) return undefined
  const look = (token: string) => identify(token, apiBases.discord)
  const identity = await settle(guide, {
    name: 'DISCORD_TOKEN',
    message: 'Paste the bot token',
    guide: () =>
      prompts.note(
        'A bot for Discord',
        `1. Open ${portal}`,
        '2. New Application, and give it a name',
        '3. Bot, Reset Token, Copy',
      ),
    look,
    describe: ({ name, servers }) =>
      `Discord knows the bot ${name}${servers ? `, in ${servers} ${servers === 1 ? 'server' : 'servers'}` : ''}`,
  })
  return checkIntent(identity, () => look(env.get('DISCORD_TOKEN') ?? ''))
}

async function identify(answer: string, apiBase: string | undefined): Promise<DiscordIdentity> {
  const token = answer.replace(/^Bot\s+/i, '')
  if (token !== answer) throw new NotThis('Paste the token alone, without "Bot" before it.')
  if (!token) throw new NotThis('The bot needs its token.')
  if (/^\d{15,20}$/.test(token)) throw new NotThis('That is an id. The token is under Bot, Reset Token.')
  if (token.split('.').length !== 3)
    throw new NotThis('That is not a bot token, which has two dots in it. It is under Bot, Reset Token.')
  return identifyDiscord(token, apiBase)
}

async function checkIntent(
  first: DiscordIdentity,
  look: () => Promise<DiscordIdentity>,
): Promise<DiscordIdentity> {
  let identity = first
  while (!identity.hasMembersIntent || identity.isDeafened) {
    if (!identity.hasMembersIntent)
      prompts.note(
        'The Server Members intent is off',
        'Without it the bot learns late of people who come back.',
        `1. Open ${portal}, your application, Bot`,
        '2. Privileged Gateway Intents: turn on Server Members Intent',
        '3. Save Changes',
      )
    if (identity.isDeafened)
      prompts.note(
        'Commands are sent elsewhere',
        'The application has an Interactions Endpoint URL, so the bot hears no command.',
        `Open ${portal}, your application, General Information, and empty it.`,
      )
    const next = await prompts.choose('When it is done', { again: 'Check again', leave: 'Go on as it is' })
    if (next === 'leave') return identity
    identity = await prompts.work('Asking Discord again', look)
    if (identity.hasMembersIntent && !identity.isDeafened)
      prompts.done('Discord tells the bot everything now')
  }
  return identity
}
