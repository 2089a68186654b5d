import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { RetryLater } from '../errors.ts'
import type { ChatPlatform, PlatformEvents } from './platform.ts'

const firstWaitMs = 500
const longestWaitMs = 30_000

/**
 * Starts a platform. Throws what only the operator can mend, such as a refused token; a chat that is down is only late:
 * then `connected` goes on trying until it is there or `stop` is called.
 */
export async function connect(
  platform: ChatPlatform,
  events: PlatformEvents,
  { stop, log }: { stop: AbortSignal; log: Logger },
): Promise<{ connected: Promise<void> }> {
  const attempt = async (): Promise<'connected' | RetryLater> => {
    try {
      await platform.start(events)
      return 'connected'
    } catch (error) {
      if (error instanceof RetryLater) return error
      throw error
    }
  }

  const goOn = async (first: RetryLater): Promise<void> => {
    let late: 'connected' | RetryLater = first
    for (let tries = 0; late !== 'connected'; tries++) {
      const waitMs = Math.max(late.afterMs, Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries, 10)))
      log.warn({ err: late, platform: platform.name, waitMs }, 'not connected yet, trying again')
      await wait(waitMs, undefined, { signal: stop })
      late = await attempt()
    }
  }

  const outcome = await attempt()
  return { connected: outcome === 'connected' ? Promise.resolve() : goOn(outcome) }
}
