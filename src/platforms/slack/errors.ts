import { webApi } from '@slack/bolt'
import { type Mended, OperatorError, type Problem, RetryLater } from '../../errors.ts'
import type { CommunityId } from '../../member.ts'
import { code, joinText, text } from '../../text.ts'
import { botScopes } from './manifest.ts'

/** Whether Slack refused with one of these codes (docs.slack.dev/reference/methods, each method's errors). */
export const isSlackError = (error: unknown, ...codes: string[]): boolean => codes.includes(slackCode(error))

/** Slack's own word for why it refused, or an empty text for anything else. */
export const slackCode = (error: unknown): string =>
  error instanceof webApi.WebAPIPlatformError ? error.data.error : ''

/** Codes that mean a token works no more; somebody has to install the app again. */
export const deadTokenCodes = [
  'account_inactive',
  'invalid_auth',
  'not_authed',
  'token_expired',
  'token_revoked',
]

const passingCodes = [
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]

/** What the operator does about a token that works no more, in one workspace. */
export const tokenProblem = (community: CommunityId, remedy: string): Problem => ({
  id: community,
  what: text`Slack refuses the bot's token for the workspace ${community.split(':')[1]}.`,
  fix: text`${remedy} Members who paid keep their claim until then.`,
})

/** What the operator does about a permission that the app doesn't have; `needed` as Slack names scopes. */
export const scopeProblem = (id: string, needed: readonly string[]): Problem => ({
  id,
  what: text`The Slack app lacks ${needed.length === 1 ? 'the scope' : 'the scopes'} ${joinText(
    needed.map(scope => [code(scope)]),
    ', ',
  )}.`,
  fix: text`Add what is missing on api.slack.com/apps (your app, OAuth & Permissions, Bot Token Scopes) and press Reinstall there.`,
})

/** Which of the scopes a call's answer doesn't list; an answer that lists none says nothing. */
export const lackingScopes = (
  { response_metadata }: webApi.WebAPICallResult,
  needed: readonly string[],
): string[] =>
  response_metadata?.scopes ? needed.filter(scope => !response_metadata.scopes?.includes(scope)) : []

/** The scopes that a `missing_scope` refusal names. */
export function neededScopes(error: unknown): string[] {
  const said = error instanceof webApi.WebAPIPlatformError ? error.data : {}
  const needed: unknown = 'needed' in said ? said.needed : undefined
  const named = typeof needed === 'string' ? needed.split(',') : []
  // Slack names everything that would do, other kinds of channel included.
  const own = named.filter(scope => botScopes.includes(scope))
  return own.length ? own : named
}

/**
 * Sorts what the Web API answered: `RetryLater` where time mends it, `OperatorError` for a dead token or a missing scope,
 * anything else as it came.
 */
export function sorted(
  error: unknown,
  {
    community,
    remedy,
    isMended,
  }: { community: CommunityId; remedy: string; isMended: () => Promise<boolean> },
): unknown {
  if (error instanceof webApi.WebAPIRateLimitedError)
    return new RetryLater('slack asks to wait', error.retryAfter * 1000, { cause: error })
  if (error instanceof webApi.WebAPIRequestError)
    return new RetryLater("slack can't be reached", 0, { cause: error })
  if (error instanceof webApi.WebAPIHTTPError)
    return error.statusCode >= 500 ? new RetryLater('slack is down', 0, { cause: error }) : error
  if (isSlackError(error, ...passingCodes)) return new RetryLater('slack is busy', 0, { cause: error })
  if (isSlackError(error, ...deadTokenCodes))
    return new OperatorError(tokenProblem(community, remedy), isMended, { cause: error })
  if (isSlackError(error, 'missing_scope'))
    return new OperatorError(
      scopeProblem(community, neededScopes(error)),
      // A token that works may still lack what this call needs.
      async (): Promise<Mended> => (await isMended()) && 'perhaps',
      { cause: error },
    )
  // A 429 without a time to wait, or an answer that is no JSON, comes as a plain error.
  const isGarbled =
    error instanceof SyntaxError || (error instanceof Error && /^Retry header/.test(error.message))
  return isGarbled ? new RetryLater('slack answered nonsense', 0, { cause: error }) : error
}
