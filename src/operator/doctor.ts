import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { checkUp } from './doctor/check-up.ts'
import { print } from './doctor/print.ts'
import { say, terminal } from './terminal.ts'

const usage = `npm run doctor
Looks at everything that has to be right, as /premium status does, for every server and workspace that the store knows: what
is wrong stands there with what mends it. Changes nothing; the bot may be running. Exit code 1 when something is wrong.`

terminal(async environment => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
  if (values.help) return say(usage)
  const config = readConfig(environment)
  if (config.isSandbox)
    throw new Error('Nothing is set up: npm start runs the sandbox, and npm run setup sets up the real bot.')
  const wrong = await checkUp(config, print)
  say(wrong ? `${wrong} ${wrong === 1 ? 'thing needs' : 'things need'} you` : 'All is well')
  if (wrong) process.exitCode = 1
})
