import { createHash } from 'node:crypto'
import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type REST,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js'
import type { Command, LoadedCommand, Option } from '../../command.ts'

type Body = RESTPutAPIApplicationCommandsJSONBody[number]

/** The commands as Discord's registry takes them: in servers only, the admins' ones hidden from everybody else. */
export const commandBodies = (commands: readonly LoadedCommand[]): Body[] =>
  commands.map(command => ({
    type: ApplicationCommandType.ChatInput,
    name: command.name,
    description: command.description,
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    default_member_permissions: command.access === 'admin' ? String(PermissionFlagsBits.ManageGuild) : null,
    options: command.subcommands
      ? command.subcommands.map(
          (subcommand): APIApplicationCommandSubcommandOption => ({
            type: ApplicationCommandOptionType.Subcommand,
            name: subcommand.name,
            description: subcommand.description,
            options: optionsOf(subcommand),
          }),
        )
      : optionsOf(command),
  }))

/** Registers the commands when they differ from what this application has; answers whether they did. */
export async function registerCommands(rest: REST, application: string, commands: readonly LoadedCommand[]) {
  const route = Routes.applicationCommands(application)
  const wanted = commandBodies(commands)
  const registered = await rest.get(route)
  if (fingerprint(registered) === fingerprint(wanted)) return false
  await rest.put(route, { body: wanted })
  return true
}

const optionTypes = {
  'yes-no': ApplicationCommandOptionType.Boolean,
  member: ApplicationCommandOptionType.User,
  role: ApplicationCommandOptionType.Role,
  channel: ApplicationCommandOptionType.Channel,
} as const

const optionsOf = ({ options = [] }: Pick<Command, 'options'>): APIApplicationCommandBasicOption[] =>
  options.filter(({ internal }) => !internal).map(optionOf)

function optionOf({
  name,
  description,
  type,
  required = false,
  complete,
}: Option): APIApplicationCommandBasicOption {
  if (type === 'number') return { type: ApplicationCommandOptionType.Integer, name, description, required }
  if (type !== 'text') return { type: optionTypes[type], name, description, required }
  const text = { type: ApplicationCommandOptionType.String, name, description, required } as const
  return complete ? { ...text, autocomplete: true } : text
}

// Discord adds fields of its own and leaves out defaults; only what we set counts.
function fingerprint(commands: unknown): string {
  const list = Array.isArray(commands) ? commands : []
  return createHash('sha256')
    .update(JSON.stringify(list.map(essence).sort()))
    .digest('hex')
}

function essence(thing: Record<string, unknown>): string {
  const { name, description, type, required, autocomplete, options, default_member_permissions, contexts } =
    thing
  const inner = Array.isArray(options) ? options.map(essence) : []
  return JSON.stringify([
    name,
    description,
    type ?? 1,
    required ?? false,
    autocomplete ?? false,
    default_member_permissions ?? null,
    contexts ?? null,
    inner,
  ])
}
