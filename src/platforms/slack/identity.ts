import { webApi } from '@slack/bolt'
import { RetryLater } from '../../errors.ts'
import { createLog } from '../../log.ts'
import { type Identity, TokenRefused } from '../identity.ts'
import { deadTokenCodes, isSlackError, slackCode } from './errors.ts'
import { botScopes } from './manifest.ts'
import { clientOptions } from './workspaces.ts'

/** Who a Slack bot is, and where. */
export interface SlackIdentity extends Identity {
  workspace: string
  /** Scopes that the bot needs and its token hasn't. */
  missing: string[]
}

/** Asks Slack whose token this is. Throws `TokenRefused` where it works nowhere, and `RetryLater` where nobody answers. */
export async function identifySlack(token: string, apiBase: string | undefined): Promise<SlackIdentity> {
  const me = await answered(clientOf(token, apiBase).auth.test())
  const scopes = me.response_metadata?.scopes ?? []
  return {
    name: me.user ?? 'the bot',
    workspace: me.team ?? '',
    missing: botScopes.filter(scope => !scopes.includes(scope)),
  }
}

/** Asks Slack for a socket with an app-level token; throws as `identifySlack` does. */
export async function canOpenSocket(appToken: string, apiBase: string | undefined): Promise<void> {
  await answered(clientOf(appToken, apiBase).apps.connections.open({}))
}

const clientOf = (token: string, apiBase: string | undefined) =>
  new webApi.WebClient(token, clientOptions(apiBase, createLog('silent')))

async function answered<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question
  } catch (error) {
    const code = slackCode(error)
    const isRefused =
      isSlackError(error, ...deadTokenCodes) || code === 'not_allowed_token_type' || code === 'missing_scope'
    if (isRefused) throw new TokenRefused(`Slack refuses this token (${code}).`, { cause: error })
    throw new RetryLater("slack can't be reached", 0, { cause: error })
  }
}
