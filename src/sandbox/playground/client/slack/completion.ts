import type { CommandView, OptionView, SlackRoom } from '../../slack/room.ts'
import type { Reading, Suggestion } from '../completion.ts'

/** The commands and names that can be typed. */
export type Known = Pick<SlackRoom, 'commands' | 'channels' | 'people' | 'doors'>

const nothing: Reading = { suggestions: [], isComplete: false, hint: '' }

/**
 * Reads what somebody has typed so far. Slack sends off whatever is typed and the bot answers it, so any line is whole;
 * commands, and names behind `#` and `@`, are completed.
 */
export function readLine(line: string, known: Known): Reading {
  if (!line.startsWith('/')) return readWords(line, known)
  const typed = line.slice(1).toLowerCase()
  const command = known.commands
    .filter(({ path }) => typed === path || typed.startsWith(`${path} `))
    .sort((a, b) => b.path.length - a.path.length)[0]
  if (command && typed.length > command.path.length) return readArguments(line, command, known)
  return readName(typed, command, known.commands)
}

function readWords(line: string, known: Known): Reading {
  const { before, word } = lastWord(line)
  return {
    ...nothing,
    isComplete: line.trim() !== '',
    suggestions: /^[@#]/.test(word) ? named(word, before, [...channels(known), ...people(known)]) : [],
  }
}

function readName(typed: string, command: CommandView | undefined, commands: CommandView[]): Reading {
  const wanted = typed.trim()
  const rank = ({ path }: CommandView) => (path.startsWith(wanted) ? 0 : path.includes(wanted) ? 1 : 2)
  const found = commands.filter(each => rank(each) < 2).sort((a, b) => rank(a) - rank(b))
  return {
    suggestions: found.map(each => ({
      label: `/${each.path}`,
      detail: [usage(each), each.description].filter(Boolean).join(' — '),
      line: each.options.length > 0 ? `/${each.path} ` : `/${each.path}`,
    })),
    isComplete: command !== undefined || (wanted !== '' && found.length === 0),
    hint: found.length === 0 ? `No command here is called /${wanted}.` : '',
  }
}

function readArguments(line: string, command: CommandView, known: Known): Reading {
  const { before, word } = lastWord(line)
  const place = before
    .slice(command.path.length + 2)
    .split(/\s+/)
    .filter(Boolean).length
  const option = command.options[place]
  const whole = { suggestions: [], isComplete: true, hint: hintOf(command, option) }
  // What was typed out in full needs no completing: Enter sends it.
  const values = option ? candidates(option, known) : []
  if (values.some(({ line: value }) => value === word)) return whole
  return { ...whole, suggestions: named(word, before, values) }
}

const hintOf = (command: CommandView, option: OptionView | undefined): string =>
  option
    ? `${option.name}: ${option.description}${option.isRequired ? '' : ' (may be left out)'}`
    : `/${command.path} ${usage(command)}`.trim()

/** `<role> [plan] [also]`, as Slack's usage hints are written. */
const usage = ({ options }: CommandView): string =>
  options.map(({ name, isRequired }) => (isRequired ? `<${name}>` : `[${name}]`)).join(' ')

function lastWord(line: string): { before: string; word: string } {
  const word = /\S*$/.exec(line)?.[0] ?? ''
  return { before: line.slice(0, line.length - word.length), word }
}

const named = (word: string, before: string, values: Suggestion[]): Suggestion[] =>
  values
    .filter(
      ({ line, detail }) =>
        line.toLowerCase().includes(word.toLowerCase()) ||
        (word.startsWith('@') && detail.toLowerCase().startsWith(word.slice(1).toLowerCase())),
    )
    .map(value => ({ ...value, line: `${before}${value.line} ` }))

function candidates({ type }: OptionView, known: Known): Suggestion[] {
  if (type === 'role')
    return [
      ...channels(known).filter(({ detail }) => detail === 'private channel'),
      ...people(known).filter(({ detail }) => detail === 'user group'),
    ]
  if (type === 'member') return people(known).filter(({ detail }) => detail !== 'user group')
  if (type === 'channel') return channels(known)
  if (type === 'yes-no') return ['yes', 'no'].map(word => ({ label: word, detail: '', line: word }))
  return []
}

const channels = (known: Known): Suggestion[] =>
  known.channels.map(({ name, isPrivate }) => ({
    label: `#${name}`,
    detail: isPrivate ? 'private channel' : 'channel',
    line: `#${name}`,
  }))

const people = (known: Known): Suggestion[] => [
  ...known.people
    .filter(({ isActive, part }) => isActive && part !== 'app')
    .map(({ name, handle }) => ({ label: `@${handle}`, detail: name, line: `@${handle}` })),
  ...known.doors
    .filter(({ kind }) => kind === 'group')
    .map(({ name }) => ({ label: name, detail: 'user group', line: name })),
]
