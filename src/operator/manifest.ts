import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { loadCommands } from '../commands.ts'
import { settingsSchema } from '../config.ts'
import { slackManifest } from '../platforms/slack/manifest.ts'
import { say, terminal } from './terminal.ts'

// Reserved for examples: what is committed is everybody's.
const exampleUrl = 'https://bot.example.com'
const file = 'src/platforms/slack/slack-manifest.json'

terminal(async environment => {
  const given = environment.PUBLIC_URL?.trim() || exampleUrl
  const parsed = settingsSchema.shape.PUBLIC_URL.safeParse(given)
  if (!parsed.success) throw new Error(`PUBLIC_URL ${z.prettifyError(parsed.error).replace(/^✖ /, '')}`)
  const manifest = slackManifest(await loadCommands(), given.replace(/\/+$/, ''))
  await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`)
  say(`${file} is written, for a bot at ${given}`)
  if (given === exampleUrl) say('Set PUBLIC_URL to where Slack reaches your bot, and run this again.')
  say('Paste it on api.slack.com/apps: Create New App, From a manifest.')
})
