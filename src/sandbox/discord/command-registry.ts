import {
  type APIApplicationCommand,
  type APIApplicationCommandOption,
  ApplicationCommandType,
  RESTJSONErrorCodes,
} from 'discord.js'
import { refusal } from './errors.ts'
import type { World } from './world.ts'

/** The commands the bot has registered. A `scope` is a guild's id, or undefined for the global ones. */
export interface CommandRegistry {
  list(scope: string | undefined): APIApplicationCommand[]
  /** Refuses with 10063 what isn't there. */
  get(scope: string | undefined, id: string): APIApplicationCommand
  /** Makes the scope hold exactly these; a command of the same name and type keeps its id. */
  replaceAll(scope: string | undefined, commands: APIApplicationCommand[]): APIApplicationCommand[]
  upsert(scope: string | undefined, command: APIApplicationCommand): APIApplicationCommand
  remove(scope: string | undefined, id: string): void
  /** All commands that people see in this guild: its own before global ones of the same name. */
  visibleIn(guildId: string | undefined): APIApplicationCommand[]
  all(): APIApplicationCommand[]
}

/** An empty registry. What goes in must have passed `checkCommands`. */
export function createCommandRegistry(world: World): CommandRegistry {
  const scopes = new Map<string | undefined, Map<string, APIApplicationCommand>>()
  const scopeOf = (scope: string | undefined) => {
    const known = scopes.get(scope)
    if (known) return known
    const made = new Map<string, APIApplicationCommand>()
    scopes.set(scope, made)
    return made
  }
  const list = (scope: string | undefined) => [...scopeOf(scope).values()]

  function settle(scope: string | undefined, sent: APIApplicationCommand): APIApplicationCommand {
    const type = sent.type ?? ApplicationCommandType.ChatInput
    const same = list(scope).find(command => command.name === sent.name && command.type === type)
    return {
      id: same?.id ?? sent.id ?? world.nextId(),
      application_id: world.applicationId,
      version: world.nextId(),
      type,
      name: sent.name,
      name_localizations: sent.name_localizations ?? null,
      description: sent.description ?? '',
      description_localizations: sent.description_localizations ?? null,
      default_member_permissions: sent.default_member_permissions?.toString() ?? null,
      nsfw: sent.nsfw ?? false,
      ...(sent.options?.length && { options: sent.options.map(settleOption) }),
      ...(scope === undefined
        ? {
            dm_permission: sent.contexts ? sent.contexts.includes(1) : (sent.dm_permission ?? true),
            contexts: sent.contexts ?? null,
            integration_types: sent.integration_types ?? [0],
          }
        : { guild_id: scope }),
    }
  }

  return {
    list,
    get(scope, id) {
      const command = scopeOf(scope).get(id)
      if (!command) throw refusal(RESTJSONErrorCodes.UnknownApplicationCommand)
      return command
    },
    replaceAll(scope, commands) {
      const settled = commands.map(command => settle(scope, command))
      scopes.set(scope, new Map(settled.map(command => [command.id, command])))
      world.changed({ type: 'commands', guildId: scope })
      return settled
    },
    upsert(scope, command) {
      const settled = settle(scope, command)
      scopeOf(scope).set(settled.id, settled)
      world.changed({ type: 'commands', guildId: scope })
      return settled
    },
    remove(scope, id) {
      if (!scopeOf(scope).delete(id)) throw refusal(RESTJSONErrorCodes.UnknownApplicationCommand)
      world.changed({ type: 'commands', guildId: scope })
    },
    visibleIn(guildId) {
      const own = guildId === undefined ? [] : list(guildId)
      const global = list(undefined).filter(
        command => guildId !== undefined || command.dm_permission !== false,
      )
      return [...own, ...global.filter(command => !own.some(({ name }) => name === command.name))]
    },
    all: () => [...scopes.values()].flatMap(scope => [...scope.values()]),
  }
}

/** Discord answers with what is set only: no `required: false`, no empty lists, translations as null. */
function settleOption(option: APIApplicationCommandOption): APIApplicationCommandOption {
  const { required, options, choices, autocomplete, ...rest } = option as APIApplicationCommandOption & {
    required?: boolean
    autocomplete?: boolean
    options?: APIApplicationCommandOption[]
    choices?: object[]
  }
  return {
    name_localizations: null,
    description_localizations: null,
    ...rest,
    ...(required && { required }),
    ...(autocomplete && { autocomplete }),
    ...(options?.length && { options: options.map(settleOption) }),
    ...(choices?.length && {
      choices: choices.map(choice => ({ name_localizations: null, ...choice })),
    }),
  } as APIApplicationCommandOption
}
