import { invalid, missing } from './errors.ts'

type Param = string | Params
/** Parameters as they were sent: texts, and levels of them. Arrays are levels named 0, 1, …. */
export interface Params {
  [name: string]: Param
}

/** Reads form encoding with brackets: `items[0][price]`, `expand[]` and `items[][price]` alike. */
export function parseForm(encoded: string): Params {
  const root: Params = Object.create(null)
  for (const [key, value] of new URLSearchParams(encoded)) place(root, segments(key), value)
  return root
}

function segments(key: string): string[] {
  const open = key.indexOf('[')
  if (open < 0) return [key]
  return [key.slice(0, open), ...[...key.slice(open).matchAll(/\[([^\]]*)\]/g)].map(match => match[1] ?? '')]
}

function place(into: Params, path: string[], value: string) {
  const [first = '', ...rest] = path
  const name = first === '' ? nextIndex(into, rest) : first
  if (rest.length === 0) {
    into[name] = value
    return
  }
  const existing = into[name]
  const inner: Params = typeof existing === 'object' ? existing : Object.create(null)
  into[name] = inner
  place(inner, rest, value)
}

// `items[][price]=a&items[][quantity]=1&items[][price]=b`: a name that the last element already has begins the next one.
function nextIndex(into: Params, rest: string[]): string {
  const last = Object.keys(into).length - 1
  const element = into[String(last)]
  const name = rest[0]
  if (last >= 0 && name !== undefined && name !== '' && typeof element === 'object' && !(name in element))
    return String(last)
  return String(last + 1)
}

/** Typed reading of one level of parameters; every mismatch throws Stripe's refusal naming the parameter. */
export interface Reader {
  raw: Params
  /** The full name of one of its parameters, as Stripe's errors give it: `recurring[interval]`. */
  at(name: string): string
  has(name: string): boolean
  /** The text, or undefined when it was not sent. An empty text stands for "unset". */
  text(name: string): string | undefined
  /** The text; an empty one is null, and undefined means it was not sent. */
  clearable(name: string): string | null | undefined
  required(name: string): string
  integer(name: string): number | undefined
  decimal(name: string): number | undefined
  flag(name: string): boolean | undefined
  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined
  inside(name: string): Reader | undefined
  each(name: string): Reader[] | undefined
  texts(name: string): string[] | undefined
}

/** A reader over parsed parameters; `prefix` names where they were nested. */
export function read(raw: Params, prefix = ''): Reader {
  const at = (name: string) => (prefix === '' ? name : `${prefix}[${name}]`)
  const value = (name: string) => (Object.hasOwn(raw, name) ? raw[name] : undefined)
  const text = (name: string) => {
    const found = value(name)
    if (typeof found === 'object')
      throw invalid(`Invalid string: ${JSON.stringify(found)}`, { param: at(name) })
    return found
  }
  const filled = (name: string) => {
    const found = text(name)
    return found === '' ? undefined : found
  }
  const number = (name: string, shape: RegExp, kind: string) => {
    const found = filled(name)
    if (found === undefined) return undefined
    if (!shape.test(found))
      throw invalid(`Invalid ${kind}: ${found}`, { param: at(name), code: 'parameter_invalid_integer' })
    return Number(found)
  }
  const elements = (name: string): [string, Param][] | undefined => {
    const found = value(name)
    if (found === undefined) return undefined
    if (found === '') return []
    if (typeof found === 'string') throw invalid('Invalid array', { param: at(name) })
    return Object.entries(found)
  }
  return {
    raw,
    at,
    has: name => value(name) !== undefined,
    text,
    clearable: name => (text(name) === '' ? null : text(name)),
    required(name) {
      const found = filled(name)
      if (found === undefined) throw missing(at(name))
      return found
    },
    integer: name => number(name, /^-?\d+$/, 'integer'),
    decimal: name => number(name, /^-?\d+(\.\d+)?$/, 'decimal'),
    flag(name) {
      const found = filled(name)
      if (found === undefined) return undefined
      if (found !== 'true' && found !== 'false')
        throw invalid(`Invalid boolean: ${found}`, { param: at(name) })
      return found === 'true'
    },
    oneOf(name, values) {
      const found = filled(name)
      if (found === undefined) return undefined
      const match = values.find(each => each === found)
      if (match === undefined) {
        const choices =
          values.length > 1 ? `one of ${values.slice(0, -1).join(', ')}, or ${values.at(-1)}` : values[0]
        throw invalid(`Invalid ${at(name)}: must be ${choices}`, { param: at(name) })
      }
      return match
    },
    inside(name) {
      const found = value(name)
      if (found === undefined || found === '') return undefined
      if (typeof found === 'string') throw invalid(`Invalid object`, { param: at(name) })
      return read(found, at(name))
    },
    each: name =>
      elements(name)?.map(([index, element]) => {
        if (typeof element === 'string') throw invalid('Invalid object', { param: `${at(name)}[${index}]` })
        return read(element, `${at(name)}[${index}]`)
      }),
    texts: name =>
      elements(name)?.map(([index, element]) => {
        if (typeof element !== 'string') throw invalid('Invalid string', { param: `${at(name)}[${index}]` })
        return element
      }),
  }
}

/** Metadata after a request: names sent are set, an empty value removes its name, an empty `metadata` removes all. */
export function mergedMetadata(
  old: Record<string, string>,
  params: Reader,
  name = 'metadata',
): Record<string, string> {
  if (params.raw[name] === '') return {}
  const sent = params.inside(name)
  if (sent === undefined) return old
  const merged = { ...old }
  for (const key of Object.keys(sent.raw)) {
    const value = sent.text(key) ?? ''
    if (key.length > 40)
      throw invalid(`Metadata keys can have up to 40 characters, but you passed in one with ${key.length}.`, {
        param: params.at(name),
      })
    if (value.length > 500)
      throw invalid(
        `Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`,
        { param: sent.at(key) },
      )
    if (value === '') delete merged[key]
    else merged[key] = value
  }
  if (Object.keys(merged).length > 50)
    throw invalid('You can only have up to 50 metadata keys.', { param: params.at(name) })
  return merged
}
