import { randomBytes } from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` random characters of the kind Stripe's ids are made of. */
export function randomText(length: number): string {
  let text = ''
  for (const byte of randomBytes(length)) text += LETTERS[byte % LETTERS.length]
  return text
}

// Newer kinds of objects carry `1` and 23 characters, older ones fourteen.
const SHORT = new Set(['cus', 'prod', 'si', 'req'])

/** A fresh id with Stripe's prefix for its kind: `newId('cus')` → `cus_…`. */
export function newId(prefix: string): string {
  if (prefix === 'cs') return `cs_test_a1${randomText(56)}`
  if (prefix === 'whsec') return `whsec_${randomText(32)}`
  return SHORT.has(prefix) ? `${prefix}_${randomText(14)}` : `${prefix}_1${randomText(23)}`
}
