import {
  type APIApplicationCommand,
  type APIApplicationCommandOptionChoice,
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandType,
  ComponentType,
  InteractionResponseType,
  InteractionType,
  type Locale,
  PermissionFlagsBits,
} from 'discord.js'
import { type CommandCall, fillIn, splitLine } from './command-line.ts'
import type { CommandRegistry } from './command-registry.ts'
import { findComponent, modalData } from './components.ts'
import type { Interaction, Interactions } from './interactions.ts'
import { type Completions, followInteraction, type Invocation } from './invocation.ts'
import { plainText } from './message-form.ts'
import { guildOfChannel, postMessage } from './messages.ts'
import { interactionPayload, resolveOptions, resolveValues } from './payload.ts'
import { channelPermissions } from './permissions.ts'
import { type Guild, guildOf, type World } from './world.ts'

/** Somebody at Discord's client. What their client would not let them do throws an Error in words. */
export interface Person {
  /** Types a command, as a line (`/premium role role:@Premium plan:pro`) or filled in; answers at the first response. */
  command(call: string | CommandCall): Promise<Invocation>
  /** Asks for completions of the last option typed, or of `focused`. */
  autocomplete(call: string | (CommandCall & { focused: string })): Promise<Completions>
  /** Presses a button, named by its custom id or its label. */
  press(message: { id: string }, button: string): Promise<Invocation>
  /** Presses a button that the message never had, as a changed client may try. */
  forge(message: { id: string }, customId: string): Promise<Invocation>
  /** Chooses in a menu, named by its custom id: values, or ids of users, roles or channels. */
  select(message: { id: string }, menu: string, values: string[]): Promise<Invocation>
  /** Sends the form that an invocation opened, with the text of each input by its custom id. */
  submit(opened: Invocation, values: Record<string, string>): Promise<Invocation>
  /** Writes a message. */
  sendMessage(text: string, channelId?: string): APIMessage
  /** The commands this person sees here. */
  commands(): APIApplicationCommand[]
}

/** What a person's client reaches. */
export interface PersonDeps {
  world: World
  registry: CommandRegistry
  interactions: Interactions
}

/** Where somebody is, and how their client is set. */
export interface Seat {
  userId: string
  guildId: string
  channelId?: string | undefined
  locale?: Locale | undefined
  /** Sees commands that `default_member_permissions` would hide, as an admin can allow in the server's settings. */
  seesAllCommands?: boolean | undefined
}

/** Sits somebody down at Discord's client. */
export function createPerson({ world, registry, interactions }: PersonDeps, seat: Seat): Person {
  const { userId } = seat
  const home = () => {
    const guild = guildOf(world, seat.guildId)
    const member = guild.members.get(userId)
    const channel = guild.channels.get(seat.channelId ?? [...guild.channels.keys()][0] ?? '')
    if (!member) throw new Error(`${userId} is not in ${guild.name}`)
    if (!channel) throw new Error(`There is no channel ${seat.channelId ?? ''} in ${guild.name}`)
    const permissions = channelPermissions(guild, channel, member)
    if (!(permissions & PermissionFlagsBits.ViewChannel))
      throw new Error(`${userId} doesn't see #${channel.name}`)
    return { guild, channel, permissions }
  }

  function commands(): APIApplicationCommand[] {
    const { guild, permissions } = home()
    if (!guild.members.has(world.bot.id)) return []
    return registry.visibleIn(guild.id).filter(command => {
      const needed = BigInt(command.default_member_permissions ?? 0)
      const isHidden =
        command.default_member_permissions === '0' && !(permissions & PermissionFlagsBits.Administrator)
      return seat.seesAllCommands || (!isHidden && (permissions & needed) === needed)
    })
  }

  function start(
    type: InteractionType,
    where: { guild: Guild | undefined; channelId: string },
    data: object,
    message?: APIMessage,
  ): Interaction {
    const source = message && world.messages.get(message.id)
    return interactions.start(
      (id, token) =>
        interactionPayload(world, { id, token, type, userId, ...where, locale: seat.locale, data, message }),
      { userId, guildId: where.guild?.id, channelId: where.channelId, source },
    )
  }

  function commandData(call: CommandCall, focused?: string): object {
    const { guild } = home()
    const { command, options } = fillIn(call, commands(), guild, focused)
    const resolved = resolveOptions(world, guild, options)
    return {
      id: command.id,
      name: command.name,
      type: ApplicationCommandType.ChatInput,
      ...(options.length > 0 && { options }),
      ...(resolved && { resolved }),
      ...(command.guild_id !== undefined && { guild_id: command.guild_id }),
    }
  }

  function current(message: { id: string }): {
    message: APIMessage
    guild: Guild | undefined
    channelId: string
  } {
    const stored = world.messages.get(message.id)
    if (!stored) throw new Error('That message is gone')
    if (stored.visibleTo !== undefined && stored.visibleTo !== userId)
      throw new Error('That message is not for them')
    const channelId = stored.message.channel_id
    const direct = world.directChannels.get(channelId)
    if (direct && direct.userId !== userId) throw new Error("Those are somebody else's direct messages")
    const guild = guildOfChannel(world, channelId)
    if (guild && !guild.members.has(userId)) throw new Error(`${userId} is not in ${guild.name}`)
    return { message: stored.message, guild, channelId }
  }

  const here = () => {
    const { guild, channel } = home()
    return { guild, channelId: channel.id }
  }

  return {
    commands,
    async command(call) {
      const filled = typeof call === 'string' ? splitLine(call, commands()) : call
      return followInteraction(world, start(InteractionType.ApplicationCommand, here(), commandData(filled)))
    },
    async autocomplete(call) {
      const filled = typeof call === 'string' ? splitLine(call, commands()) : call
      const focused = typeof call === 'string' ? Object.keys(filled.options ?? {}).at(-1) : call.focused
      if (focused === undefined) throw new Error('No option is being typed')
      const data = commandData(filled, focused)
      const interaction = start(InteractionType.ApplicationCommandAutocomplete, here(), data)
      const { first, failure } = await followInteraction(world, interaction)
      const choices = (first?.data.choices ?? []) as APIApplicationCommandOptionChoice[]
      return { choices, failure }
    },
    async press(shown, name) {
      const { message, ...where } = current(shown)
      const data = findComponent(message, name).press()
      return followInteraction(world, start(InteractionType.MessageComponent, where, data, message))
    },
    async forge(shown, customId) {
      const { message, ...where } = current(shown)
      const data = { component_type: ComponentType.Button, custom_id: customId }
      return followInteraction(world, start(InteractionType.MessageComponent, where, data, message))
    },
    async select(shown, menu, values) {
      const { message, ...where } = current(shown)
      const data = findComponent(message, menu).choose(values)
      const resolved = resolveValues(world, where.guild, data.component_type, values)
      const chosen = { ...data, ...(resolved && { resolved }) }
      return followInteraction(world, start(InteractionType.MessageComponent, where, chosen, message))
    },
    async submit(opened, values) {
      const { first } = opened
      if (first?.type !== InteractionResponseType.Modal) throw new Error('No form is open')
      const data = modalData(first.data as unknown as APIModalInteractionResponseCallbackData, values)
      const source = interactions.all().find(({ id }) => id === opened.id)?.source?.message
      const where = { guild: guildOfChannel(world, opened.channelId), channelId: opened.channelId }
      return followInteraction(world, start(InteractionType.ModalSubmit, where, data, source))
    },
    sendMessage(text, channelId) {
      const author = world.users.get(userId)?.user
      if (!author) throw new Error(`There is no user ${userId}`)
      return postMessage(world, { channelId: channelId ?? here().channelId, author, form: plainText(text) })
        .message
    },
  }
}
