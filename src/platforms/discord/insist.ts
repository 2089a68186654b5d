import { setTimeout as wait } from 'node:timers/promises'
import { RetryLater } from '../../errors.ts'
import { sorted } from './errors.ts'

const waitsMs = [500, 2_000, 8_000]

/**
 * Sends an answer that somebody sits before, again where time helps: without it their client shows "thinking" for a
 * quarter of an hour. Throws what Discord said last.
 */
export async function insist(send: () => Promise<unknown>): Promise<void> {
  for (const waitMs of waitsMs) {
    try {
      await send()
      return
    } catch (error) {
      const cause = sorted(error, async () => false)
      if (!(cause instanceof RetryLater)) throw error
      await wait(Math.max(waitMs, cause.afterMs))
    }
  }
  await send()
}
