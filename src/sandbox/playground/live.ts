import type { Request, Response } from 'express'
import type { Parts } from './view.ts'

/** Pages that watch, over server-sent events. */
export interface Live {
  /** Keeps this answer open and sends it what `look` sees, part by part, as it changes. */
  open(request: Request, response: Response, look: () => Parts): void
  /** Something changed: every page that watches is told soon. */
  changed(): void
  close(): void
}

const heartbeatMs = 15_000
/** Many changes come at once; a page needs the last of them. */
const gatherMs = 25

/** Pages connect again by themselves when the stream breaks, and then hear everything anew. */
export function createLive(): Live {
  const watchers = new Set<{ tell(): void; end(): void }>()
  let gathering: NodeJS.Timeout | undefined

  return {
    open(request, response, look) {
      response.set({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        connection: 'keep-alive',
        'x-accel-buffering': 'no',
      })
      response.write('retry: 1000\n\n')
      const sent = new Map<string, string>()
      const tell = () => {
        for (const [part, view] of Object.entries(look())) {
          const text = JSON.stringify(view)
          if (sent.get(part) === text) continue
          sent.set(part, text)
          response.write(`event: ${part}\ndata: ${text}\n\n`)
        }
      }
      const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs).unref()
      const watcher = {
        tell,
        end() {
          clearInterval(heartbeat)
          watchers.delete(watcher)
          response.end()
        },
      }
      watchers.add(watcher)
      request.on('close', watcher.end)
      tell()
    },
    changed() {
      gathering ??= setTimeout(() => {
        gathering = undefined
        for (const { tell } of watchers) tell()
      }, gatherMs).unref()
    },
    close() {
      clearTimeout(gathering)
      for (const { end } of [...watchers]) end()
    },
  }
}
