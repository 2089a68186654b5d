import type { Parts, Progress } from '../view.ts'
import type { Connection } from './server.ts'

/** The three parts of the page of which a phone shows one. */
export type Panel = 'chat' | 'server' | 'stripe'

/** All that the page is drawn from. */
export interface State {
  chats: { name: string; label: string }[]
  chat: string
  player: string
  /** The open channel's id, `dm`, or `home` for an app's Home tab. */
  channel: string
  panel: Panel
  connection: Connection
  room?: Parts['room']
  stripe?: Parts['stripe']
  progress: Progress
  isHintHidden: boolean
  /** Messages that were dismissed. */
  dismissed: Set<string>
  isLight: boolean
}

/** The page's state, and the one way to change it. */
export interface Store {
  get(): State
  set(change: Partial<State>): void
  watch(draw: () => void): void
}

/** Draws once for all changes of a moment. */
export function createStore(first: State): Store {
  let state = first
  const watchers: (() => void)[] = []
  let isWaiting = false
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change }
      if (isWaiting) return
      isWaiting = true
      queueMicrotask(() => {
        isWaiting = false
        for (const draw of watchers) draw()
      })
    },
    watch: draw => void watchers.push(draw),
  }
}

/** Something remembered on this machine between visits; a browser that remembers nothing loses only that. */
export function recall(key: string): string {
  try {
    return localStorage.getItem(`velvet.${key}`) ?? ''
  } catch {
    return ''
  }
}

/** Remembers something for the next visit. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`velvet.${key}`, value)
  } catch {
    // A private window may refuse; nothing depends on it.
  }
}
