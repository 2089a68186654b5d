import type { CommandView, DiscordRoom, OptionView } from '../discord/room.ts'

/** Something that can be put into the command box. */
export interface Suggestion {
  label: string
  detail: string
  /** The whole line once it is picked. */
  line: string
  color?: string
}

/** What a line in the command box is so far. */
export interface Reading {
  /** What could come next, best first. */
  suggestions: Suggestion[]
  /** It can be sent as it stands. */
  isComplete: boolean
  /** One sentence on what is being typed. */
  hint: string
  /** The bot is to be asked for more suggestions, put behind `before`. */
  ask?: { before: string }
}

/** The commands and names that can be typed. */
export type Known = Pick<DiscordRoom, 'commands' | 'roles' | 'members' | 'channels'>

const nothing: Reading = { suggestions: [], isComplete: false, hint: '' }

/** Reads what somebody has typed so far, in a room with these commands and names. */
export function readLine(line: string, known: Known): Reading {
  if (!line.startsWith('/')) return { ...nothing, isComplete: line.trim().length > 0 }
  const typed = line.slice(1)
  const command = known.commands
    .filter(({ path }) => typed.toLowerCase() === path || typed.toLowerCase().startsWith(`${path} `))
    .sort((a, b) => b.path.length - a.path.length)[0]
  if (!command || typed.length === command.path.length) return readName(typed, command, known)
  return readOptions(line, command, known)
}

function readName(typed: string, command: CommandView | undefined, { commands }: Known): Reading {
  const wanted = typed.toLowerCase().trimStart()
  const rank = ({ path }: CommandView) => (path.startsWith(wanted) ? 0 : path.includes(wanted) ? 1 : 2)
  const found = commands.filter(each => rank(each) < 2).sort((a, b) => rank(a) - rank(b))
  return {
    suggestions: found.map(each => ({ label: `/${each.path}`, detail: each.description, line: begun(each) })),
    isComplete: command !== undefined && missing(command, {}).length === 0,
    hint: found.length === 0 ? `No command here is called /${typed.trim()}.` : '',
  }
}

/** The line of a command as it stands when its name is picked. */
function begun({ path, options }: CommandView): string {
  const [first] = options
  if (!first) return `/${path}`
  return first.isRequired ? `/${path} ${first.name}:` : `/${path} `
}

function readOptions(line: string, command: CommandView, known: Known): Reading {
  const { given, last } = takeApart(line, command)
  const lacking = missing(command, given)
  const isComplete = lacking.length === 0 && Object.values(given).every(value => value.trim() !== '')
  const free = command.options.filter(({ name }) => given[name] === undefined)
  const offer = (before: string, begin: string): Suggestion[] =>
    free
      .filter(({ name }) => name.startsWith(begin.toLowerCase()))
      .sort((a, b) => Number(b.isRequired) - Number(a.isRequired))
      .map(({ name, description, isRequired }) => ({
        label: `${name}:`,
        detail: isRequired ? `${description} (required)` : description,
        line: `${before}${name}:`,
      }))

  if (!last) {
    const begin = line.slice(command.path.length + 2).trimStart()
    const before = line.slice(0, line.length - begin.length)
    return { suggestions: offer(before, begin), isComplete: isComplete && !begin, hint: ask(lacking) }
  }
  const { option, value, start } = last
  const before = line.slice(0, start)
  const values = candidates(option, known)
  const settled = settledPart(value, option, values)
  if (settled !== undefined) {
    const begin = value.slice(settled)
    const kept = before + value.slice(0, settled)
    return { suggestions: offer(kept, begin), isComplete: isComplete && !begin, hint: ask(lacking) }
  }
  const wanted = value.trim().toLowerCase().replace(/^[@#]/, '')
  const suggestions = values
    .filter(({ label }) => label.toLowerCase().includes(wanted))
    .map(each => ({ ...each, line: `${before}${each.line} ` }))
  return {
    suggestions,
    isComplete,
    hint: `${option.name}: ${option.description}`,
    ...(option.isCompleted && { ask: { before } }),
  }
}

/** What was given for each option, and the one that is being typed. */
function takeApart(line: string, { path, options }: CommandView) {
  const given: Record<string, string> = {}
  let last: { option: OptionView; value: string; start: number } | undefined
  const names = options.map(({ name }) => name).join('|')
  if (!names) return { given, last }
  for (const found of line.matchAll(new RegExp(`(?<=\\s)(${names}):`, 'g'))) {
    if (found.index < path.length + 1) continue
    const option = options.find(({ name }) => name === found[1])
    if (!option) continue
    if (last) given[last.option.name] = line.slice(last.start, found.index)
    const start = found.index + found[0].length
    last = { option, value: line.slice(start), start }
  }
  if (last) given[last.option.name] = last.value
  return { given, last }
}

const missing = ({ options }: CommandView, given: Record<string, string>): OptionView[] =>
  options.filter(({ name, isRequired }) => isRequired && !given[name]?.trim())

const ask = ([first]: OptionView[]): string => (first ? `${first.name} is needed: ${first.description}` : '')

/** Everything that a closed list of values allows; `line` is how the value is typed. */
function candidates(option: OptionView, { roles, members, channels }: Known): Suggestion[] {
  if (option.type === 'role')
    return [
      ...roles.map(({ name, color, isManaged }) => ({
        label: `@${name}`,
        detail: isManaged ? 'managed' : 'role',
        line: `@${name}`,
        color,
      })),
      { label: '@everyone', detail: 'role', line: '@everyone' },
    ]
  if (option.type === 'user')
    return members.map(({ name, username, color }) => ({
      label: `@${name}`,
      detail: username,
      line: `@${name}`,
      color,
    }))
  if (option.type === 'channel')
    return channels.map(({ name }) => ({ label: `#${name}`, detail: 'channel', line: `#${name}` }))
  if (option.type === 'boolean')
    return ['True', 'False'].map(word => ({ label: word, detail: '', line: word }))
  return option.choices.map(({ name }) => ({ label: name, detail: '', line: name }))
}

/** How much of the typed value is a whole value with a blank behind it; `undefined` while it is still being typed. */
function settledPart(value: string, option: OptionView, values: Suggestion[]): number | undefined {
  const whole = values
    .map(({ line }) => `${line} `)
    .filter(line => value.toLowerCase().startsWith(line.toLowerCase()))
    .sort((a, b) => b.length - a.length)[0]
  if (whole !== undefined) return whole.length
  if (values.length > 0 || !/\S\s+$/.test(value)) return undefined
  // A free text may well go on; what could follow it is offered all the same.
  return option.isCompleted || option.type === 'number' || option.type === 'text' ? value.length : undefined
}
