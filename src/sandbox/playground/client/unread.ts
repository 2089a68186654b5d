import type { MessageView } from '../discord/room.ts'
import { recall, remember } from './state.ts'

/** What somebody has read, per channel, over visits. */
export interface Unread {
  /** How many messages came since the channel was last open. */
  count(place: string, messages: MessageView[]): number
  read(place: string, messages: MessageView[]): void
}

/** Kept per server: another start of the sandbox is another server. */
export function createUnread(server: string): Unread {
  const key = `read.${server}`
  let last: Record<string, string>
  try {
    last = JSON.parse(recall(key) || '{}')
  } catch {
    last = {}
  }
  return {
    // Ids are made in order, and are longer than a number holds.
    count: (place, messages) => messages.filter(({ id }) => BigInt(id) > BigInt(last[place] ?? '0')).length,
    read(place, messages) {
      const id = messages.at(-1)?.id
      if (!id || last[place] === id) return
      last[place] = id
      remember(key, JSON.stringify(last))
    },
  }
}
