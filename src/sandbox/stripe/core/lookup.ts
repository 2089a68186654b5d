import type { World } from '../world.ts'
import { invalid, noSuch } from './errors.ts'
import type { Thing } from './objects.ts'
import type { Table } from './table.ts'

/** The object with that id, or Stripe's refusal. `param` names the parameter that held it; without it the address did. */
export function need<T extends Thing>(table: Table<T>, noun: string, id: string, param?: string): T {
  const found = table.get(id)
  if (!found) throw noSuch(noun, id, param)
  return found
}

/** Deletes an object: from now on only `deleted: true` is known of it. */
export function bury<T extends Thing>(world: World, table: Table<T>, thing: T) {
  const stub = { id: thing.id, object: thing.object, deleted: true } as const
  table.remove(thing.id)
  world.stubs.set(thing.id, stub)
  return stub
}

/** A three-letter currency code in lower case, or Stripe's refusal. */
export function currencyOf(code: string, param = 'currency'): string {
  const lower = code.toLowerCase()
  if (!/^[a-z]{3}$/.test(lower))
    throw invalid(`Invalid currency: ${code}. Stripe currently supports these currencies: usd, aed, …`, {
      param,
    })
  return lower
}
