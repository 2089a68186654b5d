import { parseArgs } from 'node:util'
import { isLiveKey } from '../billing/stripe.ts'
import { isCurrency } from './currency.ts'
import { openBilling, say, terminal } from './terminal.ts'

const usage = `npm run seed [-- --currency eur] [-- --live]
Makes one product with three monthly prices (10, 20, 30) and the customer portal's settings in the Stripe account of
STRIPE_SECRET_KEY. Run again, it changes nothing.`

terminal(async environment => {
  const { values } = parseArgs({
    options: {
      currency: { type: 'string', default: 'usd' },
      live: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return say(usage)
  const currency = values.currency.toLowerCase()
  if (!isCurrency(currency))
    throw new Error(`--currency ${values.currency} is not a three-letter currency code`)
  const { billing, secretKey, close } = await openBilling(environment)
  try {
    if (isLiveKey(secretKey) && !values.live)
      throw new Error(
        'STRIPE_SECRET_KEY is a live key: this would put example prices on sale. Say --live if you mean it.',
      )
    const made = await billing.starter.seed(currency)
    const { id } = await billing.portal.ensureConfiguration()
    for (const each of made) say(`made ${each}`)
    if (made.length === 0) say('the three prices were there already')
    say(`the customer portal uses ${id}`)
  } finally {
    await close()
  }
})
