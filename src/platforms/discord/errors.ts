import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { OperatorError, type Problem, RetryLater } from '../../errors.ts'

/** Discord's own numbers: discord.com/developers/docs/topics/opcodes-and-status-codes#json */
export const discordCodes = {
  unknownChannel: 10_003,
  unknownGuild: 10_004,
  unknownMember: 10_007,
  unknownRole: 10_011,
  unknownUser: 10_013,
  unknownInteraction: 10_062,
  alreadyAcknowledged: 40_060,
  missingAccess: 50_001,
  closedDms: 50_007,
  missingPermissions: 50_013,
  noMutualServers: 50_278,
} as const

/** Whether Discord answered with one of these codes. */
export const isDiscordCode = (error: unknown, ...codes: number[]): boolean =>
  error instanceof DiscordAPIError && codes.some(code => error.code === code)

/** The one who reset the token knows; nobody else can mend it. */
export const tokenProblem: Problem = {
  id: 'discord',
  what: ['Discord refuses the bot token.'],
  fix: [
    'Copy a new token from the Developer Portal (your application, Bot, Reset Token) into DISCORD_TOKEN and start the bot again.',
  ],
}

/**
 * Sorts what Discord answered: `RetryLater` where time mends it, `OperatorError` for a refused token, anything else as
 * it came.
 */
export function sorted(error: unknown, isTokenMended: () => Promise<boolean>): unknown {
  if (error instanceof RateLimitError)
    return new RetryLater('discord asks to wait', Math.max(error.timeToReset, error.retryAfter), {
      cause: error,
    })
  if (error instanceof DiscordAPIError) {
    if (error.status === 401) return new OperatorError(tokenProblem, isTokenMended, { cause: error })
    if (error.status === 429 || error.status >= 500)
      return new RetryLater('discord is busy', 0, { cause: error })
    return error
  }
  if (error instanceof HTTPError) return new RetryLater("discord can't be reached", 0, { cause: error })
  // discord.js forgets a token that was answered with 401 and then throws this before it asks.
  if (error instanceof Error && error.message.startsWith('Expected token to be set'))
    return new OperatorError(tokenProblem, isTokenMended, { cause: error })
  const isNetwork =
    error instanceof Error &&
    /abort|fetch failed|socket|ECONN|ETIMEDOUT|terminated/i.test(`${error.name} ${error.message}`)
  return isNetwork ? new RetryLater("discord can't be reached", 0, { cause: error }) : error
}
