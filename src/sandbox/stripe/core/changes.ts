/** One thing that changed in the stand-in, for those who watch it live. */
export interface Change {
  kind: 'object' | 'event' | 'delivery' | 'clock'
  id: string
  /** Stripe's name of the kind of object, the event's type, or the delivery's event type. */
  type: string
}

/** Tells those who watch of every change. */
export interface Changes {
  tell(change: Change): void
  /** Answers the function that ends the watching. */
  subscribe(listener: (change: Change) => void): () => void
}

/** Listeners are called at once, in the order they came. */
export function createChanges(): Changes {
  const listeners = new Set<(change: Change) => void>()
  return {
    tell(change) {
      for (const listener of listeners) listener(change)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
