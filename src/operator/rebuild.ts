import { parseArgs } from 'node:util'
import { rebuild } from './rebuild/rebuild.ts'
import { openBilling, say, storeUrlOf, terminal, untilStopped } from './terminal.ts'

const usage = `npm run rebuild [-- --adopt]
Makes a lost store again from what Stripe's customers and subscriptions carry: who is whose customer, and a look at each of
them for the bot's next start. A paid role that somebody holds, and subscribes for or did in the last 30 days, counts as given by the bot again.
--adopt does so as well for those whom the bot has looked at since the store was lost, or who changed plans since its copy was made.
What only the store knew is set again by hand: the paid roles, the log channels, complimentary access.
Stop the bot first. Nothing is changed in Stripe. It can be stopped and run again.`

terminal(async environment => {
  const { values } = parseArgs({
    options: { adopt: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return say(usage)
  const { billing, store, close } = await openBilling(environment, storeUrlOf(environment))
  try {
    await rebuild({ billing, store, stop: untilStopped(), isAdopting: values.adopt })
  } finally {
    await close()
  }
})
