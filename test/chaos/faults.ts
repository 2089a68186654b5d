import type { World } from '../support/world.ts'
import type { Chance } from './random.ts'

/** Requests whose key starts so are the test's own, and always work. */
export const ownKey = 'chaos'

/** Lets every far end fail at random; answers the function that ends it. */
export function failAtRandom({ stripe, discord }: World, chance: Chance): () => void {
  stripe.faults.current = ({ idempotencyKey, method }) => {
    // Stripe's library sends no key with a DELETE, and the bot sends none of those.
    if (idempotencyKey?.startsWith(ownKey) || method === 'DELETE') return undefined
    const fate = chance.next()
    if (fate < 0.02) return { status: 500, isRemembered: true }
    if (fate < 0.03) return { status: 503 }
    if (fate < 0.04) return { status: 429 }
    if (fate < 0.06) return 'reset'
    if (fate < 0.08) return { lost: 'reset' }
    if (fate < 0.083) return 'hang'
    if (fate < 0.2) return { delayMs: chance.below(300) }
    return undefined
  }
  stripe.faults.delivery = () => {
    const fate = chance.next()
    if (fate < 0.1) return 'drop'
    if (fate < 0.25) return { times: 2 + chance.below(3) }
    if (fate < 0.4) return { delayMs: chance.below(1_500) }
    return undefined
  }
  discord.faults.current = ({ path }) => {
    const fate = chance.next()
    // An interaction that isn't answered is nobody's loss here, and every one of them takes three seconds.
    if (path.includes('/interactions/')) return undefined
    if (fate < 0.03) return { status: 503 }
    if (fate < 0.05) return 'reset'
    if (fate < 0.08) return { lost: 'reset' }
    if (fate < 0.1) return { lost: { status: 502 } }
    if (fate < 0.12) return { rateLimit: { retryAfterSeconds: 0.2 } }
    if (fate < 0.123) return 'hang'
    if (fate < 0.25) return { delayMs: chance.below(200) }
    return undefined
  }
  return () => {
    stripe.faults.current = undefined
    stripe.faults.delivery = undefined
    discord.faults.current = undefined
  }
}
