import type { Thing } from './objects.ts'

/** All objects of one kind, in the order they were made. */
export interface Table<T extends Thing> {
  add(thing: T): T
  get(id: string): T | undefined
  /** Newest first; with `owner` only those of that customer (or of what else the table goes by). */
  newest(owner?: string): Iterable<T>
  /** Takes it out of the lists. Its place is remembered, so that a cursor on it still works. */
  remove(id: string): void
  /** Where the object stands in the order of making, or undefined when it never existed. */
  place(id: string): number | undefined
  readonly size: number
}

/** A table; the objects of one owner, the customer unless told, are found without looking at all others. The owner never changes. */
export function createTable<T extends Thing>(
  ownerOf: (thing: T) => string | undefined = customerOf,
): Table<T> {
  const byId = new Map<string, T>()
  const places = new Map<string, number>()
  const inOrder: (T | undefined)[] = []
  const ofOwner = new Map<string, T[]>()

  return {
    add(thing) {
      byId.set(thing.id, thing)
      places.set(thing.id, inOrder.length)
      inOrder.push(thing)
      const owner = ownerOf(thing)
      if (owner !== undefined) {
        const own = ofOwner.get(owner)
        if (own) own.push(thing)
        else ofOwner.set(owner, [thing])
      }
      return thing
    },
    get: id => byId.get(id),
    *newest(owner) {
      const all = owner === undefined ? inOrder : (ofOwner.get(owner) ?? [])
      for (let index = all.length - 1; index >= 0; index--) {
        const thing = all[index]
        if (thing !== undefined) yield thing
      }
    },
    remove(id) {
      const place = places.get(id)
      const thing = byId.get(id)
      if (place === undefined || thing === undefined) return
      inOrder[place] = undefined
      byId.delete(id)
      const owner = ownerOf(thing)
      const own = owner === undefined ? undefined : ofOwner.get(owner)
      own?.splice(own.indexOf(thing), 1)
    },
    place: id => places.get(id),
    get size() {
      return byId.size
    },
  }
}

function customerOf(thing: Thing): string | undefined {
  return 'customer' in thing && typeof thing.customer === 'string' ? thing.customer : undefined
}
