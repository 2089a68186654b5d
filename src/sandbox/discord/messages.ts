import {
  type APIEmbed,
  type APIMessage,
  type APIMessageTopLevelComponent,
  type APIUser,
  ChannelType,
  EmbedType,
  GatewayIntentBits,
  MessageFlags,
  MessageType,
} from 'discord.js'
import { findMentions } from './mentions.ts'
import type { MessageForm } from './message-form.ts'
import { memberWithoutUser } from './wire.ts'
import type { DirectChannel, Guild, StoredMessage, World } from './world.ts'

/** Where a message goes, who wrote it, and what about it is special. */
export interface NewMessage {
  channelId: string
  author: APIUser
  form: MessageForm
  visibleTo?: string | undefined
  extra?: Partial<APIMessage>
}

/** How many messages are remembered, over all channels. */
const KEPT = 20_000

/** The guild a channel belongs to. */
export function guildOfChannel(world: World, channelId: string): Guild | undefined {
  for (const guild of world.guilds.values()) if (guild.channels.has(channelId)) return guild
  return undefined
}

/** Stores a message and tells the bot, unless only one person may see it. */
export function postMessage(world: World, wanted: NewMessage): StoredMessage {
  const { channelId, author, form, visibleTo } = wanted
  const guildId = guildOfChannel(world, channelId)?.id
  const message: APIMessage = {
    id: world.nextId(),
    channel_id: channelId,
    type: MessageType.Default,
    author,
    content: '',
    timestamp: world.timestamp(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    components: [],
    pinned: false,
    flags: 0 as MessageFlags,
    ...wanted.extra,
  }
  fill(world, message, form)
  const stored = { message, guildId, visibleTo }
  world.messages.set(message.id, stored)
  for (const oldest of world.messages.keys()) {
    if (world.messages.size <= KEPT) break
    world.messages.delete(oldest)
  }
  announce(world, stored, 'MESSAGE_CREATE')
  return stored
}

/** Changes the parts of a message that the form names; a "thinking" message becomes a real one. */
export function editMessage(world: World, stored: StoredMessage, form: MessageForm): void {
  const { message } = stored
  const wasLoading = ((message.flags ?? 0) & MessageFlags.Loading) !== 0
  fill(world, message, form)
  message.flags = (message.flags ?? 0) & ~MessageFlags.Loading
  if (!wasLoading) message.edited_timestamp = world.timestamp()
  announce(world, stored, 'MESSAGE_UPDATE')
}

/** Deletes a message and tells the bot. */
export function deleteMessage(world: World, stored: StoredMessage): void {
  world.messages.delete(stored.message.id)
  announce(world, stored, 'MESSAGE_DELETE')
}

/** The messages of a channel, oldest first; with `viewerId`, only those that this person sees. */
export function messagesOf(world: World, channelId: string, viewerId?: string): APIMessage[] {
  const found: APIMessage[] = []
  for (const { message, visibleTo } of world.messages.values()) {
    if (message.channel_id !== channelId) continue
    if (viewerId === undefined || visibleTo === undefined || visibleTo === viewerId) found.push(message)
  }
  return found
}

/** The channel between the bot and this person, if one was opened. */
export function findDirectChannel(world: World, userId: string): DirectChannel | undefined {
  for (const direct of world.directChannels.values()) if (direct.userId === userId) return direct
  return undefined
}

/** The channel between the bot and this person, opened when there is none. */
export function directChannelWith(world: World, userId: string): DirectChannel {
  const known = findDirectChannel(world, userId)
  if (known) return known
  const user = world.users.get(userId)?.user
  if (!user) throw new Error(`There is no user ${userId}`)
  const id = world.nextId()
  const channel = {
    id,
    type: ChannelType.DM as const,
    name: null,
    last_message_id: null,
    recipients: [user],
    flags: 0,
  }
  const direct = { channel, userId }
  world.directChannels.set(id, direct)
  world.changed({ type: 'channel', channelId: id, userId })
  return direct
}

function fill(world: World, message: APIMessage, form: MessageForm): void {
  if (form.content !== undefined) {
    message.content = form.content ?? ''
    const guild = guildOfChannel(world, message.channel_id)
    const { channel_id: channelId, author, content } = message
    Object.assign(message, findMentions(world, guild, channelId, author, content, form.allowedMentions))
  }
  if (form.attachments !== undefined) {
    const kept = new Set(form.attachments.map(attachment => String(attachment.id)))
    message.attachments = message.attachments.filter(attachment => kept.has(attachment.id))
  }
  for (const file of form.files) message.attachments.push(storeFile(world, message, file, form))
  if (form.embeds !== undefined) {
    message.embeds = (form.embeds ?? []).map(embed => receivedEmbed(embed, message))
  }
  if (form.components !== undefined) {
    let next = 0
    message.components = numbered(form.components ?? [], () => ++next) as APIMessageTopLevelComponent[]
  }
  if (form.flags !== undefined) {
    const settable =
      MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2 | MessageFlags.SuppressNotifications
    message.flags = ((message.flags ?? 0) & ~settable) | (form.flags & settable)
  }
}

function storeFile(world: World, message: APIMessage, file: MessageForm['files'][number], form: MessageForm) {
  const id = world.nextId()
  // Discord writes spaces in names as underscores.
  const filename = file.name.replaceAll(' ', '_')
  world.files.set(id, { name: filename, type: file.type, bytes: file.bytes })
  const url = `${form.origin}/attachments/${message.channel_id}/${id}/${encodeURIComponent(filename)}`
  return {
    id,
    filename,
    size: file.bytes.length,
    url,
    proxy_url: url,
    content_type: file.type,
    ...(file.description !== undefined && { description: file.description }),
  }
}

/** What Discord makes of an embed: a type, and `attachment://` turned into the file's address. */
function receivedEmbed(embed: APIEmbed, message: APIMessage): APIEmbed {
  const address = (url: string) => {
    const name = url.startsWith('attachment://') ? url.slice('attachment://'.length) : undefined
    return message.attachments.find(attachment => attachment.filename === name)?.url ?? url
  }
  return {
    ...embed,
    type: EmbedType.Rich,
    ...(embed.image && { image: { ...embed.image, url: address(embed.image.url) } }),
    ...(embed.thumbnail && { thumbnail: { ...embed.thumbnail, url: address(embed.thumbnail.url) } }),
  }
}

/** Discord numbers components that come without an id, in the order they are drawn. */
function numbered(components: object[], next: () => number): object[] {
  return components.map(component => ({
    id: next(),
    ...component,
    ...('components' in component &&
      Array.isArray(component.components) && { components: numbered(component.components, next) }),
  }))
}

function announce(world: World, stored: StoredMessage, t: string): void {
  const { message, guildId, visibleTo } = stored
  if (visibleTo === undefined) {
    const intents = guildId ? GatewayIntentBits.GuildMessages : GatewayIntentBits.DirectMessages
    const where = { id: message.id, channel_id: message.channel_id, ...(guildId && { guild_id: guildId }) }
    const hidesContent = guildId !== undefined && message.author.id !== world.bot.id && t !== 'MESSAGE_DELETE'
    const author = guildId && world.guilds.get(guildId)?.members.get(message.author.id)
    const member = author && { member: memberWithoutUser(author) }
    const d = t === 'MESSAGE_DELETE' ? where : { ...message, ...where, ...member }
    world.dispatch({ t, d, guildId, intents, hidesContent })
  }
  world.changed({
    type: 'message',
    guildId,
    channelId: message.channel_id,
    userId: visibleTo,
    id: message.id,
  })
}
