import { type APITextChannel, RESTJSONErrorCodes as Code, PermissionFlagsBits } from 'discord.js'
import { refusal } from '../errors.ts'
import { readMessageForm } from '../message-form.ts'
import {
  deleteMessage,
  directChannelWith,
  editMessage,
  guildOfChannel,
  messagesOf,
  postMessage,
} from '../messages.ts'
import { channelPermissions } from '../permissions.ts'
import { type Call, nothing, ok, type Routes } from '../rest.ts'
import type { DirectChannel, StoredMessage, World } from '../world.ts'

const { ViewChannel, SendMessages, EmbedLinks, AttachFiles, ReadMessageHistory, ManageMessages } =
  PermissionFlagsBits

/** Routes of channels, direct messages and the messages in them. */
export function channelRoutes(world: World): Routes {
  /** The channel, if the bot may do there what is asked; 50001 when it can't even see it, else 50013. */
  const open = (channelId: string, needed: bigint): APITextChannel | DirectChannel => {
    const direct = world.directChannels.get(channelId)
    if (direct) return direct
    const guild = guildOfChannel(world, channelId)
    const channel = guild?.channels.get(channelId)
    if (!guild || !channel) throw refusal(Code.UnknownChannel)
    const bot = guild.members.get(world.bot.id)
    const held = bot ? channelPermissions(guild, channel, bot) : 0n
    if (!(held & ViewChannel)) throw refusal(Code.MissingAccess)
    if ((held & needed) !== needed) throw refusal(Code.MissingPermissions)
    return channel
  }
  const messageIn = (call: Call): StoredMessage => {
    const stored = world.messages.get(call.param('message'))
    // An ephemeral message is reached by its interaction's token only.
    if (!stored || stored.message.channel_id !== call.param('channel') || stored.visibleTo !== undefined) {
      throw refusal(Code.UnknownMessage)
    }
    return stored
  }

  return {
    'GET /channels/:channel': call => {
      const channel = open(call.param('channel'), 0n)
      return ok('userId' in channel ? channel.channel : channel)
    },
    'GET /channels/:channel/messages': call => {
      open(call.param('channel'), ReadMessageHistory)
      const limit = Number(call.query.get('limit') ?? 50)
      const visible = messagesOf(world, call.param('channel')).filter(
        ({ id }) => world.messages.get(id)?.visibleTo === undefined,
      )
      return ok(visible.reverse().slice(0, limit))
    },
    'GET /channels/:channel/messages/:message': call => {
      open(call.param('channel'), ReadMessageHistory)
      return ok(messageIn(call).message)
    },
    'POST /channels/:channel/messages': call => {
      const channelId = call.param('channel')
      const form = readMessageForm(call.body, call.files, call.origin, { isNew: true })
      const needed =
        SendMessages | (form.embeds?.length ? EmbedLinks : 0n) | (form.files.length > 0 ? AttachFiles : 0n)
      const channel = open(channelId, needed)
      if ('userId' in channel) refuseClosedDm(world, channel.userId)
      return ok(postMessage(world, { channelId, author: world.bot, form }).message)
    },
    'PATCH /channels/:channel/messages/:message': call => {
      open(call.param('channel'), 0n)
      const stored = messageIn(call)
      if (stored.message.author.id !== world.bot.id)
        throw refusal(Code.CannotEditMessageAuthoredByAnotherUser)
      editMessage(
        world,
        stored,
        readMessageForm(call.body, call.files, call.origin, { isNew: false, flags: stored.message.flags }),
      )
      return ok(stored.message)
    },
    'DELETE /channels/:channel/messages/:message': call => {
      const isOwn = world.messages.get(call.param('message'))?.message.author.id === world.bot.id
      open(call.param('channel'), isOwn ? 0n : ManageMessages)
      deleteMessage(world, messageIn(call))
      return nothing()
    },
    'POST /channels/:channel/typing': call => {
      open(call.param('channel'), SendMessages)
      return nothing()
    },
    'GET /users/:user': call => {
      const id = call.param('user')
      const user = id === world.bot.id ? world.bot : world.users.get(id)?.user
      if (!user) throw refusal(Code.UnknownUser)
      return ok(user)
    },
    'POST /users/@me/channels': call => {
      const userId = String((call.body as { recipient_id?: unknown } | undefined)?.recipient_id)
      if (!world.users.has(userId)) throw refusal(Code.UnknownUser)
      return ok(directChannelWith(world, userId).channel)
    },
  }
}

function refuseClosedDm(world: World, userId: string): void {
  if (world.closedDms.has(userId)) throw refusal(Code.CannotSendMessagesToThisUser)
  const meet = [...world.guilds.values()].some(
    guild => guild.members.has(userId) && guild.members.has(world.bot.id),
  )
  if (!meet) throw refusal(Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds)
}
