import { createQueue } from '../access/queue.ts'
import { createLog } from '../log.ts'
import type { MemberId } from '../member.ts'
import type { Store } from '../store/store.ts'

/** Notes in the store that somebody needs a look. */
export function openMarks(store: Store, command: string): (member: MemberId) => Promise<void> {
  const queue = createQueue({
    marks: store.collection('marks'),
    now: Date.now,
    log: createLog('silent'),
    stopped: () => undefined,
  })
  return member => queue.mark(`member:${member}`, { what: 'admin', detail: command })
}
