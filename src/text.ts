import type { MemberId } from './member.ts'

/**
 * A piece of what the bot says. A plain string is shown letter by letter: each platform escapes it, so a name that
 * somebody chose can never become markup or a mention.
 */
export type Part =
  | string
  | { bold: Text }
  | { code: string }
  | { link: string; label: string }
  | { role: string }
  | { user: string }
  | { channel: string }
  /** Milliseconds since the epoch, shown as a date in the reader's time zone. */
  | { date: number; style: 'date' | 'moment' | 'relative' }

/** What the bot says, as plain data; a platform renders it. */
export type Text = readonly Part[]

type Insert = Part | Text | number | undefined

/** Cuts a text to at most `length` UTF-16 units, its end marked, and never inside a letter. */
export function cut(words: string, length: number): string {
  if (words.length <= length) return words
  const end = length - 1
  const isInside = /[\ud800-\udbff]/.test(words.charAt(end - 1))
  return `${words.slice(0, isInside ? end - 1 : end)}…`
}

/** Joins sentences and inserts: text`You hold ${role(id)}.` An `undefined` insert adds nothing. */
export function text(words: TemplateStringsArray, ...inserts: Insert[]): Text {
  const parts: Part[] = []
  words.forEach((word, index) => {
    if (word) parts.push(word)
    parts.push(...asText(inserts[index]))
  })
  return parts
}

function asText(insert: Insert): Text {
  if (insert === undefined) return []
  if (typeof insert === 'number') return [String(insert)]
  if (typeof insert === 'string') return insert ? [insert] : []
  return isText(insert) ? insert : [insert]
}

const isText = (insert: Part | Text): insert is Text => Array.isArray(insert)

/** Puts `between` between the texts that say something. */
export function joinText(texts: readonly (Text | undefined)[], between: string): Text {
  return texts
    .filter((each): each is Text => each !== undefined && each.length > 0)
    .flatMap((each, index) => (index ? [between, ...each] : [...each]))
}

/** One text a line. */
export const lines = (...texts: (Text | undefined)[]): Text => joinText(texts, '\n')

export const bold = (words: Text | string): Part => ({ bold: typeof words === 'string' ? [words] : words })
export const code = (words: string): Part => ({ code: words })
export const link = (label: string, url: string): Part => ({ link: url, label })
export const date = (at: number): Part => ({ date: at, style: 'date' })
export const moment = (at: number): Part => ({ date: at, style: 'moment' })
export const relative = (at: number): Part => ({ date: at, style: 'relative' })
export const roleMention = (id: string): Part => ({ role: id })
export const channelMention = (id: string): Part => ({ channel: id })
/** Names a member by their platform's own mention; it notifies nobody. */
export const mention = (member: MemberId): Part => ({ user: member.split(':')[2] ?? '' })

/** `Did you mean …? ` with what somebody may have meant, or nothing. */
export const didYouMean = (words: readonly string[]): Text | undefined =>
  words.length
    ? text`Did you mean ${joinText(
        words.map(word => [code(word)]),
        ' or ',
      )}? `
    : undefined

/** The text without markup, for logs, terminals and tests. */
export function plain(words: Text): string {
  return words
    .map(part => {
      if (typeof part === 'string') return part
      if ('bold' in part) return plain(part.bold)
      if ('code' in part) return part.code
      if ('link' in part) return part.label
      if ('role' in part) return `@${part.role}`
      if ('user' in part) return `@${part.user}`
      if ('channel' in part) return `#${part.channel}`
      return new Date(part.date)
        .toISOString()
        .slice(0, part.style === 'date' ? 10 : 16)
        .replace('T', ' ')
    })
    .join('')
}
