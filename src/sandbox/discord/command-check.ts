import { ApplicationCommandType, ApplicationCommandOptionType as OptionType } from 'discord.js'
import { checkForm, type FormCheck } from './errors.ts'

type Sent = Record<string, unknown>

/** What a command or option may be called (docs.discord.com/developers/interactions/application-commands). */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u

/** Refuses with 50035 whatever Discord would refuse in these commands. */
export function checkCommands(commands: unknown, isList: boolean): void {
  const check = checkForm()
  const list = Array.isArray(commands) ? commands : [commands]
  if (list.length > 100) check.wrong([], 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.')
  const names = new Set<unknown>()
  for (const [index, command] of list.entries()) {
    const at = isList ? [String(index)] : []
    if (!isSent(command)) {
      check.wrong(at, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType')
      continue
    }
    const type = command.type ?? ApplicationCommandType.ChatInput
    if (type === ApplicationCommandType.ChatInput) {
      checkName(check, [...at, 'name'], command.name)
      check.text([...at, 'description'], command.description, 1, 100)
      checkOptions(check, [...at, 'options'], command.options, 0)
      if (weight(command) > 8000) {
        check.wrong(at, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)')
      }
    } else check.text([...at, 'name'], command.name, 1, 32)
    const key = `${type} ${command.name}`
    if (names.has(key)) {
      check.wrong(at, 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique')
    }
    names.add(key)
  }
  check.done()
}

function checkOptions(check: FormCheck, path: string[], options: unknown, depth: number): void {
  if (options === undefined || options === null) return
  if (!Array.isArray(options)) {
    check.wrong(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType')
    return
  }
  if (options.length > 25) check.wrong(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')
  const names = new Set<unknown>()
  let sawOptional = false
  const sent = options.filter(isSent)
  const branches = sent.filter(option => isBranch(option.type))
  if (branches.length > 0 && branches.length < sent.length) {
    const message = 'Sub-command and sub-command group option types are mutually exclusive to all other types'
    check.wrong(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message)
  }
  for (const [index, option] of sent.entries()) {
    const at = [...path, String(index)]
    checkName(check, [...at, 'name'], option.name)
    check.text([...at, 'description'], option.description, 1, 100)
    if (names.has(option.name)) {
      check.wrong([...at, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option name already exists')
    }
    names.add(option.name)
    checkOption(check, at, option, depth)
    if (isBranch(option.type)) continue
    if (option.required === true && sawOptional) {
      const message = 'Required options must be placed before non-required options'
      check.wrong(at, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message)
    }
    sawOptional ||= option.required !== true
  }
}

function checkOption(check: FormCheck, at: string[], option: Sent, depth: number): void {
  const type = option.type
  if (typeof type !== 'number' || !(type in OptionType)) {
    check.wrong(
      [...at, 'type'],
      'BASE_TYPE_CHOICES',
      'Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.',
    )
    return
  }
  const mayHold =
    type === OptionType.SubcommandGroup ? depth === 0 : type === OptionType.Subcommand && depth < 2
  if (isBranch(type)) {
    if (!mayHold) {
      const message = 'Sub-command groups can only hold sub-commands, and sub-commands no others'
      check.wrong([...at, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message)
    }
    checkOptions(check, [...at, 'options'], option.options, type === OptionType.Subcommand ? 2 : 1)
    return
  }
  const choices = option.choices
  if (!Array.isArray(choices)) return
  if (choices.length > 25)
    check.wrong([...at, 'choices'], 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')
  if (option.autocomplete === true && choices.length > 0) {
    const message = 'Autocomplete cannot be set to true when choices are present'
    check.wrong(at, 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_WITH_CHOICES', message)
  }
  for (const [index, choice] of choices.filter(isSent).entries()) {
    check.text([...at, 'choices', String(index), 'name'], choice.name, 1, 100)
    if (type === OptionType.String) {
      check.text([...at, 'choices', String(index), 'value'], choice.value, 1, 100)
    }
  }
}

function checkName(check: FormCheck, path: string[], name: unknown): void {
  check.text(path, name, 1, 32)
  if (typeof name !== 'string' || name.length < 1 || name.length > 32) return
  if (!NAME.test(name) || name.toLowerCase() !== name) {
    check.wrong(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
  }
}

/** Discord counts names, descriptions and choice values together. */
function weight(sent: Sent): number {
  let total = String(sent.name ?? '').length + String(sent.description ?? '').length
  for (const option of Array.isArray(sent.options) ? sent.options.filter(isSent) : []) total += weight(option)
  for (const choice of Array.isArray(sent.choices) ? sent.choices.filter(isSent) : []) {
    total += String(choice.name ?? '').length + String(choice.value ?? '').length
  }
  return total
}

function isBranch(type: unknown): boolean {
  return type === OptionType.Subcommand || type === OptionType.SubcommandGroup
}

function isSent(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null
}
