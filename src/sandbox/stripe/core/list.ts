import { invalid, noSuch } from './errors.ts'
import type { ListOf, Thing } from './objects.ts'
import type { Reader } from './params.ts'
import type { Table } from './table.ts'

interface Listing<T extends Thing> {
  url: string
  noun: string
  owner?: string | undefined
  keep?: (thing: T) => boolean
}

/** One page of a table, newest first, by Stripe's `limit`, `starting_after`, `ending_before` and `created`. */
export function page<T extends Thing>(table: Table<T>, params: Reader, listing: Listing<T>): ListOf<T> {
  const limit = limitOf(params)
  const after = cursor(table, params, 'starting_after', listing.noun)
  const before = cursor(table, params, 'ending_before', listing.noun)
  const isInRange = range(params, 'created')
  const data: T[] = []
  for (const thing of table.newest(listing.owner)) {
    const place = table.place(thing.id) ?? 0
    if (after !== undefined && place >= after) continue
    if (before !== undefined && place <= before) break
    if ('created' in thing && typeof thing.created === 'number' && !isInRange(thing.created)) continue
    if (listing.keep && !listing.keep(thing)) continue
    data.push(thing)
    // Going back from `ending_before` wants the nearest ones, which come last.
    if (before === undefined && data.length > limit) break
  }
  const chosen = before === undefined ? data.slice(0, limit) : data.slice(-limit)
  return { object: 'list', data: chosen, has_more: data.length > limit, url: listing.url }
}

/** The `limit` parameter: 1 to 100, 10 when it is not sent. */
export function limitOf(params: Reader): number {
  const limit = params.integer('limit') ?? 10
  if (limit < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      param: 'limit',
      code: 'parameter_invalid_integer',
    })
  if (limit > 100)
    throw invalid(`This value must be less than or equal to 100 (it currently is '${limit}').`, {
      param: 'limit',
      code: 'parameter_invalid_integer',
    })
  return limit
}

function cursor<T extends Thing>(
  table: Table<T>,
  params: Reader,
  name: string,
  noun: string,
): number | undefined {
  const id = params.text(name)
  if (id === undefined || id === '') return undefined
  const place = table.place(id)
  if (place === undefined) throw noSuch(noun, id, name)
  return place
}

/** A test for Stripe's range filters: `created=…` exactly, or `created[gt]`, `[gte]`, `[lt]`, `[lte]`. */
export function range(params: Reader, name: string): (value: number) => boolean {
  if (typeof params.raw[name] === 'string') {
    const exactly = params.integer(name)
    return value => exactly === undefined || value === exactly
  }
  const bounds = params.inside(name)
  if (bounds === undefined) return () => true
  const gt = bounds.integer('gt') ?? Number.NEGATIVE_INFINITY
  const gte = bounds.integer('gte') ?? Number.NEGATIVE_INFINITY
  const lt = bounds.integer('lt') ?? Number.POSITIVE_INFINITY
  const lte = bounds.integer('lte') ?? Number.POSITIVE_INFINITY
  return value => value > gt && value >= gte && value < lt && value <= lte
}
