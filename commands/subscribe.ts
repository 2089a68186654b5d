import { type CommandContext, defineCommand } from '../src/command.ts'
import { UserError } from '../src/errors.ts'
import { nearest } from '../src/nearest.ts'
import { formatPrice, type Plan, planName, type Tier, typedName } from '../src/plan.ts'
import type { Reply } from '../src/reply.ts'
import { bold, code, didYouMean, lines, text } from '../src/text.ts'
import { standing } from './billing.ts'
import { plansReply } from './plans.ts'

const mostChoices = 25

export default defineCommand({
  description: 'Become a member, or change your plan',
  access: 'member',
  options: [
    {
      name: 'plan',
      description: 'the plan you want',
      type: 'text',
      async complete({ access, community, locale }, typed) {
        const wanted = typed.toLowerCase()
        return everyPlan(await access.onSale(community))
          .filter(({ tier, plan }) =>
            `${describe(tier, plan, locale)} ${plan.lookupKey}`.toLowerCase().includes(wanted),
          )
          .slice(0, mostChoices)
          .map(({ tier, plan }) => ({ label: describe(tier, plan, locale), value: typedName(plan) }))
      },
    },
  ],
  async run(context) {
    const wanted = context.options.text('plan')
    const onSale = everyPlan(await context.access.onSale(context.community))
    const [only] = onSale
    if (!wanted) return only && onSale.length === 1 ? offer(context, only) : plansReply(context)
    const found = onSale.find(({ plan }) => plan.lookupKey === wanted || plan.priceId === wanted)
    if (found) return offer(context, found)
    if (!only) return plansReply(context)
    // Only a button names a plan by its price, and no reader can do anything with that.
    if (/^price_/.test(wanted))
      throw new UserError(
        text`There is no plan behind that button any more. ${code('/plans')} shows what there is.`,
      )
    const near = nearest(
      wanted,
      onSale.map(({ plan }) => plan.lookupKey),
    )
    throw new UserError(
      text`There is no plan ${code(wanted.slice(0, 100))} here. ${didYouMean(near)}${code('/plans')} shows what there is.`,
    )
  },
})

interface OnSale {
  tier: Tier
  plan: Plan
}

const everyPlan = (tiers: Tier[]): OnSale[] => tiers.flatMap(tier => tier.plans.map(plan => ({ tier, plan })))

const describe = (tier: Tier, plan: Plan, locale: string) =>
  planName(tier, plan) === tier.name
    ? `${tier.name}, ${formatPrice(plan, locale)}`
    : `${tier.name}: ${planName(tier, plan)}, ${formatPrice(plan, locale)}`

async function offer(context: CommandContext, { tier, plan }: OnSale): Promise<Reply> {
  const { access, billing, member, locale } = context
  const offered = await billing.checkout.offer(member, tier, plan)
  const name = text`${bold(describe(tier, plan, locale))}`
  if (offered.kind === 'checkout')
    return {
      title: text`Almost there`,
      text: lines(
        name,
        text`Pay on Stripe's page; what it unlocks is yours seconds later. This link is yours alone.`,
      ),
      buttons: [{ label: 'Pay on Stripe', url: offered.url }],
    }
  const { subscription } = offered
  const isMember = subscription.items.some(each => each.plan)
  if (offered.kind === 'change')
    return {
      title: text`Change your plan`,
      text: lines(
        isMember
          ? text`You are a member already, so nothing is sold twice: Stripe's page shows what changing to this costs, and you confirm it there.`
          : text`You have a subscription here that is no membership. Stripe's page changes that one to this plan: what it was for ends with it, so ask an admin first if you want to keep both.`,
        name,
      ),
      buttons: [{ label: 'Review the change on Stripe', url: offered.url }],
    }
  if (offered.kind === 'held')
    return {
      title: text`You have this plan already`,
      text: lines(
        name,
        standing(subscription, access.entitlement([subscription])),
        text`Billing is where you change that.`,
      ),
      buttons: [{ label: 'Billing', run: 'billing', style: 'primary' }],
    }
  return {
    title: text`Change your plan in billing`,
    text: text`${isMember ? 'You are a member already' : 'You have a subscription here that is no membership'}, and Stripe can't make this change in one step. Open billing to change or end what you have.`,
    buttons: offered.url ? [{ label: 'Open billing on Stripe', url: offered.url }] : [],
  }
}
