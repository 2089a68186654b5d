import { isObject, type JsonObject, parseJson } from './json.ts'
import { refuse, refuseArguments } from './refusal.ts'

/** A call's arguments: form fields are strings, JSON bodies bring values as they are. */
export interface Arguments {
  readonly raw: JsonObject
  /** The argument, or undefined where it is missing or empty. */
  text(name: string): string | undefined
  /** The argument, or Slack's refusal naming it. */
  required(name: string): string
  flag(name: string): boolean
  /** A whole number, or undefined. */
  number(name: string): number | undefined
  /** A comma-separated list, or a JSON array. */
  list(name: string): string[]
  /** A JSON value, which forms carry as a string. */
  json(name: string): unknown
}

/** Reads arguments out of a parsed body. */
export function createArguments(raw: JsonObject): Arguments {
  const text = (name: string): string | undefined => {
    const value = raw[name]
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    raw,
    text,
    required: name => text(name) ?? refuseArguments([`missing required field: ${name}`]),
    flag: name => ['true', '1'].includes(text(name) ?? ''),
    number(name) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      return Number.isInteger(number)
        ? number
        : refuseArguments([`must be an integer [json-pointer:/${name}]`])
    },
    list(name) {
      const value = raw[name]
      const items = Array.isArray(value) ? value.map(String) : (text(name) ?? '').split(',')
      return items.map(item => item.trim()).filter(item => item !== '')
    },
    json(name) {
      const value = raw[name]
      return typeof value === 'string' ? parseJson(value) : value
    },
  }
}

/** The fields of a request's body, whatever of Slack's content types it came as. */
export async function readBody(body: Buffer, contentType: string): Promise<JsonObject> {
  if (body.length === 0) return {}
  if (contentType.includes('application/json')) {
    const parsed = parseJson(body.toString())
    return isObject(parsed) ? parsed : refuse('invalid_json')
  }
  if (contentType.includes('multipart/form-data')) {
    const request = new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    })
    const form = await request.formData().catch(() => refuse('invalid_form_data'))
    const fields: JsonObject = {}
    for (const [name, value] of form) {
      fields[name] = typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer())
    }
    return fields
  }
  if (contentType.includes('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body.toString()))
  }
  return refuse('invalid_post_type')
}

/** One page of things in the order of their ids, and the cursor of the next (empty on the last). */
export function page<T extends { id: string }>(
  things: T[],
  args: Arguments,
  most = 1000,
): { page: T[]; next: string } {
  const limit = args.number('limit') || 100
  if (limit < 0 || limit > most) refuse('invalid_limit')
  const sorted = [...things].sort((a, b) => (a.id < b.id ? -1 : 1))
  const cursor = args.text('cursor')
  let from = 0
  if (cursor) {
    const match = /^next:(.+)$/.exec(Buffer.from(cursor, 'base64').toString())
    if (!match?.[1]) return refuse('invalid_cursor')
    const first = match[1]
    from = sorted.findIndex(thing => thing.id >= first)
    if (from < 0) return { page: [], next: '' }
  }
  const following = sorted[from + limit]
  return {
    page: sorted.slice(from, from + limit),
    next: following ? Buffer.from(`next:${following.id}`).toString('base64') : '',
  }
}
