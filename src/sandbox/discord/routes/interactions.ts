import {
  type APIMessage,
  RESTJSONErrorCodes as Code,
  InteractionType,
  MessageFlags,
  MessageType,
  ApplicationCommandOptionType as OptionType,
  InteractionResponseType as Response,
} from 'discord.js'
import { checkForm, refusal } from '../errors.ts'
import { type Interaction, type Interactions, isAutocomplete } from '../interactions.ts'
import { type MessageForm, plainText, readMessageForm } from '../message-form.ts'
import { deleteMessage, editMessage, postMessage } from '../messages.ts'
import { checkModal } from '../modal-check.ts'
import { type Call, nothing, ok, type Routes } from '../rest.ts'
import type { StoredMessage, World } from '../world.ts'

/** Routes by which the bot answers: the callback, and the messages under the interaction's token. */
export function interactionRoutes(world: World, interactions: Interactions): Routes {
  function post(interaction: Interaction, form: MessageForm, flags: number): StoredMessage {
    const isEphemeral = (flags & MessageFlags.Ephemeral) !== 0
    return postMessage(world, {
      channelId: interaction.channelId,
      author: world.bot,
      form,
      visibleTo: isEphemeral ? interaction.userId : undefined,
      extra: {
        flags: flags & (MessageFlags.Ephemeral | MessageFlags.Loading),
        type: kindOf(interaction),
        webhook_id: world.applicationId,
        application_id: world.applicationId,
        ...metadataOf(world, interaction),
      },
    })
  }

  function respond(interaction: Interaction, type: number, call: Call): void {
    const data = (call.body as { data?: Record<string, unknown> }).data ?? {}
    const flags = Number(data.flags ?? 0)
    const form = (isNew: boolean) =>
      readMessageForm(data, call.files, call.origin, {
        isNew,
        root: ['data'],
        flags: isNew ? 0 : interaction.source?.message.flags,
      })
    if (!allowedResponses(interaction).includes(type)) refuseType(type)
    if (type === Response.ChannelMessageWithSource)
      interaction.original = post(interaction, form(true), flags)
    else if (type === Response.DeferredChannelMessageWithSource) {
      interaction.original = post(interaction, plainText(''), flags | MessageFlags.Loading)
    } else if (type === Response.DeferredMessageUpdate) interaction.original = interaction.source
    else if (type === Response.UpdateMessage) {
      interaction.original = interaction.source
      if (interaction.source) editMessage(world, interaction.source, form(false))
    } else if (type === Response.ApplicationCommandAutocompleteResult) checkChoices(data.choices)
    else if (type === Response.Modal) checkModal(data)
    interactions.answered(interaction, { type, flags, data })
  }

  const messageOf = (call: Call): { interaction: Interaction; stored: StoredMessage } => {
    if (call.param('application') !== world.applicationId) throw refusal(Code.UnknownWebhook)
    const interaction = interactions.byToken(call.param('token'))
    if (interaction.state !== 'answered') throw refusal(Code.UnknownWebhook)
    const id = call.param('message')
    const stored =
      id === '@original' || id === interaction.original?.message.id
        ? interaction.original
        : interaction.followUps.find(({ message }) => message.id === id)
    if (!stored || !world.messages.has(stored.message.id)) throw refusal(Code.UnknownMessage)
    return { interaction, stored }
  }

  return {
    'POST /interactions/:id/:token/callback': call => {
      const interaction = interactions.toAnswer(call.param('id'), call.param('token'))
      respond(interaction, Number((call.body as { type?: unknown } | undefined)?.type), call)
      return call.query.get('with_response') === 'true' ? ok(callbackBody(interaction)) : nothing()
    },
    'POST /webhooks/:application/:token': call => {
      if (call.param('application') !== world.applicationId) throw refusal(Code.UnknownWebhook)
      const interaction = interactions.byToken(call.param('token'))
      if (interaction.state !== 'answered' || isAutocomplete(interaction)) throw refusal(Code.UnknownWebhook)
      const form = readMessageForm(call.body, call.files, call.origin, { isNew: true })
      const { original } = interaction
      // The first follow-up of a deferred reply takes the place of "thinking", and its privacy.
      if (original && (original.message.flags ?? 0) & MessageFlags.Loading) {
        editMessage(world, original, form)
        return ok(original.message)
      }
      const stored = post(interaction, form, (form.flags ?? 0) & MessageFlags.Ephemeral)
      interaction.followUps.push(stored)
      return ok(stored.message)
    },
    'GET /webhooks/:application/:token/messages/:message': call => ok(messageOf(call).stored.message),
    'PATCH /webhooks/:application/:token/messages/:message': call => {
      const { stored } = messageOf(call)
      editMessage(
        world,
        stored,
        readMessageForm(call.body, call.files, call.origin, { isNew: false, flags: stored.message.flags }),
      )
      return ok(stored.message)
    },
    'DELETE /webhooks/:application/:token/messages/:message': call => {
      deleteMessage(world, messageOf(call).stored)
      return nothing()
    },
  }
}

/** Which first responses fit what the person did. */
function allowedResponses(interaction: Interaction): number[] {
  if (isAutocomplete(interaction)) return [Response.ApplicationCommandAutocompleteResult]
  const message = [Response.ChannelMessageWithSource, Response.DeferredChannelMessageWithSource]
  const update = [Response.DeferredMessageUpdate, Response.UpdateMessage]
  if (interaction.payload.type === InteractionType.MessageComponent)
    return [...message, ...update, Response.Modal]
  if (interaction.payload.type === InteractionType.ModalSubmit) {
    return interaction.source ? [...message, ...update] : message
  }
  return [...message, Response.Modal]
}

function refuseType(type: number): void {
  const check = checkForm()
  check.wrong(
    ['type'],
    'INTERACTION_RESPONSE_TYPE_INVALID',
    `Response type ${type} does not fit this interaction.`,
  )
  check.done()
}

function checkChoices(choices: unknown): void {
  const check = checkForm()
  const list = Array.isArray(choices) ? (choices as { name?: unknown; value?: unknown }[]) : []
  if (list.length > 25)
    check.wrong(['data', 'choices'], 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')
  for (const [index, { name, value }] of list.entries()) {
    check.text(['data', 'choices', index, 'name'], name, 1, 100)
    if (typeof value !== 'number') check.text(['data', 'choices', index, 'value'], value, 1, 100)
  }
  check.done()
}

function kindOf(interaction: Interaction): MessageType {
  return interaction.payload.type === InteractionType.ApplicationCommand
    ? MessageType.ChatInputCommand
    : MessageType.Reply
}

function metadataOf(world: World, interaction: Interaction): Partial<APIMessage> {
  const user = world.users.get(interaction.userId)?.user
  const { payload } = interaction
  if (!user) return {}
  const base = {
    id: interaction.id,
    user,
    authorizing_integration_owners: payload.authorizing_integration_owners,
  }
  if (payload.type !== InteractionType.ApplicationCommand) {
    const interacted = { interacted_message_id: interaction.source?.message.id ?? interaction.id }
    return { interaction_metadata: { ...base, type: InteractionType.MessageComponent, ...interacted } }
  }
  const name = commandName(payload.data)
  return {
    interaction_metadata: { ...base, type: InteractionType.ApplicationCommand },
    interaction: { id: interaction.id, type: InteractionType.ApplicationCommand, name, user },
  }
}

// docs.discord.com/developers/interactions/receiving-and-responding: the name includes subcommands and their groups.
function commandName({ name, options = [] }: NamedOptions): string {
  const within = options.find(
    ({ type }) => type === OptionType.Subcommand || type === OptionType.SubcommandGroup,
  )
  return within ? `${name} ${commandName(within)}` : name
}

interface NamedOptions {
  name: string
  options?: (NamedOptions & { type: OptionType })[]
}

function callbackBody(interaction: Interaction): object {
  const message = interaction.original?.message
  const flags = message?.flags ?? 0
  return {
    interaction: {
      id: interaction.id,
      type: interaction.payload.type,
      ...(message && {
        response_message_id: message.id,
        response_message_loading: (flags & MessageFlags.Loading) !== 0,
        response_message_ephemeral: (flags & MessageFlags.Ephemeral) !== 0,
      }),
    },
    resource: { type: interaction.first?.type, ...(message && { message }) },
  }
}
