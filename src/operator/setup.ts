import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { guide } from './setup/guide.ts'
import { prompts, Stopped } from './setup/prompts.ts'
import { say, terminal } from './terminal.ts'

const usage = `npm run setup
Guides through everything that the bot needs, checks it, and writes it into .env. Left half way, it goes on there.`

terminal(
  async environment => {
    const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
    if (values.help) return say(usage)
    // Without this a question that nobody can answer any more would end the process as if all were well.
    process.stdin.once('end', () => {
      process.stderr.write('The questions ended before the answers: run this in a terminal.\n')
      process.exit(1)
    })
    try {
      await guide(process.cwd(), environment)
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      prompts.cancel(
        existsSync('.env')
          ? 'Stopped. What you answered is in .env: npm run setup goes on from there.'
          : 'Stopped. Nothing was written.',
      )
    }
    process.exit()
  },
  { readsEnvFile: false },
)
