import { type CommandContext, defineCommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { nearest } from '../../src/nearest.ts'
import { type Plan, typedName } from '../../src/plan.ts'
import type { Reply } from '../../src/reply.ts'
import { code, didYouMean, lines, roleMention, type Text, text } from '../../src/text.ts'
import { heldReply } from './sync.ts'

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
            tier.plans.map(plan => ({ label: `${tier.name}: ${plan.lookupKey}`, value: typedName(plan) })),
          )
          .filter(({ label }) => label.toLowerCase().includes(typed.toLowerCase()))
          .slice(0, 25)
      },
    },
    { name: 'also', description: 'add to what is set instead of replacing it', type: 'yes-no' },
    { name: 'sure', description: 'accept a role with moderator powers', type: 'yes-no', internal: true },
  ],
  async run(context): Promise<Reply> {
    const { options } = context
    const outcome = await setPaidRole(context, {
      role: options.text('role') ?? '',
      plan: await planOf(context),
      also: options.yes('also'),
      isSure: options.yes('sure'),
    })
    if (outcome.stopped) return outcome.stopped
    return {
      title: text`Done`,
      text: lines(outcome.done, text`${code('/plans')} shows what members see.`),
    }
  },
})

/** What an admin wants members to get; `plan`: for this one alone. */
interface Wanted {
  role: string
  plan: Plan | undefined
  also: boolean
  isSure: boolean
}

/** What was done, or what is in the way. */
export type Outcome = { done: Text; stopped?: undefined } | { stopped: Reply; done?: undefined }

/** Sets a paid role; answers what it did, or the reply that says what is in the way. */
export async function setPaidRole(context: CommandContext, wanted: Wanted): Promise<Outcome> {
  const { access, community, member, roleWord } = context
  const { role, plan, also, isSure } = wanted
  const roles = access.chat.platform(community)?.roles
  if (!roles) throw new UserError(text`This community's platform isn't connected.`)

  const problems = await roles.check(community, role)
  if (problems.length)
    return {
      stopped: {
        title: text`That ${roleWord} can't be sold yet`,
        text: lines(...problems.flatMap(({ what, fix }) => [what, fix])),
      },
    }
  const warnings = await roles.warnings(community, role)
  if (warnings.length && !isSure) return { stopped: askAgain(wanted, warnings) }

  const too = also ? ' too' : ''
  const key = plan?.lookupKey
  const joined = (old: string[]) => (also ? [...new Set([...old, role])] : [role])
  const { marked, held } = await access.changes.propose(
    community,
    settings => {
      const { everyPlan, byPlan } = settings
      if (!key) return { ...settings, everyPlan: joined(everyPlan) }
      // A plan without a role of its own unlocks what every plan does; adding one must not take that away.
      const unlocked = Object.hasOwn(byPlan, key) ? byPlan[key] : everyPlan
      return { ...settings, byPlan: { ...byPlan, [key]: joined(unlocked ?? []) } }
    },
    {
      did: text`set the paid role of ${key ? code(key) : 'every plan'} to ${roleMention(role)}${too}`,
      detail: `paid role ${role} for ${key ?? 'every plan'}${too}`,
      by: member,
    },
  )
  if (held) return { stopped: heldReply(held) }
  return {
    done: lines(
      key
        ? text`${code(key)} now unlocks ${roleMention(role)}${too}.`
        : text`Every plan without a ${roleWord} of its own now unlocks ${roleMention(role)}${too}.`,
      marked.length
        ? text`${marked.length} known ${marked.length === 1 ? 'member is' : 'members are'} being looked at.`
        : undefined,
    ),
  }
}

/** Takes a plan's own role away, so that it unlocks again what every plan does. */
export async function dropOwnRole(
  { access, community, member }: CommandContext,
  { lookupKey }: Plan,
): Promise<Outcome> {
  const { held } = await access.changes.propose(
    community,
    settings => {
      const { [lookupKey]: _, ...byPlan } = settings.byPlan
      return { ...settings, byPlan }
    },
    {
      did: text`let ${code(lookupKey)} unlock what every plan does`,
      detail: `no paid role of its own for ${lookupKey}`,
      by: member,
    },
  )
  return held
    ? { stopped: heldReply(held) }
    : { done: text`${code(lookupKey)} unlocks what every plan does.` }
}

async function planOf({ billing, options }: CommandContext): Promise<Plan | undefined> {
  const wanted = options.text('plan')
  if (!wanted) return undefined
  const found = await billing.catalog.find(wanted)
  if (found) return found.plan
  const known = (await billing.catalog.tiers()).flatMap(({ plans }) =>
    plans.map(({ lookupKey }) => lookupKey),
  )
  throw new UserError(
    known.length
      ? text`Stripe has no active plan ${code(wanted.slice(0, 100))}. ${didYouMean(nearest(wanted, known))}It has ${known.join(', ')}.`
      : text`Stripe has no active recurring price with a lookup key yet.`,
  )
}

// A plan goes by its price id here: a lookup key may be longer than a button can carry.
function askAgain({ role, plan, also }: Wanted, warnings: { what: Text; fix: Text }[]): Reply {
  const line = ['premium role', role, plan && `plan:${plan.priceId}`, also && 'also:yes', 'sure:yes']
  return {
    title: text`Are you sure?`,
    text: lines(...warnings.flatMap(({ what, fix }) => [what, fix])),
    buttons: [{ label: 'Sell it all the same', run: line.filter(Boolean).join(' '), style: 'danger' }],
  }
}
