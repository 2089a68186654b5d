import { createProgress } from './progress.ts'

/**
 * Goes through `items`, a few at a time, showing how far it is. Ends early between two of them when `stop` says so, and
 * answers how many were done.
 */
export async function workThrough<Item>(
  items: readonly Item[],
  { what, stop, concurrency = 4 }: { what: string; stop: AbortSignal; concurrency?: number },
  one: (item: Item) => Promise<void>,
): Promise<number> {
  const progress = createProgress({ what, total: items.length })
  const waiting = items.values()
  let done = 0
  let hasFailed = false
  const worker = async () => {
    for (const item of waiting) {
      if (stop.aborted || hasFailed) return
      await one(item)
      progress.at(++done)
    }
  }
  const workers = await Promise.allSettled(
    Array.from({ length: concurrency }, () =>
      worker().catch(error => {
        hasFailed = true
        throw error
      }),
    ),
  )
  progress.end()
  for (const each of workers) if (each.status === 'rejected') throw each.reason
  return done
}
