import { type CommandContext, defineCommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import type { MemberId } from '../../src/member.ts'
import type { Reply } from '../../src/reply.ts'
import { code, joinText, lines, mention, type Text, text } from '../../src/text.ts'
import { waitForLook } from '../../src/waiting.ts'

export default defineCommand({
  description: "End somebody's complimentary access; what is paid for ends in Stripe",
  access: 'admin',
  options: [{ name: 'member', description: 'whose complimentary access', type: 'member', required: true }],
  async run(context): Promise<Reply> {
    const { access, options, now, member: by } = context
    const member = options.member('member')
    if (!member) throw new UserError(text`Say which member.`)
    const [stored, paid] = await Promise.all([access.memberships.get(member), paidFor(context, member)])
    const end = stored?.complimentary?.until
    if (!stored?.complimentary || (end !== undefined && end <= now()))
      return paid
        ? { title: text`That is paid for`, text: lines(paid, howToEnd) }
        : { text: text`${mention(member)} has no complimentary access, and pays for nothing here.` }

    await access.memberships.update(member, latest => {
      const { complimentary: _, ...rest } = latest ?? stored
      return rest
    })
    const cause = { what: 'admin' as const, by, detail: 'complimentary access revoked' }
    await access.journal.add(member, { at: now(), causes: [cause], did: text`revoked` })
    await access.queue.mark(`member:${member}`, cause)
    const waits = await waitForLook(context, member)
    return {
      title: waits ? text`Noted` : text`Done`,
      text: lines(
        waits ?? text`The complimentary access of ${mention(member)} has ended.`,
        paid,
        paid && text`That stays. ${howToEnd}`,
      ),
    }
  },
})

/** What somebody pays for and where it is found in Stripe; never a link, which would open for anybody. */
async function paidFor({ billing }: CommandContext, member: MemberId): Promise<Text | undefined> {
  const subscriptions = await billing.subscriptions.of(await billing.customers.of(member))
  const live = subscriptions.filter(({ status }) => !status.startsWith('incomplete'))
  if (live.length === 0) return undefined
  return text`${mention(member)} has a subscription in Stripe: ${joinText(
    live.map(
      ({ id, customer, status, items }) =>
        text`${code(id)} (${status}${items.map(({ plan }) => (plan ? `, ${plan.lookupKey}` : '')).join('')}) of customer ${code(customer)}`,
    ),
    '; ',
  )}.`
}

const howToEnd = text`To end it, search for the customer in the Stripe dashboard, open the subscription and choose Cancel subscription (refund the last payment there if it should be given back). What it unlocks closes by itself seconds after it has ended.`
