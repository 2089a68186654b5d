import type { ChatPlatform } from '../../platforms/platform.ts'
import { channelMention, code, relative, text } from '../../text.ts'
import { bad, type Check, type CheckDeps, good, open, problem, safely } from './check.ts'

const minuteMs = 60_000
const longWaitMs = 5 * minuteMs

/** The bot itself: its chat, what it has still to do, its last look at everybody, its log channel. */
export async function checkWork(deps: CheckDeps): Promise<Check[]> {
  const chat = await safely('The chat', () => checkChat(deps))
  const others = await Promise.all([
    safely('The waiting looks', () => checkMarks(deps)),
    safely('The sweep', () => checkSweep(deps)),
    safely('The log channel', () => checkLog(deps)),
  ])
  return [...chat, ...others.flat()]
}

async function checkChat({ access, community }: CheckDeps): Promise<Check[]> {
  const platform = access.chat.platform(community)
  if (!platform)
    return [
      bad(
        text`The chat of this community is not set up any more.`,
        text`Set its variables again and restart the bot; its members lose nothing until then.`,
      ),
    ]
  return checkConnection(platform)
}

/** Whether anything stops the bot in this chat as a whole. */
export async function checkConnection(platform: ChatPlatform): Promise<Check[]> {
  const problems = await platform.problems()
  return problems.length ? problems.map(problem) : [good(platform.allWell)]
}

async function checkMarks({ access, community, waiting, now }: CheckDeps): Promise<Check[]> {
  const [platform] = community.split(':')
  // What stops the other communities is theirs to see.
  const closed = access.gates
    .closed()
    .filter(({ id }) => id.startsWith('stripe:') || id === platform || `${id}:`.startsWith(`${community}:`))
  const { count, oldest } = await waiting()
  const looks = count === 1 ? '1 look waits' : `${count} looks wait`
  const since = oldest === undefined ? undefined : text`, the oldest since ${relative(oldest)}`
  if (oldest === undefined) return [good(text`No look waits.`), ...closed.map(problem)]
  if (now() - oldest < longWaitMs) return [good(text`${looks}${since}.`), ...closed.map(problem)]
  return [
    bad(
      text`${looks}${since}.`,
      closed.length
        ? text`They go on by themselves once the other lines in red are mended.`
        : text`See that the bot runs; ${code('/premium why')} shows what somebody's look waits for, and the bot's log the rest.`,
    ),
    ...closed.map(problem),
  ]
}

async function checkSweep({ access, sweepMinutes, now }: CheckDeps): Promise<Check[]> {
  const last = await access.sweep.last()
  if (sweepMinutes === 0)
    return [
      open(
        text`The sweep is turned off (SWEEP_MINUTES is 0): ${code('/premium sync')} looks at everybody when you say so.`,
      ),
    ]
  if (!last)
    return [
      bad(
        text`The bot never finished a look at everybody.`,
        text`It tries every ${sweepMinutes} minutes; ${code('/premium sync')} does it now and says what is in the way.`,
      ),
    ]
  const { endedAt, compared, differing, heldBack } = last
  const found = text`The last look at everybody ended ${relative(endedAt)}: ${compared} compared, ${differing - heldBack} mended${heldBack ? `, ${heldBack} held back` : ''}`
  if (now() - endedAt > (2 * sweepMinutes + 5) * minuteMs)
    return [
      bad(
        text`${found}. The next one is overdue.`,
        text`${code('/premium sync')} does it now and says what is in the way.`,
      ),
    ]
  return [good(text`${found}.`)]
}

async function checkLog({ access, community }: CheckDeps): Promise<Check[]> {
  const { logChannel } = await access.settings.of(community)
  if (!logChannel)
    return [open(text`No log channel is set; ${code('/premium log')} sets where notices for admins go.`)]
  const problems = (await access.chat.platform(community)?.checkChannel(community, logChannel)) ?? []
  return problems.length
    ? problems.map(problem)
    : [good(text`The bot can write into the log channel ${channelMention(logChannel)}.`)]
}
