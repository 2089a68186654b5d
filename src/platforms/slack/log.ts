import { type Logger as BoltLogger, LogLevel } from '@slack/bolt'
import type { Logger } from 'pino'

/** Bolt's log in the bot's own: what Bolt says in passing is for debugging only, as it may hold whole requests. */
export function boltLogger(log: Logger): BoltLogger {
  const say =
    (level: 'debug' | 'info' | 'warn') =>
    (...words: unknown[]) =>
      log[level]({ from: 'bolt' }, words.filter(word => typeof word === 'string').join(' '))
  return {
    debug: () => undefined,
    info: say('debug'),
    warn: say('info'),
    error: say('warn'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
