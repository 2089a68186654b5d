import type { Command, LoadedCommand } from '../../../command.ts'
import type { CommandView } from './room.ts'

/** Every command that can be typed, subcommands spelled out. */
export const commandViews = (commands: readonly LoadedCommand[]): CommandView[] =>
  commands
    .flatMap(command =>
      command.subcommands
        ? command.subcommands.map(subcommand => viewOf(`${command.name} ${subcommand.name}`, subcommand))
        : [viewOf(command.name, command)],
    )
    .sort((a, b) => a.path.localeCompare(b.path))

const viewOf = (path: string, { description, options = [] }: Command): CommandView => ({
  path,
  description,
  options: options
    .filter(({ internal }) => !internal)
    .map(option => ({
      name: option.name,
      description: option.description,
      type: option.type,
      isRequired: option.required === true,
    })),
})
