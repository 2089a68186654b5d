import { askToForget, forgetMe, storedAboutMe } from '../src/about-me.ts'
import { type CommandContext, defineCommand } from '../src/command.ts'
import { UserError } from '../src/errors.ts'
import { formatPrice, fullName } from '../src/plan.ts'
import type { Card, Reply } from '../src/reply.ts'
import { bold, date, joinText, lines, roleMention, type Text, text } from '../src/text.ts'

export default defineCommand({
  description: 'Your membership: plan, payments, and how to change or end it',
  access: 'member',
  options: [{ name: 'about', description: 'what to show', type: 'text', internal: true }],
  async run(context): Promise<Reply> {
    const { access, billing, member, locale, options } = context
    const about = options.text('about')
    if (about === 'stored') return storedAboutMe(context)
    if (about === 'forget') return askToForget(context)
    if (about === 'forget-sure') return forgetMe(context)
    const [customers, membership] = await Promise.all([
      billing.customers.of(member),
      access.memberships.get(member),
    ])
    const [subscriptions, portal] = await Promise.all([
      billing.subscriptions.of(customers),
      customers.length ? linkOrWhyNot(context) : undefined,
    ])
    const shown = subscriptions.filter(({ status }) => !status.startsWith('incomplete'))
    const isMember = shown.some(isMembership)
    const tiers = isMember ? await billing.catalog.tiers() : []
    // What is sold no more has no tier to be named by.
    const nameOf = ({ priceId, plan }: Subscription['items'][number]): string => {
      const tier = tiers.find(({ plans }) => plans.some(each => each.priceId === priceId))
      if (tier && plan) return fullName(tier, plan, tiers.length === 1)
      return plan?.nickname ?? plan?.lookupKey ?? 'Something else'
    }
    const cards = shown.map(
      (subscription): Card => ({
        title: joinText(
          subscription.items.map(item => text`${nameOf(item)}`),
          ', ',
        ),
        text: lines(
          ...subscription.items.map(({ plan }) =>
            plan ? text`${bold(formatPrice(plan, locale))}` : undefined,
          ),
          standing(subscription, access.entitlement([subscription])),
        ),
      }),
    )
    const free = membership?.complimentary
    const given = membership?.given ?? []
    const summary = lines(
      free &&
        text`You have complimentary access${free.until ? text` until ${date(free.until)}` : undefined}.`,
      given.length
        ? text`You hold ${joinText(
            given.map(id => [roleMention(id)]),
            ', ',
          )}.`
        : undefined,
      !isMember && !free ? text`You have no membership here yet.` : undefined,
      portal?.says,
    )
    return {
      title: text`Your billing`,
      ...(summary.length > 0 && { text: summary }),
      cards,
      buttons: [
        ...(portal?.url ? [{ label: 'Manage on Stripe', url: portal.url }] : []),
        { label: isMember ? 'Change plan' : 'See the plans', run: 'plans' },
        { label: 'What is stored about me', run: 'billing about:stored' },
      ],
    }
  },
})

/** The portal's link, or what keeps the caller from one now: how their membership stands is shown all the same. */
async function linkOrWhyNot({
  billing,
  member,
}: CommandContext): Promise<{ url?: string | undefined; says?: Text }> {
  try {
    return { url: await billing.portal.link(member) }
  } catch (error) {
    if (error instanceof UserError) return { says: error.says }
    throw error
  }
}

type Subscription = Awaited<ReturnType<CommandContext['billing']['subscriptions']['of']>>[number]
type Entitlement = ReturnType<CommandContext['access']['entitlement']>

const isMembership = ({ items }: Subscription) => items.some(({ plan }) => plan)

/** How a subscription stands, and what its owner can do about what is wrong. */
export const standing = (subscription: Subscription, entitlement: Entitlement): Text =>
  lines(
    isMembership(subscription)
      ? state(subscription, entitlement)
      : text`A subscription that is no membership, and unlocks nothing here.`,
    trouble(subscription),
  )

function state(
  { status, awaitsFirstPayment, periodEndsAt, trialEndsAt, endsAt }: Subscription,
  { by, changesAt }: Entitlement,
): Text {
  if (status === 'paused') return text`Paused. It unlocks nothing until you resume it.`
  if (status === 'unpaid') return text`Stopped: too many payments failed.`
  if (awaitsFirstPayment)
    return status === 'active'
      ? text`The first payment is on its way, which takes a bank some days. What this unlocks is yours when it has come.`
      : text`Not begun: the first payment is missing.`
  if (status === 'past_due')
    return by.length && changesAt
      ? text`A payment is missing: you keep what it unlocks until ${date(changesAt)}.`
      : text`A payment is missing, so it unlocks nothing until that is settled.`
  if (endsAt) return text`Ends on ${date(endsAt)}; nothing more is charged.`
  if (status === 'trialing' && trialEndsAt)
    return text`Free trial until ${date(trialEndsAt)}, then it renews.`
  return periodEndsAt ? text`Active, renews on ${date(periodEndsAt)}.` : text`Active.`
}

function trouble({ owed, latestInvoice, endedInvoice }: Subscription): Text | undefined {
  if (owed?.needsConfirmation)
    return text`Your bank wants you to confirm a payment: open billing on Stripe and do it there.`
  if (owed)
    return text`The last payment didn't go through: open billing on Stripe and pay, or choose another card.`
  if (endedInvoice && endedInvoice === latestInvoice)
    return text`The last payment was given back, so this unlocks nothing until the next one.`
  return undefined
}
