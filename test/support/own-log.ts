import { type Logger, pino } from 'pino'

/** A log of the test's own, and its lines from `info` up, without their time. */
export function ownLog(): { log: Logger; logged: Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = []
  const log = pino(
    { base: null, timestamp: false, level: 'info', serializers: { err: String } },
    { write: line => void logged.push(JSON.parse(line)) },
  )
  return { log, logged }
}
