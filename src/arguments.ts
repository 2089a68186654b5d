import type { Option, OptionValues } from './command.ts'
import { UserError } from './errors.ts'
import { type CommunityId, memberId, parseMember } from './member.ts'
import type { Invocation } from './platforms/platform.ts'
import { code, text } from './text.ts'

/** Splits a command line as people type it: by spaces, with straight or typographic quotes around what belongs together. */
export function splitLine(line: string): string[] {
  const words = line.match(/(?:[^\s"“”]+:)?["“”][^"“”]*["“”]?|<[^>\s]*(?:\|[^>]*)?>|[^\s]+/g) ?? []
  return words.map(word => word.replaceAll(/["“”]/g, ''))
}

/** Gives each word its option: by name where somebody typed `name:value`, by place otherwise. */
export function byName(words: readonly string[], options: readonly Option[]): Record<string, string> {
  const named: Record<string, string> = {}
  const places = options.filter(option => !option.internal)
  for (const word of words) {
    const [, name, value] = /^([a-z_]+)[:=](.+)$/s.exec(word) ?? []
    const option = options.find(each => each.name === name)
    if (option && value !== undefined) {
      named[option.name] = value
      continue
    }
    // `/premium sync dry_run`: a flag's bare name is its yes.
    const flag = places.find(place => place.type === 'yes-no' && place.name === word.toLowerCase())
    if (flag) {
      named[flag.name] = 'yes'
      continue
    }
    const next = places.find(place => !Object.hasOwn(named, place.name))
    // What is typed beyond the last argument belongs to it: a reason is a sentence.
    const last = places.at(-1)
    if (next) named[next.name] = word
    else if (last?.type === 'text') named[last.name] = `${named[last.name]} ${word}`
    else throw new UserError(text`I don't know what to do with ${code(word)}.`)
  }
  return named
}

/** Checks raw values against the options; throws a `UserError` that says what was expected. */
export async function readOptions(
  raw: Record<string, string | number | boolean>,
  options: readonly Option[],
  community: CommunityId,
  resolve: Invocation['resolve'],
): Promise<OptionValues> {
  const values = new Map<string, string | number | boolean>()
  for (const option of options) {
    const value = Object.hasOwn(raw, option.name) ? raw[option.name] : undefined
    if (value !== undefined && value !== '') values.set(option.name, await read(option, value, resolve))
    else if (option.required) throw new UserError(text`Say which ${option.name}: ${option.description}.`)
  }
  return {
    text(name) {
      const value = values.get(name)
      return value === undefined ? undefined : String(value)
    },
    number(name) {
      const value = values.get(name)
      return typeof value === 'number' ? value : undefined
    },
    yes: name => values.get(name) === true,
    member(name) {
      const user = values.get(name)
      return user === undefined ? undefined : parseMember(memberId(community, String(user)))?.member
    },
  }
}

async function read(option: Option, value: string | number | boolean, resolve: Invocation['resolve']) {
  const word = String(value).trim()
  if (option.type === 'text') return word
  if (option.type === 'number') {
    if (!/^-?\d{1,9}$/.test(word))
      throw new UserError(text`${option.name} is a whole number, and ${code(word)} isn't one.`)
    return Number(word)
  }
  if (option.type === 'yes-no') {
    if (/^(true|yes|y|on|1)$/i.test(word)) return true
    if (/^(false|no|n|off|0)$/i.test(word)) return false
    throw new UserError(text`${option.name} is yes or no, and ${code(word)} is neither.`)
  }
  const id =
    mentioned(word) ??
    (await resolve?.(option.type, word)) ??
    (/^[A-Z0-9]{6,32}$/.test(word) ? word : undefined)
  if (!id)
    throw new UserError(
      text`I can't find ${code(word.slice(0, 100))}. Pick the ${option.name} from the list, or mention it.`,
    )
  return id
}

// Mentions as Discord and Slack write them: <@1>, <@!1>, <@&1>, <#1>, <@U1|name>, <#C1|name>, <!subteam^S1|@name>
const mentioned = (word: string): string | undefined =>
  /^<(?:@[!&]?|#|!subteam\^)([A-Za-z0-9]{1,32})(?:\|[^>]*)?>$/.exec(word)?.[1]
