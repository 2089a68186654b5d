import { recall, remember } from './state.ts'

type Told = { id: string }

/** What somebody has read, per channel, over visits. */
export interface Unread {
  /** How many messages came since the channel was last open. */
  count(place: string, messages: Told[]): number
  read(place: string, messages: Told[]): void
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
    count: (place, messages) => messages.filter(({ id }) => orderOf(id) > orderOf(last[place] ?? '0')).length,
    read(place, messages) {
      const id = messages.at(-1)?.id
      if (!id || last[place] === id) return
      last[place] = id
      remember(key, JSON.stringify(last))
    },
  }
}

// Ids are made in order, and are longer than a number holds; Slack's have a point in them.
const orderOf = (id: string): bigint => BigInt(id.replace('.', ''))
