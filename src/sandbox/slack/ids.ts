import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** Makes the names Slack gives to things. */
export interface Ids {
  /** A new id such as `U01000LG5`: the prefix tells what it is. */
  make(prefix: string): string
  /** A message's timestamp: seconds with six digits, unique, always growing. */
  ts(): string
  /** An unguessable string for tokens, tickets and links. */
  secret(bytes?: number): string
}

const FIRST = 36 ** 7
const STEP = 999_983

/** Ids that never repeat within one stand-in. */
export function createIds(clock: Clock): Ids {
  let count = 0
  let lastMicros = 0
  return {
    make(prefix) {
      count += 1
      return `${prefix}0${(FIRST + count * STEP).toString(36).toUpperCase()}`
    },
    ts() {
      lastMicros = Math.max(lastMicros + 1, clock.now() * 1000)
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`
    },
    secret: (bytes = 12) => randomBytes(bytes).toString('hex'),
  }
}
