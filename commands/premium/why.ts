import { type CommandContext, defineCommand } from '../../src/command.ts'
import { operatorText, UserError } from '../../src/errors.ts'
import { userOf } from '../../src/member.ts'
import { pageOf } from '../../src/paging.ts'
import type { Reply } from '../../src/reply.ts'
import {
  bold,
  code,
  joinText,
  lines,
  mention,
  moment,
  relative,
  roleMention,
  type Text,
  text,
} from '../../src/text.ts'

const entriesPerPage = 10
const mostCauses = 3

export default defineCommand({
  description: "A member's timeline: what happened, and what was done about it",
  access: 'admin',
  options: [
    { name: 'member', description: 'whose timeline', type: 'member', required: true },
    { name: 'page', description: 'which page', type: 'number', internal: true },
  ],
  async run({ access, options }): Promise<Reply> {
    const member = options.member('member')
    if (!member) throw new UserError(text`Say which member.`)
    const entries = await access.journal.of(member)
    const waiting = access.queue.pending(`member:${member}`)
    const open =
      waiting &&
      text`${bold('Waiting')} since ${relative(waiting.since)}: ${causesOf(waiting.causes)}${
        waiting.failure ? text` → ${operatorText(waiting.failure)}` : undefined
      }`
    const page = pageOf(
      entries,
      options.number('page') ?? 1,
      entriesPerPage,
      `premium why <@${userOf(member)}>`,
    )
    return {
      title: text`What happened to ${mention(member)}`,
      text: entries.length
        ? lines(open, ...page.items.map(line), page.words ? text`${page.words}` : undefined)
        : lines(open, text`Nothing yet: the bot never looked at ${mention(member)}.`),
      buttons: page.buttons,
    }
  },
})

type Entry = Awaited<ReturnType<CommandContext['access']['journal']['of']>>[number]

/** When: what caused it → what Stripe said → what was decided → what the chat answered. */
const line = ({ at, causes, found, wanted, did, stoppedBy }: Entry): Text =>
  text`${moment(at)} ${joinText(
    [
      text`${bold(causesOf(causes))}`,
      found ? text`Stripe: ${found}` : undefined,
      wanted && (wanted.length ? text`should hold ${roles(wanted)}` : text`should hold nothing`),
      stoppedBy ? text`${bold('stopped')}: ${did}` : did,
    ],
    ' → ',
  )}`

const roles = (ids: readonly string[]): Text =>
  joinText(
    ids.map(id => [roleMention(id)]),
    ', ',
  )

function causesOf(causes: Entry['causes']): Text {
  const left = causes.length - mostCauses
  return joinText(
    [...causes.slice(0, mostCauses).map(causeOf), left > 0 ? text`${left} more` : undefined],
    ', ',
  )
}

const causeOf = ({ what, detail, by }: Entry['causes'][number]): Text =>
  joinText(
    [text`${what}`, by && text`by ${mention(by)}`, detail ? text`${code(detail.slice(0, 120))}` : undefined],
    ' ',
  )
