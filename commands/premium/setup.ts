import { type CommandContext, defineCommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { pageOf } from '../../src/paging.ts'
import { formatPrice, fullName, type Plan, type Tier } from '../../src/plan.ts'
import type { Button, Reply, Select } from '../../src/reply.ts'
import { bold, channelMention, code, joinText, lines, roleMention, type Text, text } from '../../src/text.ts'
import { channelSelect, otherChannels, setLogChannel } from './log.ts'
import { dropOwnRole, setPaidRole } from './role.ts'

const rolesPerPage = 25
// No platform's id of a role.
const sameForAll = 'same'
const plansShown = 24
const offersShown = 10

export default defineCommand({
  description: 'Set up paid memberships, step by step',
  access: 'admin',
  options: [
    { name: 'role', description: 'what members get', type: 'text', internal: true },
    { name: 'plan', description: 'the plan that it is for', type: 'text', internal: true },
    { name: 'log', description: 'where notices go', type: 'text', internal: true },
    { name: 'page', description: 'which page of roles', type: 'number', internal: true },
  ],
  async run(context): Promise<Reply> {
    const { billing, options } = context
    const [role, named, channel] = [options.text('role'), options.text('plan'), options.text('log')]
    const chosen = named ? await billing.catalog.find(named) : undefined
    if (named && !chosen)
      throw new UserError(
        text`Stripe sells that plan no more. ${code('/premium setup')} shows those it sells.`,
      )
    if (role === sameForAll && chosen) {
      const { done, stopped } = await dropOwnRole(context, chosen.plan)
      return stopped ? withWayBack(stopped) : panel(context, { done })
    }
    if (role) {
      const wanted = { role, plan: chosen?.plan, also: false, isSure: false }
      const { done, stopped } = await setPaidRole(context, wanted)
      return stopped ? withWayBack(stopped) : panel(context, { done })
    }
    if (channel) {
      const { done, stopped } = await setLogChannel(context, channel)
      return stopped ? withWayBack(stopped) : panel(context, { done })
    }
    return panel(context, { chosen })
  },
})

const withWayBack = (reply: Reply): Reply => ({
  ...reply,
  buttons: [...(reply.buttons ?? []), { label: 'Back to the setup', run: 'premium setup' }],
})

interface Offered {
  tier: Tier
  plan: Plan
}

interface Step {
  /** What the last step did. */
  done?: Text
  /** The plan that a role is being chosen for; every plan otherwise. */
  chosen?: Offered | undefined
}

async function panel(context: CommandContext, { done, chosen }: Step): Promise<Reply> {
  const { access, billing, community, roleWord, options } = context
  const [settings, tiers, onSale, choices] = await Promise.all([
    access.settings.of(community),
    billing.catalog.tiers(),
    access.onSale(community),
    access.chat.platform(community)?.choices(community),
  ])
  const { roles = [], channels = [] } = choices ?? {}
  const line = chosen ? `premium setup plan:${chosen.plan.priceId}` : 'premium setup'
  const shown = pageOf(roles, options.number('page') ?? 1, rolesPerPage, line)
  const isSelling = onSale.length > 0
  const own = Object.entries(settings.byPlan)
  const plans = tiers.flatMap(tier => tier.plans.map(plan => ({ tier, plan })))
  const nameOf = ({ tier, plan }: Offered) => fullName(tier, plan, tiers.length === 1)
  return {
    title: isSelling ? text`Memberships are on sale here` : text`Set up memberships`,
    text: lines(
      done && text`✅ ${done}`,
      done && text``,
      chosen
        ? text`Choose the ${roleWord} that only ${bold(nameOf(chosen))} unlocks.`
        : isSelling
          ? text`${bold('1.')} Members get ${rolesText(settings.everyPlan)}${own.length ? text` (${own.length} with a ${roleWord} of their own)` : undefined}. Choose another ${roleWord} below at any time.`
          : text`${bold('1.')} Choose the ${roleWord} that members get. That is all it takes.`,
      ...own.map(([key, ids]) => text`• ${code(key)}: ${rolesText(ids)}`),
      chosen
        ? undefined
        : text`${bold('2.')} If a plan should unlock something of its own, choose the plan first.`,
      settings.logChannel
        ? text`${bold('3.')} Notices for admins go to ${channelMention(settings.logChannel)}.`
        : text`${bold('3.')} Choose where notices for admins go, if you like.`,
      roles.length === 0
        ? text`There is no ${roleWord} to choose yet: make one, then press Look again.`
        : undefined,
      shown.words
        ? text`${shown.words} There are ${roles.length} to choose from; ${code('/premium role')} finds any by name.`
        : undefined,
      plans.length > plansShown
        ? text`The menu shows ${plansShown} of ${plans.length} plans; ${code('/premium role')} takes any by name.`
        : undefined,
      otherChannels(channels),
      tiers.length === 0
        ? text`Stripe has nothing to sell yet: make a recurring price with a lookup key in its dashboard (Product catalog), or run ${code('npm run seed')} for three examples.`
        : undefined,
    ),
    ...(isSelling && {
      cards: [{ title: text`What members see with /plans`, text: lines(...offers(context, onSale, nameOf)) }],
    }),
    selects: [
      roleSelect(context, shown.items, settings, chosen?.plan),
      planSelect(plans, chosen?.plan, nameOf),
      channelSelect(channels, settings.logChannel, id => `premium setup log:${id}`),
    ],
    buttons: [
      ...(roles.length === 0 ? [button('Look again', 'premium setup')] : []),
      ...shown.buttons,
      ...(chosen && Object.hasOwn(settings.byPlan, chosen.plan.lookupKey)
        ? [button('The same as every plan', `${line} role:${sameForAll}`)]
        : []),
      ...(isSelling
        ? [button('See what members see', 'plans', 'primary'), button('Check everything', 'premium status')]
        : []),
    ],
  }
}

const button = (label: string, run: string, style?: 'primary'): Button => ({
  label,
  run,
  ...(style && { style }),
})

function roleSelect(
  { roleWord }: CommandContext,
  roles: { id: string; label: string; hint?: string }[],
  { everyPlan, byPlan }: { everyPlan: string[]; byPlan: Record<string, string[]> },
  plan: Plan | undefined,
): Select {
  const set = plan ? (byPlan[plan.lookupKey] ?? []) : everyPlan
  // Several are set with `/premium role`, and a menu marks one.
  const only = set.length === 1 ? set[0] : undefined
  return {
    placeholder: `The ${roleWord} that ${plan ? 'this plan unlocks' : 'members get'}`,
    options: roles.map(({ id, label, hint }) => ({
      label,
      run: ['premium setup', plan && `plan:${plan.priceId}`, `role:${id}`].filter(Boolean).join(' '),
      ...(hint && { hint }),
      ...(id === only && { chosen: true }),
    })),
  }
}

const planSelect = (
  plans: Offered[],
  chosen: Plan | undefined,
  nameOf: (offered: Offered) => string,
): Select => ({
  placeholder: 'For which plan',
  options: [
    { label: 'Every plan', run: 'premium setup', ...(!chosen && { chosen: true }) },
    ...plans.slice(0, plansShown).map(({ tier, plan }) => ({
      label: nameOf({ tier, plan }),
      hint: plan.lookupKey,
      run: `premium setup plan:${plan.priceId}`,
      ...(plan.priceId === chosen?.priceId && { chosen: true }),
    })),
  ],
})

function offers(
  { locale }: CommandContext,
  onSale: Awaited<ReturnType<CommandContext['access']['onSale']>>,
  nameOf: (offered: Offered) => string,
): Text[] {
  const all = onSale.flatMap(tier =>
    tier.plans.map(
      plan =>
        text`${bold(nameOf({ tier, plan }))}: ${formatPrice(plan, locale)}, unlocks ${rolesText(plan.unlocks)}`,
    ),
  )
  const more = all.length - offersShown
  return more > 0 ? [...all.slice(0, offersShown), text`… and ${more} more.`] : all
}

const rolesText = (ids: readonly string[]): Text =>
  ids.length
    ? joinText(
        ids.map(id => [roleMention(id)]),
        ', ',
      )
    : text`nothing yet`
