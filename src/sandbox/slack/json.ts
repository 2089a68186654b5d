/** An object as it came off the wire: nothing about its fields is known yet. */
export type JsonObject = Record<string, unknown>

/** Tells an object from everything else JSON can hold. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value parsed, or undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
