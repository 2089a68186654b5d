import { type CommandContext, defineCommand } from '../src/command.ts'
import { formatPrice, fullName, type Plan, planName, type Tier, type TierOnSale } from '../src/plan.ts'
import type { Button, Card, Reply } from '../src/reply.ts'
import { bold, code, cut, joinText, lines, roleMention, text } from '../src/text.ts'

const tiersPerPage = 4
const buttonsPerPage = 20

export default defineCommand({
  description: 'See the memberships you can buy here',
  access: 'member',
  options: [{ name: 'page', description: 'which page', type: 'number', internal: true }],
  run: context => plansReply(context, context.options.number('page') ?? 1),
})

/** A card per tier, with what is the caller's own marked, and a button per plan. */
export async function plansReply(context: CommandContext, page = 1): Promise<Reply> {
  const { access, billing, community, member, isAdmin } = context
  const tiers = await access.onSale(community)
  if (tiers.length === 0) return nothingForSale(await billing.catalog.tiers(), isAdmin)
  const subscriptions = await billing.subscriptions.of(await billing.customers.of(member))
  const held = new Set(
    subscriptions
      // What is unpaid or paused is theirs too: nobody is sold a second one beside it.
      .filter(({ status }) => !status.startsWith('incomplete'))
      .flatMap(({ items }) => items.map(({ priceId }) => priceId)),
  )
  const pages = paged(tiers)
  const index = Math.min(Math.max(page, 1), pages.length) - 1
  // Discord shows the buttons of all cards in one place, below them.
  const cards = (pages[index] ?? []).map(tier =>
    card(tier, held, context.locale, plan => cut(fullName(tier, plan, tiers.length === 1), 40)),
  )
  return {
    title: text`Memberships`,
    cards,
    ...(pages.length > 1 && {
      text: text`Page ${index + 1} of ${pages.length}.`,
      buttons: pageButtons(index, pages.length),
    }),
  }
}

function card(tier: TierOnSale, held: Set<string>, locale: string, buttonName: (plan: Plan) => string): Card {
  const isHeld = (plan: Plan) => held.has(plan.priceId)
  return {
    title: text`${tier.name}`,
    text: lines(
      tier.description ? text`${tier.description}` : undefined,
      ...tier.features.map(feature => text`• ${feature}`),
    ),
    ...(tier.image && { image: tier.image }),
    fields: tier.plans.map(plan => ({
      name: isHeld(plan) ? text`${planName(tier, plan)} (yours)` : text`${planName(tier, plan)}`,
      value: lines(
        text`${bold(formatPrice(plan, locale))}`,
        text`unlocks ${joinText(
          plan.unlocks.map(id => [roleMention(id)]),
          ', ',
        )}`,
        text`${code(plan.lookupKey)}`,
      ),
    })),
    buttons: tier.plans.map(
      (plan): Button =>
        isHeld(plan)
          ? { label: `${buttonName(plan)}: billing`, run: 'billing' }
          : {
              label: `${held.size ? 'Change to' : 'Subscribe:'} ${buttonName(plan)}, ${formatPrice(plan, locale)}`,
              run: `subscribe ${plan.priceId}`,
              style: 'primary',
            },
    ),
  }
}

function nothingForSale(tiers: Tier[], isAdmin: boolean): Reply {
  if (!isAdmin)
    return {
      text: text`Nothing is for sale here yet. An admin of this community can change that with ${code('/premium role')}.`,
    }
  if (tiers.length === 0)
    return {
      text: lines(
        text`Nothing is for sale: Stripe has no active recurring price with a lookup key.`,
        text`Make one in the Stripe dashboard (Product catalog), or run ${code('npm run seed')} for three examples.`,
      ),
    }
  return { text: text`Nothing is for sale here yet. Say what a membership unlocks: ${code('/premium role')}` }
}

// Discord takes 25 buttons in rows of five; a page leaves one row for turning it.
function paged(tiers: TierOnSale[]): TierOnSale[][] {
  const pages: TierOnSale[][] = []
  for (const tier of tiers.flatMap(parted)) {
    const last = pages.at(-1)
    const buttons = (last ?? []).reduce((sum, { plans }) => sum + plans.length, 0)
    if (last && last.length < tiersPerPage && buttons + tier.plans.length <= buttonsPerPage) last.push(tier)
    else pages.push([tier])
  }
  return pages
}

// A tier of more plans than a page has buttons goes over several pages.
function parted(tier: TierOnSale): TierOnSale[] {
  const parts: TierOnSale[] = []
  for (let start = 0; start < tier.plans.length; start += buttonsPerPage)
    parts.push({ ...tier, plans: tier.plans.slice(start, start + buttonsPerPage) })
  return parts
}

const pageButtons = (index: number, count: number): Button[] => [
  ...(index > 0 ? [{ label: 'Previous page', run: `plans page:${index}` }] : []),
  ...(index < count - 1 ? [{ label: 'Next page', run: `plans page:${index + 2}` }] : []),
]
