import {
  type APIApplicationCommand,
  type APIApplicationCommandOption,
  ApplicationCommandOptionType as OptionType,
} from 'discord.js'
import type { Guild } from './world.ts'

/** A command with its arguments as somebody filled them in; the keys are option names. */
export interface CommandCall {
  /** The command with its subcommands: `premium role`. */
  name: string
  options?: Record<string, string | number | boolean>
}

/** One filled-in option, as the interaction's payload carries it. */
export interface FilledOption {
  name: string
  type: OptionType
  value?: string | number | boolean
  options?: FilledOption[]
  focused?: boolean
}

/** A command found among the registered ones, with the arguments that were typed. */
export interface ParsedCommand {
  command: APIApplicationCommand
  options: FilledOption[]
}

/** Splits `/premium role role:@Gold Member plan:"pro monthly"` into the command's path and its arguments as typed. */
export function splitLine(line: string, commands: APIApplicationCommand[]): CommandCall {
  const [name, afterName] = firstWord(line.trim().replace(/^\//, ''))
  const command = commands.find(candidate => candidate.name === name)
  if (!command) throw new Error(`There is no command /${name} here`)
  const path = [name]
  let options = command.options ?? []
  let rest = afterName
  for (;;) {
    const [word, after] = firstWord(rest)
    const branch = options.find(option => option.name === word && isBranch(option))
    if (!branch) break
    path.push(word)
    options = optionsOf(branch)
    rest = after
  }
  return { name: path.join(' '), options: splitArguments(rest, options) }
}

/** Makes a command call into the payload's options; with `focused`, as for a question for completions. */
export function fillIn(
  call: CommandCall,
  commands: APIApplicationCommand[],
  guild: Guild | undefined,
  focused?: string,
): ParsedCommand {
  const [name, ...path] = call.name.replace(/^\//, '').split(' ')
  const command = commands.find(candidate => candidate.name === name)
  if (!command) throw new Error(`There is no command /${name} here`)
  let known = command.options ?? []
  const branches: APIApplicationCommandOption[] = []
  for (const word of path) {
    const branch = known.find(option => option.name === word && isBranch(option))
    if (!branch) throw new Error(`/${call.name}: there is no subcommand ${word}`)
    branches.push(branch)
    known = optionsOf(branch)
  }
  if (known.some(isBranch)) {
    throw new Error(`/${call.name} needs a subcommand: ${known.map(option => option.name).join(', ')}`)
  }
  const given = call.options ?? {}
  for (const key of Object.keys(given)) {
    if (!known.some(option => option.name === key)) throw new Error(`/${call.name} has no option ${key}`)
  }
  let filled: FilledOption[] = []
  for (const option of known) {
    const value = given[option.name]
    const isFocused = option.name === focused
    if (value === undefined && !isFocused) {
      if (option.required && focused === undefined)
        throw new Error(`/${call.name} requires the option ${option.name}`)
      continue
    }
    if (isFocused) filled.push({ name: option.name, type: option.type, value: value ?? '', focused: true })
    else if (value !== undefined) {
      filled.push({ name: option.name, type: option.type, value: typedValue(option, value, guild) })
    }
  }
  for (const branch of branches.reverse())
    filled = [{ name: branch.name, type: branch.type, options: filled }]
  return { command, options: filled }
}

/** Values reach to the next known `name:`, so they may hold spaces; quotes protect what looks like a name. */
function splitArguments(text: string, options: APIApplicationCommandOption[]): Record<string, string> {
  const found: Record<string, string> = {}
  if (!text) return found
  const names = options.map(option => option.name).join('|')
  if (!names || !new RegExp(`^(?:${names}):`, 'u').test(text))
    throw new Error(`No option is named in: ${text}`)
  const pattern = new RegExp(
    `(?:^|\\s)(${names}):\\s*("(?:[^"\\\\]|\\\\.)*"|.*?)(?=\\s(?:${names}):|\\s*$)`,
    'gsu',
  )
  for (const [, name = '', value = ''] of text.matchAll(pattern)) {
    found[name] = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value.trim()
  }
  return found
}

function firstWord(text: string): [word: string, rest: string] {
  const [word = ''] = /^\S*/.exec(text) ?? []
  return [word, text.slice(word.length).trim()]
}

function typedValue(
  option: APIApplicationCommandOption,
  given: string | number | boolean,
  guild: Guild | undefined,
): string | number | boolean {
  const text = String(given)
  switch (option.type) {
    case OptionType.Integer:
    case OptionType.Number: {
      const chosen = option.choices?.find(({ name }) => name === text)?.value ?? Number(text)
      if (!Number.isFinite(chosen) || (option.type === OptionType.Integer && !Number.isInteger(chosen))) {
        throw new Error(`${option.name} must be a number: ${text}`)
      }
      const { min_value: min = -Infinity, max_value: max = Infinity } = option as {
        min_value?: number
        max_value?: number
      }
      if (chosen < min || chosen > max)
        throw new Error(`${option.name} must be between ${min} and ${max}: ${text}`)
      return chosen
    }
    case OptionType.Boolean:
      if (!/^(true|false)$/i.test(text)) throw new Error(`${option.name} must be True or False: ${text}`)
      return text.toLowerCase() === 'true'
    case OptionType.User:
      return userId(text, guild)
    case OptionType.Role:
      return roleId(text, guild)
    case OptionType.Channel:
      return channelId(text, guild)
    case OptionType.Mentionable:
      return (
        [userId, roleId].map(find => attempt(() => find(text, guild))).find(id => id !== undefined) ??
        missing(text)
      )
    case OptionType.String: {
      const chosen = option.choices?.find(({ name, value }) => name === text || value === text)
      if (option.choices?.length && !chosen)
        throw new Error(`${option.name} must be one of its choices: ${text}`)
      return chosen?.value ?? text
    }
    default:
      return text
  }
}

/** The id of somebody in the guild, by id, mention, user name, display name or nickname. */
function userId(text: string, guild: Guild | undefined): string {
  const id = /^<@!?(\d+)>$/.exec(text)?.[1] ?? text
  if (guild?.members.has(id)) return id
  const name = text.replace(/^@/, '').toLowerCase()
  for (const { user, nick } of guild?.members.values() ?? []) {
    if ([user.username, user.global_name, nick].some(known => known?.toLowerCase() === name)) return user.id
  }
  // Discord's client also takes the id of somebody who has left.
  if (/^\d{15,}$/.test(id)) return id
  return missing(text)
}

function roleId(text: string, guild: Guild | undefined): string {
  const id = /^<@&(\d+)>$/.exec(text)?.[1] ?? text
  if (guild?.roles.has(id)) return id
  const name = text.replace(/^@/, '').toLowerCase()
  for (const role of guild?.roles.values() ?? []) {
    if (role.name.replace(/^@/, '').toLowerCase() === name) return role.id
  }
  return missing(text)
}

function channelId(text: string, guild: Guild | undefined): string {
  const id = /^<#(\d+)>$/.exec(text)?.[1] ?? text
  if (guild?.channels.has(id)) return id
  const name = text.replace(/^#/, '').toLowerCase()
  for (const channel of guild?.channels.values() ?? [])
    if (channel.name.toLowerCase() === name) return channel.id
  return missing(text)
}

function missing(text: string): never {
  throw new Error(`Discord's client finds nothing called ${text} here`)
}

function attempt<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}

function isBranch(option: APIApplicationCommandOption): boolean {
  return option.type === OptionType.Subcommand || option.type === OptionType.SubcommandGroup
}

function optionsOf(option: APIApplicationCommandOption): APIApplicationCommandOption[] {
  return 'options' in option && option.options ? option.options : []
}
