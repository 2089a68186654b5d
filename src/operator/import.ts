import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { importFromMetadata } from './import/from-metadata.ts'
import { importRoster } from './import/from-roster.ts'
import { openLinks } from './links.ts'
import { openBilling, say, storeUrlOf, terminal, untilStopped } from './terminal.ts'

const usage = `npm run import -- FILE.csv [--apply] [--adopt]
npm run import -- --from-metadata [--apply] [--adopt]
Links people in the chat to customers that Stripe has already. FILE.csv has two columns, the chat user and the Stripe customer:
  discord:SERVER_ID:USER_ID,cus_…
  slack:TEAM_ID:USER_ID,cus_…
--from-metadata takes the customers whose metadata carries chat_member already.
--adopt lets a paid role that they hold already count as given by this bot, which then takes it back when they stop paying;
  for those whom another bot gave it. Without it such a role stays.
Without --apply it only says what it would do. It can be stopped and run again.`

terminal(async environment => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      adopt: { type: 'boolean', default: false },
      apply: { type: 'boolean', default: false },
      'from-metadata': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [path] = positionals
  if (values.help) return say(usage)
  if (positionals.length !== (values['from-metadata'] ? 0 : 1)) throw new Error(usage)
  const roster = path === undefined ? undefined : await readFile(path, 'utf8')
  const { billing, store, close } = await openBilling(environment, storeUrlOf(environment))
  try {
    const deps = {
      billing,
      links: openLinks({ billing, store, command: 'import' }),
      isApplied: values.apply,
      isAdopting: values.adopt,
      stop: untilStopped(),
    }
    const areAllGood =
      roster === undefined ? await importFromMetadata(deps) : await importRoster(roster, deps)
    if (!areAllGood) process.exitCode ||= 1
    if (!values.apply) say('Nothing was changed. To do it, run the same command with --apply at its end.')
  } finally {
    await close()
  }
})
