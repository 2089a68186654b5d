import { SocketModeReceiver } from '@slack/bolt'
import type { Logger } from 'pino'
import { RetryLater } from '../../errors.ts'
import { deadTokenCodes, isSlackError, slackCode } from './errors.ts'
import { boltLogger } from './log.ts'
import { clientOptions } from './workspaces.ts'

const firstWaitMs = 500
const longestWaitMs = 30_000

/** A Socket Mode connection that comes back by itself. */
export interface Socket {
  receiver: SocketModeReceiver
  /** Resolves when connected once; throws `RetryLater` while Slack can't be reached, and an `Error` for a refused token. */
  connect(): Promise<void>
  close(): Promise<void>
  isConnected(): boolean
}

/** Socket Mode, for a bot that Slack can't reach by HTTP. */
export function createSocket(deps: { appToken: string; apiBase: string | undefined; log: Logger }): Socket {
  const { appToken, apiBase, log } = deps
  let isClosed = false
  let isConnected = false
  let failures = 0
  let waiting: NodeJS.Timeout | undefined

  const receiver = new SocketModeReceiver({
    appToken,
    logger: boltLogger(log),
    installerOptions: { clientOptions: clientOptions(apiBase, log) },
    // Bolt's own reconnecting ends in an unhandled rejection, and the process with it, when Slack can't be asked once.
    autoReconnectEnabled: false,
    processEventErrorHandler: async ({ error }) => {
      log.warn({ err: error }, 'slack sent something that could not be understood')
      // Bolt would acknowledge once more, and nobody catches it when the socket is gone.
      return false
    },
  })
  const { client } = receiver

  const again = () => {
    if (isClosed || waiting) return
    const wait = Math.min(firstWaitMs * 2 ** failures, longestWaitMs)
    waiting = setTimeout(() => {
      waiting = undefined
      attempt().catch(again)
    }, wait)
    failures += 1
  }

  const attempt = async () => {
    await client.start()
    failures = 0
    isConnected = true
  }

  client.on('disconnected', () => {
    const wasConnected = isConnected
    isConnected = false
    if (wasConnected) again()
  })

  return {
    receiver,
    isConnected: () => isConnected,
    async connect() {
      try {
        await attempt()
      } catch (error) {
        if (isSlackError(error, ...deadTokenCodes, 'not_allowed_token_type', 'missing_scope'))
          throw new Error(
            `Slack refuses SLACK_APP_TOKEN (${slackCode(error)}): make one with connections:write on api.slack.com/apps (your app, Basic Information, App-Level Tokens).`,
            { cause: error },
          )
        throw new RetryLater("slack can't be reached by socket", 0, { cause: error })
      }
    },
    async close() {
      isClosed = true
      clearTimeout(waiting)
      if (isConnected) await client.disconnect()
    },
  }
}
