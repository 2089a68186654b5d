import type { Logger } from 'pino'
import type { MemberId } from '../../member.ts'
import { type Text, text } from '../../text.ts'
import type { Invocation } from '../platform.ts'
import type { People } from './people.ts'

/** Who somebody is and what they may do, asked of Slack now; or why that can't be told. */
export async function callerOf(
  people: People,
  member: MemberId,
  log: Logger,
): Promise<Pick<Invocation, 'member' | 'locale' | 'isAdmin'> | { says: Text }> {
  try {
    const person = await people.recent(member)
    if (person === 'gone') return { says: text`I can't tell who you are here.` }
    return { member, locale: person.locale, isAdmin: person.isAdmin }
  } catch (error) {
    log.error({ err: error, member }, 'slack could not be asked who somebody is')
    return { says: text`Slack isn't telling me who you are right now. Please try again in a minute.` }
  }
}
