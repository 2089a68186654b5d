import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteractionDataOption,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessageComponentInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js'
import { type CommunityId, memberId } from '../../member.ts'
import type { Reply } from '../../reply.ts'
import { cut, text } from '../../text.ts'
import type { Invocation, PlatformEvents } from '../platform.ts'
import { type DiscordMessage, type RenderOptions, readCustomId, renderDiscord } from './render.ts'

/** What to answer at once, and what then goes on by editing that answer with the interaction's token. */
export interface Answer {
  /** Sent first, within Discord's three seconds. */
  first: APIInteractionResponse
  /** Runs after `first` was accepted; an interaction that arrived twice is refused there, and does nothing twice. */
  work?: (edit: (message: DiscordMessage, file?: Reply['file']) => Promise<void>) => Promise<void>
}

const deferred: APIInteractionResponse = {
  type: InteractionResponseType.DeferredChannelMessageWithSource,
  data: { flags: MessageFlags.Ephemeral },
}

/** What a server's roles are called. */
export type RoleNames = (community: CommunityId) => Promise<(role: string) => string | undefined>

/**
 * One function from Discord's raw interaction to the first response's JSON; the gateway and an HTTP endpoint are only
 * carriers. Answers `undefined` to what isn't for this bot.
 */
export async function answerInteraction(
  interaction: APIInteraction,
  events: Pick<PlatformEvents, 'run' | 'complete'>,
  roleNames: RoleNames,
): Promise<Answer | undefined> {
  if (interaction.type === InteractionType.ApplicationCommandAutocomplete)
    return { first: await completions(interaction, events) }
  if (interaction.type === InteractionType.MessageComponent) return pressed(interaction, events, roleNames)
  if (
    interaction.type === InteractionType.ApplicationCommand &&
    interaction.data.type === ApplicationCommandType.ChatInput
  )
    return typed({ ...interaction, data: interaction.data }, events)
  return undefined
}

function typed(
  interaction: APIChatInputApplicationCommandInteraction,
  events: Pick<PlatformEvents, 'run'>,
): Answer {
  const community = guildOf(interaction)
  if (!community) return refusal('Use this in a server, not in a direct message.')
  const { path, options } = flatten(interaction.data.name, interaction.data.options)
  return running(events, { ...caller(interaction, community), call: { path, options: values(options) } })
}

function pressed(
  interaction: APIMessageComponentInteraction,
  events: Pick<PlatformEvents, 'run'>,
  roleNames: RoleNames,
): Answer {
  const chosen =
    interaction.data.component_type === ComponentType.StringSelect ? interaction.data.values[0] : undefined
  const { community: named, run } = readCustomId(chosen ?? interaction.data.custom_id)
  // In a server the place says the community, and a button that claims another one is not believed.
  const community = guildOf(interaction) ?? named
  if (!community) return refusal('This button is from another time. Run the command again.')
  return running(
    events,
    { ...caller(interaction, community), call: run },
    guildOf(interaction) ? undefined : async () => ({ community, roleName: await roleNames(community) }),
  )
}

// Every edit counts against the bot's rate limit, and work that is done by then needs none.
const progressEveryMs = 2_000

const unshown: Reply = {
  text: text`There is an answer, but Discord doesn't let me show it. Nothing was charged. Please tell an admin.`,
}

function running(
  events: Pick<PlatformEvents, 'run'>,
  invocation: Invocation,
  // In a DM nothing but the button says which server is meant.
  away?: () => Promise<RenderOptions>,
): Answer {
  return {
    first: deferred,
    async work(edit) {
      const options = await away?.()
      const render = (reply: Reply) => renderDiscord(reply, options)
      let lastEdit: Promise<void> = Promise.resolve()
      let shownAt = performance.now()
      const progress = (reply: Reply) => {
        if (performance.now() - shownAt < progressEveryMs) return
        shownAt = performance.now()
        lastEdit = lastEdit.then(() => edit(render(reply))).catch(() => undefined)
      }
      const reply = await events.run({ ...invocation, progress })
      await lastEdit
      try {
        await edit(render(reply), reply.file)
      } catch (error) {
        await edit(render(unshown))
        throw error
      }
    },
  }
}

async function completions(
  interaction: APIApplicationCommandAutocompleteInteraction,
  events: Pick<PlatformEvents, 'complete'>,
): Promise<APIInteractionResponse> {
  const community = guildOf(interaction)
  const { path, options } = flatten(interaction.data.name, interaction.data.options)
  const focused = options.find(option => 'focused' in option && option.focused)
  const choices =
    community && focused && 'value' in focused
      ? await events.complete(
          { ...caller(interaction, community), call: { path, options: values(options) } },
          focused.name,
          String(focused.value),
        )
      : []
  return {
    type: InteractionResponseType.ApplicationCommandAutocompleteResult,
    data: {
      choices: choices
        .slice(0, 25)
        .map(({ label, value }) => ({ name: cut(label, 100), value: value.slice(0, 100) })),
    },
  }
}

type Caller = Pick<APIInteraction, 'member' | 'user' | 'guild_id'> & { locale?: string }

function caller(interaction: Caller, community: CommunityId): Omit<Invocation, 'call'> {
  const { member, user, locale = 'en-US' } = interaction
  const permissions = BigInt(member?.permissions ?? '0')
  const isAdmin = (permissions & (PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator)) !== 0n
  return { member: memberId(community, member?.user.id ?? user?.id ?? ''), locale, isAdmin }
}

const guildOf = ({ guild_id }: Pick<APIInteraction, 'guild_id'>): CommunityId | undefined =>
  guild_id ? `discord:${guild_id}` : undefined

const refusal = (sentence: string): Answer => ({
  first: {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: { ...renderDiscord({ text: text`${sentence}` }), flags: MessageFlags.Ephemeral },
  },
})

type DataOption = APIApplicationCommandInteractionDataOption<InteractionType>

function flatten(
  name: string,
  options: readonly DataOption[] | undefined,
): { path: string[]; options: readonly DataOption[] } {
  const [first] = options ?? []
  if (
    first?.type === ApplicationCommandOptionType.Subcommand ||
    first?.type === ApplicationCommandOptionType.SubcommandGroup
  ) {
    const inner = flatten(first.name, first.options)
    return { path: [name, ...inner.path], options: inner.options }
  }
  return { path: [name], options: options ?? [] }
}

const values = (options: readonly DataOption[]): Record<string, string | number | boolean> =>
  Object.fromEntries(options.flatMap(option => ('value' in option ? [[option.name, option.value]] : [])))
