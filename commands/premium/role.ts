import { type CommandContext, defineCommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { nearest } from '../../src/nearest.ts'
import type { Reply } from '../../src/reply.ts'
import { code, didYouMean, lines, roleMention, type Text, text } from '../../src/text.ts'

export default defineCommand({
  description: 'Choose what a membership unlocks, for every plan or for one',
  access: 'admin',
  options: [
    { name: 'role', description: 'what members get', type: 'role', required: true },
    {
      name: 'plan',
      description: 'only for this plan; leave out for every plan',
      type: 'text',
      async complete({ billing }, typed) {
        const tiers = await billing.catalog.tiers()
        return tiers
          .flatMap(tier =>
            tier.plans.map(({ lookupKey }) => ({ label: `${tier.name}: ${lookupKey}`, value: lookupKey })),
          )
          .filter(({ label }) => label.toLowerCase().includes(typed.toLowerCase()))
          .slice(0, 25)
      },
    },
    { name: 'also', description: 'add to what is set instead of replacing it', type: 'yes-no' },
    { name: 'sure', description: 'accept a role with moderator powers', type: 'yes-no', internal: true },
  ],
  async run(context): Promise<Reply> {
    const { access, community, member, options } = context
    const role = options.text('role') ?? ''
    const plan = await lookupKeyOf(context)
    const roles = access.chat.platform(community)?.roles
    if (!roles) throw new UserError(text`This community's platform isn't connected.`)

    const problems = await roles.check(community, role)
    if (problems.length)
      return {
        title: text`That ${context.roleWord} can't be sold yet`,
        text: lines(...problems.flatMap(({ what, fix }) => [what, fix])),
      }
    const warnings = await roles.warnings(community, role)
    if (warnings.length && !options.yes('sure')) return askAgain(context, role, plan, warnings)

    const also = options.yes('also')
    await access.settings.change(community, settings => {
      const joined = (old: string[]) => (also ? [...new Set([...old, role])] : [role])
      return plan
        ? { ...settings, byPlan: { ...settings.byPlan, [plan]: joined(settings.byPlan[plan] ?? []) } }
        : { ...settings, everyPlan: joined(settings.everyPlan) }
    })
    const detail = `paid role ${role} for ${plan ?? 'every plan'}${also ? ' too' : ''}`
    await access.journal.add(community, {
      at: context.now(),
      causes: [{ what: 'admin', by: member }],
      did: text`${detail}`,
    })
    const marked = await access.markCommunity(community, { what: 'settings', detail, by: member })
    return {
      title: text`Done`,
      text: lines(
        plan
          ? text`${code(plan)} now unlocks ${roleMention(role)}${also ? ' too' : ''}.`
          : text`Every plan without a ${context.roleWord} of its own now unlocks ${roleMention(role)}${also ? ' too' : ''}.`,
        marked
          ? text`${marked} known ${marked === 1 ? 'member is' : 'members are'} being looked at.`
          : undefined,
        text`${code('/plans')} shows what members see.`,
      ),
    }
  },
})

async function lookupKeyOf({ billing, options }: CommandContext): Promise<string | undefined> {
  const wanted = options.text('plan')
  if (!wanted) return undefined
  const found = await billing.catalog.find(wanted)
  if (found) return found.plan.lookupKey
  const known = (await billing.catalog.tiers()).flatMap(({ plans }) =>
    plans.map(({ lookupKey }) => lookupKey),
  )
  throw new UserError(
    known.length
      ? text`Stripe has no active plan ${code(wanted.slice(0, 100))}. ${didYouMean(nearest(wanted, known))}It has ${known.join(', ')}.`
      : text`Stripe has no active recurring price with a lookup key yet.`,
  )
}

function askAgain(
  { options }: CommandContext,
  role: string,
  plan: string | undefined,
  warnings: { what: Text; fix: Text }[],
): Reply {
  const line = ['premium role', role, plan && `plan:${plan}`, options.yes('also') && 'also:yes', 'sure:yes']
  return {
    title: text`Are you sure?`,
    text: lines(...warnings.flatMap(({ what, fix }) => [what, fix])),
    buttons: [{ label: 'Sell it all the same', run: line.filter(Boolean).join(' '), style: 'danger' }],
  }
}
