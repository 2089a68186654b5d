import {
  type APIApplicationCommand,
  type APIApplicationCommandOption,
  ApplicationCommandOptionType as OptionType,
} from 'discord.js'
import type { CommandView, OptionView } from './room.ts'

/** Every command that can be typed, subcommands spelled out. */
export const commandViews = (commands: APIApplicationCommand[]): CommandView[] =>
  commands
    .flatMap(({ name, description, options = [] }) => branches(name, description, options))
    .sort((a, b) => a.path.localeCompare(b.path))

function branches(path: string, description: string, options: APIApplicationCommandOption[]): CommandView[] {
  const inner = options.flatMap(option =>
    option.type === OptionType.Subcommand || option.type === OptionType.SubcommandGroup
      ? branches(`${path} ${option.name}`, option.description, option.options ?? [])
      : [],
  )
  return inner.length > 0 ? inner : [{ path, description, options: options.map(optionView) }]
}

const types: Partial<Record<OptionType, OptionView['type']>> = {
  [OptionType.Integer]: 'number',
  [OptionType.Number]: 'number',
  [OptionType.Boolean]: 'boolean',
  [OptionType.User]: 'user',
  [OptionType.Mentionable]: 'user',
  [OptionType.Role]: 'role',
  [OptionType.Channel]: 'channel',
}

function optionView(option: APIApplicationCommandOption): OptionView {
  const choices = 'choices' in option ? (option.choices ?? []) : []
  return {
    name: option.name,
    description: option.description,
    type: types[option.type] ?? 'text',
    isRequired: 'required' in option && option.required === true,
    isCompleted: 'autocomplete' in option && option.autocomplete === true,
    choices: choices.map(({ name, value }) => ({ name, value: String(value) })),
  }
}
