import { type CommandContext, defineCommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import type { MemberId } from '../../src/member.ts'
import type { Reply } from '../../src/reply.ts'
import { code, date, joinText, lines, mention, roleMention, type Text, text } from '../../src/text.ts'
import { waitForLook } from '../../src/waiting.ts'

const dayMs = 86_400_000
const mostDays = 3650
const longestReason = 200

export default defineCommand({
  description: 'Give somebody complimentary access, for some days or until you revoke it',
  access: 'admin',
  options: [
    { name: 'member', description: 'who gets it', type: 'member', required: true },
    { name: 'days', description: 'for how many days; leave out for no end', type: 'number' },
    { name: 'role', description: 'only this; leave out for what every plan unlocks', type: 'role' },
    { name: 'reason', description: 'why, for the other admins', type: 'text' },
  ],
  async run(context): Promise<Reply> {
    const { access, options, now, member: by } = context
    const member = options.member('member')
    if (!member) throw new UserError(text`Say which member.`)
    const days = options.number('days')
    if (days !== undefined && (days < 1 || days > mostDays))
      throw new UserError(text`days is between 1 and ${mostDays}. Leave it out for no end.`)
    const reason = options.text('reason')?.slice(0, longestReason)
    const role = options.text('role')
    const refusal = await refusalOf(context, member, role)
    if (refusal) return refusal

    const until = days === undefined ? undefined : now() + days * dayMs
    const before = await access.memberships.get(member)
    await access.memberships.update(member, stored => {
      const { verifiedAt, ...rest } = stored ?? { given: [], plans: [], isGone: false }
      const isExtended = (rest.complimentary?.until ?? Number.POSITIVE_INFINITY) > now()
      return {
        ...rest,
        // What was verified before the grant says nothing about after it, unless it follows on another.
        ...(rest.complimentary && isExtended && verifiedAt !== undefined && { verifiedAt }),
        complimentary: {
          by,
          ...(role && { roles: [role] }),
          ...(until && { until }),
          ...(reason && { reason }),
        },
      }
    })
    const detail = joinText(
      [
        text`complimentary access ${days === undefined ? 'without an end' : `for ${days} ${days === 1 ? 'day' : 'days'}`}`,
        reason ? text`${reason}` : undefined,
      ],
      ': ',
    )
    const cause = { what: 'admin' as const, by, detail: detail.join('') }
    await access.journal.add(member, { at: now(), causes: [cause], did: text`granted` })
    await access.queue.mark(`member:${member}`, cause)
    const waits = await waitForLook(context, member)
    return {
      title: waits ? text`Noted` : text`Done`,
      text: lines(
        waits ?? (await outcome(context, member)),
        until
          ? text`It ends by itself on ${date(until)}.`
          : text`It has no end: ${code('/premium revoke')} ends it.`,
        before?.complimentary ? text`It replaces what they were given before.` : undefined,
        before?.plans.length
          ? text`They also pay for ${joinText(
              before.plans.map(plan => [code(plan)]),
              ', ',
            )}; that goes on.`
          : undefined,
      ),
    }
  },
})

async function refusalOf(
  { access, community, roleWord }: CommandContext,
  member: MemberId,
  role: string | undefined,
): Promise<Reply | undefined> {
  const roles = access.chat.platform(community)?.roles
  if (!roles) throw new UserError(text`This community's platform isn't connected.`)
  const { everyPlan, byPlan } = await access.settings.of(community)
  if (!role && everyPlan.length === 0)
    throw new UserError(
      text`No ${roleWord} is set for every plan, so there is nothing to give. Name one with ${code('role:')}, or set it with ${code('/premium role')}.`,
    )
  const wanted = role ? [role] : everyPlan
  const isSold = wanted.every(each => [...everyPlan, ...Object.values(byPlan).flat()].includes(each))
  const inTheWay = (await Promise.all(wanted.map(each => roles.check(community, each)))).flat()
  // An admin may not be allowed to hand out such powers by hand, and must not be through the bot.
  if (role && !isSold) inTheWay.push(...(await roles.warnings(community, role)))
  if (inTheWay.length)
    return {
      title: text`That ${roleWord} can't be given`,
      text: lines(...inTheWay.flatMap(({ what, fix }) => [what, fix])),
    }
  if ((await roles.held(member, wanted)) === 'gone')
    throw new UserError(text`${mention(member)} isn't here. Grant it when they have joined.`)
  return undefined
}

async function outcome({ access, community }: CommandContext, member: MemberId): Promise<Text> {
  const membership = await access.memberships.get(member)
  if (membership?.isGone) return text`${mention(member)} has left meanwhile, and gets it when they come back.`
  const { everyPlan } = await access.settings.of(community)
  const roles = membership?.complimentary?.roles ?? everyPlan
  return text`${mention(member)} holds ${joinText(
    roles.map(id => [roleMention(id)]),
    ', ',
  )} now.`
}
