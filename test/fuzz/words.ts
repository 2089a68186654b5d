import type { Chance } from '../chaos/random.ts'

const pieces = [
  'plans',
  'subscribe',
  'billing',
  'premium',
  'role',
  'status',
  'why',
  'grant',
  'revoke',
  'members',
  'sync',
  'log',
  'plan:',
  'page:',
  'days:',
  'role:',
  'basic_monthly',
  '@Premium',
  '<@&1>',
  '<@1>',
  '<#1>',
  '@everyone',
  '@here',
  'discord:1|',
  'slack:T1|',
  '7|',
  '"',
  "'",
  '`',
  '\\',
  '/',
  '|',
  ':',
  ' ',
  '\n',
  '\t',
  '\u0000',
  '\u202E',
  '\uFFFF',
  '\uD800',
  '🎩',
  'ß',
  '-1',
  '0',
  '1e309',
  'NaN',
  '999999999999999999999',
  'true',
  'null',
  '__proto__',
  'constructor',
  '{"a":1}',
  '[]',
  '%00',
  '%',
  '../',
  "';--",
  '<script>',
  '*_~',
  'x'.repeat(200),
]

/** A text that nobody would type: pieces of what the bot knows, and of what has broken programs before. */
export function wildText(chance: Chance, longest = 12): string {
  return Array.from({ length: chance.below(longest) }, () => chance.one(pieces)).join(
    chance.is(0.5) ? ' ' : '',
  )
}

const keys = [
  'id',
  'type',
  'object',
  'data',
  'customer',
  'charge',
  'livemode',
  'metadata',
  'previous_attributes',
  '__proto__',
]

/** A value of any shape that JSON has. */
export function wildValue(chance: Chance, depth = 3): unknown {
  const kind = chance.below(depth > 0 ? 9 : 6)
  if (kind === 0) return null
  if (kind === 1) return chance.is(0.5)
  if (kind === 2) return chance.one([0, -1, 1e21, 0.1, Number.MAX_SAFE_INTEGER])
  if (kind < 5) return wildText(chance, 4)
  if (kind === 5)
    return chance.one(['cus_1', 'ch_1', 'py_1', `cus_${'x'.repeat(300)}`, 'invoice', 'customer'])
  if (kind === 6) return Array.from({ length: chance.below(4) }, () => wildValue(chance, depth - 1))
  return Object.fromEntries(
    Array.from({ length: chance.below(5) }, () => [chance.one(keys), wildValue(chance, depth - 1)]),
  )
}
