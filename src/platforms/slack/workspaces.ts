import { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { OperatorError } from '../../errors.ts'
import { type CommunityId, groupOf } from '../../member.ts'
import { deadTokenCodes, isSlackError, sorted, tokenProblem } from './errors.ts'
import { boltLogger } from './log.ts'

const requestTimeoutMs = 15_000

/** The bot in one workspace, as Slack itself describes it. */
export interface Workspace {
  team: string
  name: string
  /** `https://NAME.slack.com/` */
  url: string
  botUserId: string
  client: webApi.WebClient
}

/** Where the bot's token for a workspace comes from: the settings, or what was installed. */
export interface Tokens {
  /** `undefined` where the bot isn't installed. */
  of(team: string): Promise<string | undefined>
  /** What the operator does when there is no token or it is refused. */
  remedy: string
}

/** The workspaces the bot is in, and the way to ask their Slack something. */
export interface Workspaces {
  of(community: CommunityId): Promise<Workspace>
  /** Asks, and sorts what goes wrong into the bot's own errors. */
  ask<Answer>(community: CommunityId, question: (workspace: Workspace) => Promise<Answer>): Promise<Answer>
  /** Looks at a token before anything else is known of it; errors come as Slack gives them. */
  meet(token: string): Promise<Workspace>
  /** Whether the bot's token there works, asked of Slack now; a Slack that doesn't answer counts as yes. */
  isAlive(community: CommunityId): Promise<boolean>
  /** What a token may do, asked of Slack now; errors come as Slack gives them. */
  scopes(token: string): Promise<string[]>
}

/** Options for every Web API client: the queue's waits are longer and spread, so nothing is tried twice here. */
export const clientOptions = (apiBase: string | undefined, log: Logger): webApi.WebClientOptions => ({
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: requestTimeoutMs,
  logger: boltLogger(log),
  // Bolt answers response URLs through this too, and sets no limit there.
  fetch: (url, init) => fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs), ...init }),
  ...(apiBase && { slackApiUrl: apiBase }),
})

export function createWorkspaces(deps: {
  tokens: Tokens
  apiBase: string | undefined
  log: Logger
}): Workspaces {
  const { tokens, apiBase, log } = deps
  const options = clientOptions(apiBase, log)
  const met = new Map<string, Promise<Workspace>>()

  const meet = (token: string): Promise<Workspace> => {
    const known = met.get(token)
    if (known) return known
    const client = new webApi.WebClient(token, options)
    const meeting = client.auth.test().then(
      ({ team_id = '', team = '', url = '', user_id = '' }): Workspace => ({
        team: team_id,
        name: team,
        url,
        botUserId: user_id,
        client,
      }),
    )
    met.set(token, meeting)
    meeting.catch(() => met.delete(token))
    return meeting
  }

  // Asked of Slack, not of what is remembered: the token may have died since.
  const isMended = async (community: CommunityId) => {
    const token = await tokens.of(groupOf(community))
    if (!token) return false
    met.delete(token)
    return meet(token).then(
      ({ team }) => team === groupOf(community),
      () => false,
    )
  }

  const of = async (community: CommunityId): Promise<Workspace> => {
    const token = await tokens.of(groupOf(community))
    const mended = () => isMended(community)
    const refused = () => new OperatorError(tokenProblem(community, tokens.remedy), mended)
    if (!token) throw refused()
    const workspace = await meet(token).catch((error: unknown) => {
      throw sorted(error, { community, remedy: tokens.remedy, isMended: mended })
    })
    // The one token of the settings may be another workspace's by now.
    if (workspace.team !== groupOf(community)) throw refused()
    return workspace
  }

  return {
    of,
    meet,
    async isAlive(community) {
      const token = await tokens.of(groupOf(community))
      if (!token) return false
      met.delete(token)
      return meet(token).then(
        () => true,
        (error: unknown) => !isSlackError(error, ...deadTokenCodes),
      )
    },
    async scopes(token) {
      const { response_metadata } = await new webApi.WebClient(token, options).auth.test()
      return response_metadata?.scopes ?? []
    },
    async ask(community, question) {
      const workspace = await of(community)
      try {
        return await question(workspace)
      } catch (error) {
        throw sorted(error, { community, remedy: tokens.remedy, isMended: () => isMended(community) })
      }
    },
  }
}
