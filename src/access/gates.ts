import type { Logger } from 'pino'
import { OperatorError, type Problem } from '../errors.ts'
import { plain } from '../text.ts'

/**
 * What waits for a person. A gate closes when a far end refuses for a reason that only a person can mend; whoever needs
 * it then waits without asking, and one check a minute opens it for all of them. (Ten thousand refusals in ten minutes
 * ban the bot's address: discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans)
 */
export interface Gates {
  /** Runs `action` unless one of the gates it passes is closed; throws what closed it. */
  pass<Answer>(ids: readonly string[], action: () => Promise<Answer>): Promise<Answer>
  /**
   * Calls `release` when what `error` names is mended, or may be and it is its turn to try; it answers whether anybody still
   * waits for that.
   */
  wait(error: OperatorError, release: () => boolean): void
  /** Tells of what stopped somebody who doesn't wait for it; once an hour at most. */
  report(error: OperatorError): void
  /** What is waited for now. */
  closed(): Problem[]
  /** Checks every closed gate now. */
  check(): Promise<void>
  close(): void
}

interface Gate {
  error: OperatorError
  waiting: Set<() => boolean>
  /** Those who were let try and haven't come back, neither refused nor through. */
  trying: Set<() => boolean>
  checking?: Promise<void> | undefined
  isOpen: boolean
  /** No check can see what is in the way, so the next one who comes by may try. */
  isOnTrial: boolean
}

// What closes again with nobody having got through is no news.
const quietMs = 60 * 60_000

export function createGates(deps: {
  log: Logger
  /** Told once that something is broken, and once that it is mended: a check saw it, or somebody got through. */
  told: (problem: Problem, state: 'closed' | 'open') => void
  checkEveryMs?: number
}): Gates {
  const { log, told, checkEveryMs = 60_000 } = deps
  const gates = new Map<string, Gate>()
  const closedBy = new WeakMap<OperatorError, Gate>()
  const toldAt = new Map<string, number>()
  /** What was told to be broken, and isn't told to be mended yet. */
  const unanswered = new Set<string>()

  const shut = (error: OperatorError): Gate => {
    const { problem } = error
    const known = closedBy.get(error) ?? gates.get(problem.id)
    if (known) {
      closedBy.set(error, known)
      return known
    }
    log.error({ err: error, gate: problem.id }, 'stopped until a person mends it')
    const gate: Gate = {
      error,
      waiting: new Set(),
      trying: new Set(),
      isOpen: false,
      isOnTrial: false,
    }
    gates.set(problem.id, gate)
    closedBy.set(error, gate)
    tell(problem)
    return gate
  }

  const tell = (problem: Problem) => {
    const news = newsOf(problem)
    if (performance.now() - (toldAt.get(news) ?? Number.NEGATIVE_INFINITY) < quietMs) return
    toldAt.set(news, performance.now())
    unanswered.add(news)
    told(problem, 'closed')
  }

  const open = (id: string, gate: Gate) => {
    gate.isOpen = true
    gates.delete(id)
    for (const release of gate.waiting) release()
  }

  const mended = (id: string, gate: Gate) => {
    log.info({ gate: id, waited: gate.waiting.size }, 'mended')
    if (unanswered.delete(newsOf(gate.error.problem))) told(gate.error.problem, 'open')
    open(id, gate)
  }

  /** Lets one of those who wait try, else asks who tries already; answers false when nobody waits any more. */
  const tryOne = ({ waiting, trying }: Gate): boolean => {
    for (const release of waiting) {
      waiting.delete(release)
      trying.add(release)
      if (release()) return true
      trying.delete(release)
    }
    for (const release of trying) {
      if (release()) return true
      trying.delete(release)
    }
    return false
  }

  const gotThrough = (id: string, tried: readonly Gate[]) => {
    for (const news of toldAt.keys()) if (news.startsWith(`${id} `)) toldAt.delete(news)
    const gate = gates.get(id)
    if (gate && tried.includes(gate)) mended(id, gate)
  }

  const look = async (id: string, gate: Gate) => {
    const isMended = await gate.error.isMended().catch((error: unknown) => {
      log.warn({ err: error, gate: id }, 'could not check')
      return false
    })
    gate.isOnTrial = false
    if (!isMended || gate.isOpen) return
    if (isMended === true) return mended(id, gate)
    gate.isOnTrial = true
    // That nobody waits any more proves nothing: whoever comes next finds out, and nobody is told anything until then.
    if (!tryOne(gate)) open(id, gate)
  }

  const check = async (id: string, gate: Gate) => {
    // One that runs already may have looked before the repair.
    await gate.checking
    if (gate.isOpen) return
    gate.checking ??= look(id, gate).finally(() => {
      gate.checking = undefined
    })
    await gate.checking
  }

  const checkAll = async () => {
    await Promise.all([...gates].map(([id, gate]) => check(id, gate)))
  }
  const timer = setInterval(checkAll, checkEveryMs)
  timer.unref()

  return {
    async pass(ids, action) {
      const tried = ids.flatMap(id => gates.get(id) ?? [])
      for (const gate of tried) if (!gate.isOnTrial) throw gate.error
      // One try, and no second one before it is known how that went.
      for (const gate of tried) gate.isOnTrial = false
      try {
        const answer = await action()
        for (const id of ids) gotThrough(id, tried)
        return answer
      } catch (error) {
        if (error instanceof OperatorError) shut(error).isOnTrial = false
        throw error
      }
    },
    wait(error, release) {
      const gate = shut(error)
      // It may have been mended between the refusal and now.
      if (gate.isOpen) release()
      else {
        gate.trying.delete(release)
        gate.waiting.add(release)
      }
    },
    report: ({ problem }) => tell(problem),
    closed: () => [...gates.values()].map(({ error }) => error.problem),
    check: checkAll,
    close: () => clearInterval(timer),
  }
}

// The same gate closed for another reason has another fix, and that is news.
const newsOf = ({ id, what, fix }: Problem): string => `${id} ${plain(what)} ${plain(fix)}`
