import type { Logger } from 'pino'
import { monotonicFactory } from 'ulid'
import { type OperatorError, operatorErrors, RetryLater } from '../errors.ts'
import type { Collection } from '../store/store.ts'
import { type Cause, type Mark, type Who, whoOf } from './mark.ts'

/** What a look leaves to be done once its marks are cleared; whatever that throws is logged, and lost. */
export interface Settled {
  afterwards?: () => Promise<void>
}

/** A look that is due and wasn't done yet. */
export interface Pending {
  causes: Cause[]
  /** When the oldest of its marks was made. */
  since: number
  /** What went wrong at the last try. */
  failure: unknown
}

/** One look at a time per `who`, until it succeeds. */
export interface Queue {
  /** Resolves when the mark is on disk. */
  mark(who: Who, cause: Cause, at?: number): Promise<void>
  /** Loads the marks that earlier processes left, and starts looking. */
  work(settle: (who: Who, causes: Cause[]) => Promise<Settled>): Promise<void>
  /** Marks that are due, and since when the oldest waits. Timers that aren't due don't count. */
  waiting(): { count: number; oldest: number | undefined }
  /** The look that `who` waits for; `undefined` when none is due. */
  pending(who: Who): Pending | undefined
  /** Erases every mark of `who`, timers too; a look that runs now is finished first. */
  forget(who: Who): Promise<void>
  /** Resolves when `who` waits for no look any more, or with what the next one waits for. `false`: it takes longer. */
  settled(who: Who, withinMs: number): Promise<boolean | { failure: unknown }>
  /** Lets everybody who waited out a failure or a person look again now. */
  retry(): void
  /** Starts no more looks and waits for those that run; marks that are left are on disk. */
  close(): Promise<void>
}

interface Open {
  marks: Map<string, Mark>
  isRunning: boolean
  failures: number
  failure: unknown
  /** How many looks have failed in this process. */
  failed: number
  /** Lets a look that a person stopped be made again; answers whether there is one to make. The same each time: gates keep count by it. */
  release: () => boolean
  /** The marks of the last look that a person has to mend first; what is due beside them is worth another. */
  stopped: Set<string>
  /** On the machine's monotonic clock, so that a clock set by hand can't make anybody wait for ever. */
  notBefore: number
}

const firstWaitMs = 500
const longestWaitMs = 30_000
const tickMs = 250
const settledPollMs = 25

/** The queue of one process. Marks live on disk and, while open, in a Map: the store is never searched. */
export function createQueue(deps: {
  marks: Pick<Collection<Mark>, 'set' | 'delete' | 'entries'>
  now: () => number
  log: Logger
  /** Waits while what stopped a look is for a person to mend. `release` answers whether there was a look to go on with. */
  stopped: (error: OperatorError, release: () => boolean) => void
  concurrency?: number
  random?: () => number
}): Queue {
  const { marks, now, log, stopped, concurrency = 16, random = Math.random } = deps
  // Unique is enough here, and the default asks the kernel for sixteen single bytes a key.
  const nextId = monotonicFactory(Math.random)
  const open = new Map<Who, Open>()
  const ready = new Set<Who>()
  const running = new Set<Promise<void>>()
  let settle: ((who: Who, causes: Cause[]) => Promise<Settled>) | undefined
  let tick: NodeJS.Timeout | undefined
  let isClosed = false

  const newEntry = (who: Who): Open => {
    const entry: Open = {
      marks: new Map(),
      isRunning: false,
      failures: 0,
      failure: undefined,
      failed: 0,
      release() {
        if (open.get(who) !== entry || dueMarks(entry).length === 0) return false
        entry.notBefore = 0
        ready.add(who)
        kick()
        return true
      },
      stopped: new Set(),
      notBefore: 0,
    }
    return entry
  }

  const add = (who: Who, key: string, mark: Mark) => {
    const entry = open.get(who) ?? newEntry(who)
    open.set(who, entry.marks.set(key, mark) && entry)
    if (isDue(mark)) ready.add(who)
  }
  const isDue = (mark: Mark) => mark.at === undefined || mark.at <= now()
  const mayLook = ({ notBefore, stopped }: Open, due: [string, Mark][]) =>
    notBefore <= performance.now() || (stopped.size > 0 && due.some(([key]) => !stopped.has(key)))
  const dueMarks = ({ marks: all }: Open) => [...all].filter(([, mark]) => isDue(mark))

  const kick = () => {
    if (!settle || isClosed) return
    for (const who of ready) {
      if (running.size >= concurrency) return
      const entry = open.get(who)
      ready.delete(who)
      if (!entry || entry.isRunning) continue
      const due = dueMarks(entry)
      if (due.length === 0 || !mayLook(entry, due)) continue
      entry.isRunning = true
      // Whoever releases it while it runs sets this back, and is heard though the look is stopped after that.
      entry.notBefore = Number.POSITIVE_INFINITY
      const run = look(who, entry, due, settle).finally(() => {
        running.delete(run)
        entry.isRunning = false
        if (entry.marks.size === 0) open.delete(who)
        else if (dueMarks(entry).length) ready.add(who)
        kick()
      })
      running.add(run)
    }
  }

  const look = async (
    who: Who,
    entry: Open,
    due: [string, Mark][],
    settleOne: (who: Who, causes: Cause[]) => Promise<Settled>,
  ) => {
    try {
      const { afterwards } = await settleOne(
        who,
        due.map(([, { cause }]) => cause),
      )
      const keys = due.map(([key]) => key)
      await marks.delete(...keys)
      for (const key of keys) entry.marks.delete(key)
      entry.failures = 0
      entry.failure = undefined
      entry.stopped.clear()
      entry.notBefore = 0
      await afterwards?.().catch((error: unknown) => log.error({ err: error, who }, 'a notice was lost'))
    } catch (error) {
      const stops = operatorErrors(error)
      entry.failure = stops[0] ?? error
      entry.failed++
      entry.stopped = new Set(stops.length ? due.map(([key]) => key) : [])
      if (stops.length) {
        for (const stop of stops) stopped(stop, entry.release)
        return
      }
      const asked = error instanceof RetryLater ? error.afterMs : 0
      const grown = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(entry.failures++, 10))
      const wait = Math.max(asked, grown * (0.5 + random() / 2))
      entry.notBefore = performance.now() + wait
      log.warn(
        { err: error, who, tries: entry.failures, waitMs: Math.round(wait) },
        'look failed, trying again',
      )
    }
  }

  // Timers and backoff wait here rather than in a setTimeout each, so that a moved clock is noticed.
  const wake = () => {
    for (const [who, entry] of open) if (!entry.isRunning && dueMarks(entry).length) ready.add(who)
    kick()
  }

  return {
    async mark(who, cause, at) {
      // One timer for one moment: looks at a subscription that stays as it is would add one each.
      if (at !== undefined && [...(open.get(who)?.marks.values() ?? [])].some(mark => mark.at === at)) return
      const key = `${who}:${nextId()}`
      const mark: Mark = { cause, since: now(), ...(at !== undefined && { at }) }
      await marks.set(key, mark)
      add(who, key, mark)
      // What somebody waits for may be no longer wanted: a changed setting is worth another look at once.
      const entry = open.get(who)
      if (entry && (cause.what === 'settings' || cause.what === 'admin')) entry.notBefore = 0
      kick()
    },
    async work(settleOne) {
      for await (const [key, mark] of marks.entries()) {
        const who = whoOf(key)
        if (who && !open.get(who)?.marks.has(key)) add(who, key, mark)
      }
      settle = settleOne
      tick = setInterval(wake, tickMs)
      wake()
    },
    waiting() {
      const due = [...open.values()].flatMap(dueMarks).map(([, { since }]) => since)
      return { count: due.length, oldest: due.length ? Math.min(...due) : undefined }
    },
    pending(who) {
      const entry = open.get(who)
      const due = entry ? dueMarks(entry).map(([, mark]) => mark) : []
      if (!entry || due.length === 0) return undefined
      const since = Math.min(...due.map(mark => mark.since))
      return { causes: due.map(({ cause }) => cause), since, failure: entry.failure }
    },
    async forget(who) {
      const entry = open.get(who)
      if (!entry) return
      while (entry.isRunning) await new Promise(resolve => setTimeout(resolve, settledPollMs))
      open.delete(who)
      await marks.delete(...entry.marks.keys())
    },
    async settled(who, withinMs) {
      const end = performance.now() + withinMs
      const before = open.get(who)?.failed ?? 0
      for (;;) {
        const entry = open.get(who)
        if (!entry || (dueMarks(entry).length === 0 && !entry.isRunning)) return true
        if (entry.failed > before) return { failure: entry.failure }
        if (performance.now() > end || isClosed) return false
        await new Promise(resolve => setTimeout(resolve, settledPollMs))
      }
    },
    retry() {
      for (const entry of open.values()) entry.notBefore = 0
      wake()
    },
    async close() {
      isClosed = true
      clearInterval(tick)
      await Promise.all(running)
    },
  }
}
