import { isCurrency } from '../currency.ts'
import { NotThis, prompts } from './prompts.ts'
import type { Account } from './stripe-key.ts'

/** Something to sell: what the account has, or three examples where it has nothing and the operator wants them. */
export async function setUpPlans({ billing, report }: Account): Promise<void> {
  const tiers = await prompts.work('Looking for plans', () => billing.catalog.tiers())
  const names = tiers.flatMap(({ name, plans }) => plans.map(plan => `${name} (${plan.lookupKey})`))
  if (names.length) return prompts.done(`For sale: ${names.join(', ')}`)
  prompts.say(
    'Nothing is for sale yet. A plan is a product in Stripe with a recurring\n' +
      'price that has a lookup key.',
  )
  const question = report.isLive
    ? 'Make three example plans (10, 20 and 30 a month), really for sale?'
    : 'Make three example plans (10, 20 and 30 a month)?'
  if (!(await prompts.confirm(question, !report.isLive))) return
  const currency = await prompts.text({
    message: 'In which currency?',
    initial: report.currency ?? 'usd',
    check: async typed => {
      if (!isCurrency(typed)) throw new NotThis('Three letters, like usd or eur.')
    },
  })
  const made = await prompts.work('Making the plans', () => billing.starter.seed(currency.toLowerCase()))
  prompts.done(`Made ${made.join(', ')}`)
}
