import { invalid } from '../core/errors.ts'
import { limitOf } from '../core/list.ts'
import type { Customer } from '../core/objects.ts'
import type { Reader } from '../core/params.ts'
import type { World } from '../world.ts'

type Test = (customer: Customer) => boolean

const CLAUSE =
  /^\s*(-?)(?:metadata\[(['"])(.+?)\2\]|([a-z_]+))\s*(:|~|>=|<=|>|<)\s*(?:(['"])((?:\\.|(?!\6).)*)\6|(null)|(\d+))\s*/i

/** `customers.search` (docs.stripe.com/search): metadata, email, name, phone, created, joined by AND or by OR; it lags by the account's `searchLag`. */
export function searchCustomers(world: World, params: Reader) {
  const matches = parse(params.required('query'))
  const limit = limitOf(params)
  const after = Number(params.text('page') ?? '0')
  const visible = world.clock.now() - world.settings.searchLag
  const found: Customer[] = []
  for (const customer of world.customers.newest()) {
    if (customer.created * 1000 <= visible && matches(customer)) found.push(customer)
  }
  const data = found.slice(after, after + limit)
  const hasMore = found.length > after + limit
  return {
    object: 'search_result',
    data,
    has_more: hasMore,
    next_page: hasMore ? String(after + limit) : null,
    url: '/v1/customers/search',
  }
}

function parse(query: string): Test {
  const tests: Test[] = []
  let joint: 'AND' | 'OR' | undefined
  let rest = query
  for (;;) {
    const match = CLAUSE.exec(rest)
    if (!match)
      throw invalid(
        `We were unable to parse your search query. Please refer to https://stripe.com/docs/search#search-query-language for how to write one. Query: ${query}`,
      )
    tests.push(clause(match))
    rest = rest.slice(match[0].length)
    if (rest === '') break
    const word = /^(AND|OR)\s+/i.exec(rest)
    const next = word?.[1]?.toUpperCase() === 'OR' ? 'OR' : 'AND'
    if (joint !== undefined && joint !== next)
      throw invalid('You cannot combine AND and OR in one search query.')
    joint = next
    rest = rest.slice(word?.[0].length ?? 0)
  }
  return joint === 'OR'
    ? customer => tests.some(test => test(customer))
    : customer => tests.every(test => test(customer))
}

function clause(match: RegExpExecArray): Test {
  const [, minus, , metadataKey, field, operator, , quoted, isNull, number] = match
  const wanted = quoted?.replaceAll(/\\(.)/g, '$1') ?? number ?? ''
  const value = (customer: Customer): string | number | null => {
    if (metadataKey !== undefined) return customer.metadata[metadataKey.replaceAll(/\\(.)/g, '$1')] ?? null
    if (field === 'email') return customer.email
    if (field === 'name') return customer.name ?? null
    if (field === 'phone') return customer.phone ?? null
    if (field === 'created') return customer.created
    throw invalid(`Field \`${field}\` is an unsupported search field for resource \`customers\`.`)
  }
  const test: Test = customer => {
    const held = value(customer)
    if (isNull) return held === null
    if (held === null) return false
    if (operator === '~') return String(held).toLowerCase().includes(wanted.toLowerCase())
    if (operator === '>') return Number(held) > Number(wanted)
    if (operator === '<') return Number(held) < Number(wanted)
    if (operator === '>=') return Number(held) >= Number(wanted)
    if (operator === '<=') return Number(held) <= Number(wanted)
    return field === 'email' ? String(held).toLowerCase() === wanted.toLowerCase() : String(held) === wanted
  }
  return minus === '-' ? customer => !test(customer) : test
}
