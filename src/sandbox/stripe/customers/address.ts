import type { Customer } from '../core/objects.ts'
import type { Reader } from '../core/params.ts'

/** An address of the parameters that carry one. */
export function addressOf(params: Reader): NonNullable<Customer['address']> {
  const part = (name: string) => params.clearable(name) ?? null
  return {
    city: part('city'),
    country: part('country'),
    line1: part('line1'),
    line2: part('line2'),
    postal_code: part('postal_code'),
    state: part('state'),
  }
}
