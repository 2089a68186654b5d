import { OperatorError, type Problem } from '../../errors.ts'
import { type CommunityId, communityOf, type MemberId, type RoleId, userOf } from '../../member.ts'
import { code, mention, roleMention, type Text, text } from '../../text.ts'
import { neededScopes, scopeProblem, slackCode } from './errors.ts'
import type { People } from './people.ts'

/** Makes an `OperatorError` with the fix out of what Slack refused. */
export interface Refusals {
  /** What stops the bot at one channel or group: what a check finds, else what Slack's word means. */
  explain(
    community: CommunityId,
    role: RoleId,
    error: unknown,
    check: (community: CommunityId, role: RoleId) => Promise<Problem[]>,
  ): Promise<unknown>
  /** What stops the bot with one person only; the others must not wait for that. */
  guest(member: MemberId, role: RoleId, error: unknown): OperatorError
}

export function createRefusals({ people }: { people: People }): Refusals {
  return {
    async explain(community, role, error, check) {
      const id = `${community}:${role}`
      if (error instanceof OperatorError && error.problem.id !== community) return error
      const needed = error instanceof OperatorError ? neededScopes(error.cause) : []
      const isRefusal = slackCode(error) !== '' || needed.length > 0
      if (!isRefusal) return error
      const [seen] = needed.length ? [] : await check(community, role)
      const problem = needed.length ? scopeProblem(id, needed) : unexplained(id, role, slackCode(error))
      const isMended = async () => (await check(community, role)).length === 0 && (seen ? true : 'perhaps')
      return new OperatorError(seen ?? problem, isMended, { cause: error })
    },
    guest(member, role, cause) {
      const what = text`${mention(member)} is a guest in this workspace, and Slack doesn't let the bot put guests into ${roleMention(role)}.`
      const fix = text`Make them a full member, or let their plan unlock a private channel that they may be in, with ${code('/premium role')}.`
      const id = `${communityOf(member)}:${role}:${userOf(member)}`
      const isMended = async () => {
        const person = await people.of(member)
        return person === 'gone' || !person.isGuest
      }
      return new OperatorError({ id, what, fix }, isMended, { cause })
    },
  }
}

const settingsPath = 'Workspace settings, Permissions'

// What no check can see beforehand: settings that only a refusal tells of.
function unexplained(id: string, role: RoleId, refusal: string): Problem {
  const it = roleMention(role)
  const known: Record<string, { what: Text; fix: Text }> = {
    restricted_action: {
      what: text`This workspace lets only admins add people to ${it} or remove them, and that keeps the bot out too.`,
      fix: text`Open ${settingsPath}, Channel Management, and let everyone invite to and remove from private channels.`,
    },
    permission_denied: {
      what: text`This workspace lets only admins change user groups, and that keeps the bot out too.`,
      fix: text`Open ${settingsPath}, User Groups, and let everyone change them; or choose a private channel with ${code('/premium role')}.`,
    },
  }
  const { what, fix } = known[refusal] ?? {
    what: text`Slack doesn't let the bot change who is in ${it} (${code(refusal)}).`,
    fix: text`Look for ${code(refusal)} on docs.slack.dev, or choose another channel or group with ${code('/premium role')}.`,
  }
  return { id, what, fix }
}
