import { refuse } from './refusal.ts'
import type { World } from './world.ts'

/** Whom a trigger belongs to. */
interface Trigger {
  readonly teamId: string
  readonly userId: string
}

/** The trigger ids that come with commands and presses; each opens one modal within 3 seconds. */
export interface Triggers {
  make(teamId: string, userId: string): string
  /** Spends a trigger; refused when it is unknown, old or spent. */
  take(id: string, teamId: string): Trigger
}

const LIFE_MS = 3000

/** Triggers that die after 3 seconds (docs.slack.dev/interactivity/handling-user-interaction). */
export function createTriggers(world: World): Triggers {
  const known = new Map<string, Trigger & { until: number; spent: boolean }>()
  return {
    make(teamId, userId) {
      const id = `${known.size + 1}.${world.clock.now()}.${world.ids.secret(16)}`
      known.set(id, { teamId, userId, until: world.clock.now() + LIFE_MS, spent: false })
      return id
    },
    take(id, teamId) {
      const trigger = known.get(id)
      if (!trigger || trigger.teamId !== teamId) return refuse('invalid_trigger_id')
      if (trigger.spent) return refuse('exchanged_trigger_id')
      if (trigger.until < world.clock.now()) return refuse('expired_trigger_id')
      trigger.spent = true
      return trigger
    },
  }
}
