import type { Text } from './text.ts'

/** Opens a page, or runs a command line as if the presser had typed it. */
export type Button =
  | { label: string; url: string; style?: ButtonStyle }
  /** A Discord `custom_id` carries it, so a line has at most 100 characters (80 with a community in front, in a DM). */
  | { label: string; run: string; style?: ButtonStyle }

export type ButtonStyle = 'primary' | 'danger'

/** A menu: picking an option runs its command line. */
export interface Select {
  placeholder: string
  options: { label: string; hint?: string; run: string; chosen?: boolean }[]
}

/** The things whose key came for the first time; a menu can't offer the same line twice. */
export function distinct<Thing>(things: readonly Thing[], keyOf: (thing: Thing) => string): Thing[] {
  const keys = new Set<string>()
  return things.filter(thing => !keys.has(keyOf(thing)) && keys.add(keyOf(thing)))
}

/** One thing among several: a tier, a problem, a member. */
export interface Card {
  title: Text
  text?: Text
  image?: string
  fields?: { name: Text; value: Text }[]
  buttons?: Button[]
}

/** A file handed to the caller alone. */
export interface ReplyFile {
  name: string
  content: string
}

/** What a command answers, as plain data; always private to the caller. A platform renders it within its limits. */
export interface Reply {
  title?: Text
  text?: Text
  cards?: Card[]
  buttons?: Button[]
  selects?: Select[]
  file?: ReplyFile
}
