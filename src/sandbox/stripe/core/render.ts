import { invalid } from './errors.ts'

/** What expanding needs to know of the store. */
export interface Expandable {
  /** The object with this id, of any kind. */
  find(id: string): unknown
  /** Fields that are only there when asked for, by `object.field`: they are worked out from the object. */
  included: Map<string, (id: string) => unknown>
}

type Json = Record<string, unknown>

const MAX_DEPTH = 4

/** A copy as it goes over the wire, with the references that `expand` names replaced by the objects. */
export function rendered(thing: unknown, expand: readonly string[], from: Expandable): unknown {
  const copy = snapshot(thing)
  for (const path of expand) {
    const steps = path.split('.')
    // A list's own `data` counts too (docs.stripe.com/api/expanding_objects).
    if (steps.length > MAX_DEPTH)
      throw invalid(`You cannot expand more than ${MAX_DEPTH} levels of a property. Property: ${path}`, {
        code: 'property_expansion_max_depth',
      })
    expandInto(copy, steps, path, from)
  }
  return copy
}

/** A deep copy without anything JSON does not carry. */
export function snapshot<T>(thing: T): T {
  const copy: T = JSON.parse(JSON.stringify(thing))
  return copy
}

// A plain record inside an object belongs to that object: `features.subscription_update.products` is the configuration's.
interface Owner {
  kind: string
  id: string
}

function expandInto(value: unknown, steps: readonly string[], path: string, from: Expandable, owner?: Owner) {
  const [name, ...rest] = steps
  if (name === undefined || value === null) return
  if (Array.isArray(value)) {
    for (const element of value) expandInto(element, steps, path, from, owner)
    return
  }
  if (!isJson(value)) throw notExpandable(path)
  if (value.deleted === true) return
  const self =
    typeof value.object === 'string' && typeof value.id === 'string'
      ? { kind: value.object, id: value.id }
      : owner
  const include = self && from.included.get(`${self.kind}.${name}`)
  if (include && !isJson(value[name])) value[name] = snapshot(include(self.id) ?? null)
  else if (!(name in value)) throw notExpandable(path)
  value[name] = opened(value[name], path, from)
  expandInto(value[name], rest, path, from, self && { kind: `${self.kind}.${name}`, id: self.id })
}

function opened(value: unknown, path: string, from: Expandable): unknown {
  if (Array.isArray(value))
    return value.map(element => (typeof element === 'string' ? opened(element, path, from) : element))
  if (typeof value !== 'string') {
    if (isJson(value) || value === null || value === undefined) return value
    throw notExpandable(path)
  }
  const found = from.find(value)
  if (found === undefined) throw notExpandable(path)
  return snapshot(found)
}

function notExpandable(path: string) {
  return invalid(`This property cannot be expanded (${path}).`)
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What `before` held where `after` differs: an event's `previous_attributes`. Undefined when nothing differs. */
export function differences(before: unknown, after: unknown): Json | undefined {
  if (!isJson(before) || !isJson(after)) return undefined
  const changed: Json = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[name]
    const is = after[name]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    changed[name] = differences(was, is) ?? was ?? null
  }
  return Object.keys(changed).length > 0 ? changed : undefined
}
