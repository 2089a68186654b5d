import { type CommandContext, defineCommand } from '../../src/command.ts'
import { OperatorError, type Problem } from '../../src/errors.ts'
import { type MemberId, userOf } from '../../src/member.ts'
import type { Button, Reply } from '../../src/reply.ts'
import { bold, joinText, lines, mention, roleMention, type Text, text } from '../../src/text.ts'

type Access = CommandContext['access']
type HeldBack = NonNullable<Awaited<ReturnType<Access['harm']['held']>>>
type Difference = Awaited<ReturnType<Access['sweep']['compare']>>['differences'][number]

// An answer can be edited for a quarter of an hour at most; what isn't done by then goes on without it.
const answersWithinMs = 13 * 60_000
const looksEveryMs = 100
const shownLines = 15

export default defineCommand({
  description: 'Look at everybody now and mend what differs',
  access: 'admin',
  options: [
    { name: 'dry_run', description: 'only report what differs', type: 'yes-no' },
    { name: 'confirm', description: 'what to do about what was held back', type: 'yes-no', internal: true },
  ],
  async run(context): Promise<Reply> {
    const { access, community, member, options } = context
    const end = performance.now() + answersWithinMs
    if (options.yes('dry_run')) return dryRun(context)
    const isConfirmed = options.yes('confirm')
    if (options.text('confirm') === 'false') {
      const hadProposal = await access.changes.discard(community, member)
      return { text: hadProposal ? text`Nothing was changed.` : text`Nothing was waiting.` }
    }
    const confirmed = isConfirmed ? await access.changes.confirm(community, member) : undefined
    if (isConfirmed && !confirmed) return { text: text`Nothing is waiting for you any more.` }
    // What an admin has mended a moment ago should not wait for the next check.
    await access.gates.check()
    const found = await access.sweep.run(
      { what: 'sweep', detail: isConfirmed ? 'confirmed by an admin' : 'asked for by an admin', by: member },
      community,
      { progress: (count, of) => context.progress(counting('Comparing', count, of)) },
    )
    await access.journal.add(community, {
      at: context.now(),
      causes: [{ what: 'admin', by: member }],
      did: text`looked at everybody: ${found.compared} compared, ${found.differing} differed`,
    })
    const looked = await looks(context, [...new Set([...(confirmed ?? []), ...found.marked])], end)
    const held = await access.harm.held(community)
    const summary = lines(
      text`${counted(found.compared)} compared, ${found.differing} differed.`,
      looked.done ? text`${looked.done} mended.` : undefined,
      ...looked.stopped.map(
        ({ problem, count }) =>
          text`${count} ${count === 1 ? 'waits' : 'wait'}: ${problem.what} ${problem.fix}`,
      ),
      looked.late
        ? text`${looked.late} not done yet: something isn't answering. They go on by themselves.`
        : undefined,
      found.differing === 0 && looked.stopped.length === 0
        ? text`Everybody holds what they should.`
        : undefined,
    )
    if (!held) return { title: text`Everybody was looked at`, text: summary }
    const waits = heldReply(held)
    return { ...waits, title: text`Some wait for you`, text: lines(summary, waits.text) }
  },
})

/** What was stopped because it would take something from many, with the buttons that decide it. */
export function heldReply({ losing, holders, settings }: HeldBack): Reply {
  const confirm = (label: string): Button => ({ label, run: 'premium sync confirm:yes', style: 'danger' })
  return settings
    ? {
        title: text`This waits for your word`,
        text: lines(
          text`${bold(`${losing} of ${holders}`)} people would lose something they hold now.`,
          text`Nothing is changed yet.`,
        ),
        buttons: [
          confirm(`Apply it for ${losing} people`),
          { label: 'Leave it as it is', run: 'premium sync confirm:no' },
        ],
      }
    : {
        title: text`This waits for your word`,
        text: lines(
          text`${bold(`${losing} of ${holders}`)} people would lose access now, and keep it until you decide.`,
          text`If that can't be right, check in Stripe that this is the right account and that nothing was cancelled by mistake.`,
        ),
        buttons: [
          confirm(`End access for ${losing} people`),
          { label: 'Show who', run: 'premium sync dry_run:yes' },
        ],
      }
}

async function dryRun({ access, community, progress, now }: CommandContext): Promise<Reply> {
  const { compared, differences } = await access.sweep.compare(community, {
    progress: (count, of) => progress(counting('Comparing', count, of)),
  })
  if (differences.length === 0)
    return {
      title: text`Nothing differs`,
      text: text`${counted(compared)} compared; everybody holds what they should.`,
    }
  const shown = differences.slice(0, shownLines).map(line)
  const more = differences.length - shown.length
  return {
    title: text`${differences.length} of ${compared} differ`,
    text: lines(
      ...shown,
      more ? text`… and ${more} more, in the file.` : undefined,
      text`Nothing was touched.`,
    ),
    buttons: [{ label: 'Mend it', run: 'premium sync', style: 'primary' }],
    ...(more && {
      file: {
        name: `differences-${new Date(now()).toISOString().slice(0, 10)}.csv`,
        content: csv(differences),
      },
    }),
  }
}

const line = ({ member, missing, surplus }: Difference): Text =>
  text`${mention(member)}: ${
    missing.length || surplus.length
      ? joinText(
          [
            missing.length ? text`is missing ${roles(missing)}` : undefined,
            surplus.length ? text`should not hold ${roles(surplus)}` : undefined,
          ],
          ', ',
        )
      : text`holds the right thing; the record of it is old`
  }`

const roles = (ids: readonly string[]): Text =>
  joinText(
    ids.map(id => [roleMention(id)]),
    ', ',
  )

// Ids alone: no cell starts with a sign that a spreadsheet would take for a formula.
const csv = (differences: readonly Difference[]): string =>
  [
    'member,missing,surplus',
    ...differences.map(
      ({ member, missing, surplus }) => `${userOf(member)},${missing.join(' ')},${surplus.join(' ')}`,
    ),
    '',
  ].join('\r\n')

interface Looked {
  done: number
  /** What waits for a person, by problem. */
  stopped: { problem: Problem; count: number }[]
  /** What isn't done when the time is up. */
  late: number
}

async function looks(
  { access, progress }: CommandContext,
  members: MemberId[],
  end: number,
): Promise<Looked> {
  const stopped = new Map<MemberId, Problem>()
  let open = members
  for (;;) {
    stopped.clear()
    open = open.filter(member => {
      const pending = access.queue.pending(`member:${member}`)
      if (pending?.failure instanceof OperatorError) stopped.set(member, pending.failure.problem)
      return pending !== undefined
    })
    if (open.length === stopped.size || performance.now() >= end) break
    progress(counting('Mending', members.length - open.length, members.length))
    // Waiting for an answer must not keep a bot that stops from ending.
    await new Promise(resolve => setTimeout(resolve, looksEveryMs).unref())
  }
  const byProblem = new Map<string, { problem: Problem; count: number }>()
  for (const problem of stopped.values()) {
    const { count } = byProblem.get(problem.id) ?? { count: 0 }
    byProblem.set(problem.id, { problem, count: count + 1 })
  }
  return {
    done: members.length - open.length,
    stopped: [...byProblem.values()],
    late: open.length - stopped.size,
  }
}

const counting = (word: string, count: number, of: number): Reply => ({
  text: text`${word} … ${count} of ${of}`,
})
const counted = (count: number): string => `${count} ${count === 1 ? 'member' : 'members'}`
