import type { MemberId } from '../member.ts'

/** Why somebody needs another look; shown by `/premium why`. */
export interface Cause {
  what: 'event' | 'sweep' | 'admin' | 'member' | 'chat' | 'timer' | 'checkout' | 'settings'
  /** The event's type and id, or what happened. */
  detail?: string
  by?: MemberId
}

/** Who needs another look: a member, or a customer, charge or whole community that a look resolves to members. */
export type Who = `member:${string}` | `customer:${string}` | `charge:${string}` | `community:${string}`

/** A durable note that somebody needs another look. `at`: not before then, in milliseconds since the epoch. */
export interface Mark {
  cause: Cause
  at?: number
  /** When it was made. */
  since: number
}

/** Whom a mark's key (`WHO:ULID`) is about; `undefined` for what is no such key. */
export function whoOf(key: string): Who | undefined {
  const who = key.slice(0, key.lastIndexOf(':'))
  return isWho(who) ? who : undefined
}

const isWho = (who: string): who is Who => /^(member|customer|charge|community):./.test(who)
