import type { CommandContext } from './command.ts'
import { operatorText } from './errors.ts'
import type { MemberId } from './member.ts'
import { code, type Text, text } from './text.ts'

const patienceMs = 8_000

/** Waits until the look that was just marked is done; answers what keeps it from that, or nothing when it is. */
export async function waitForLook(
  { access }: Pick<CommandContext, 'access'>,
  member: MemberId,
): Promise<Text | undefined> {
  const settled = await access.queue.settled(`member:${member}`, patienceMs)
  if (settled === true) return undefined
  const why = settled ? text`${operatorText(settled.failure)} ` : undefined
  return text`That isn't done yet, and goes on by itself: ${why}${code('/premium why')} shows how it goes.`
}
