import type { Change } from './world.ts'

/** Hears of every change; what it returns ends that. */
export type Subscribe = (listener: (change: Change) => void) => () => void

/** Resolves with what `look` finds once it finds something, looking again at every change; rejects after `timeoutMs`. */
export function until<T>(
  subscribe: Subscribe,
  look: () => T | undefined | false,
  what: string,
  timeoutMs = 5000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const found = look()
      if (found === undefined || found === false) return false
      stop()
      clearTimeout(timer)
      resolve(found)
      return true
    }
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`${what} did not happen within ${timeoutMs} ms`))
    }, timeoutMs)
    // A change is told while it is being made; look when it is whole.
    const stop = subscribe(() => queueMicrotask(check))
    check()
  })
}
