import type { types } from '@slack/bolt'
import { type Channel, type Message, type StoredFile, teamOf, type World } from './world.ts'

/** What a message says. */
export interface Content {
  text?: string
  blocks?: types.KnownBlock[]
  files?: StoredFile[]
}

/** Whom a message is from, and who alone sees it. */
export interface Posting {
  user: string
  botId?: string
  ephemeralTo?: string
  threadTs?: string
}

/** Puts a message into a channel. */
export function postMessage(world: World, channel: Channel, posting: Posting, content: Content): Message {
  const message: Message = {
    teamId: channel.teamId,
    channelId: channel.id,
    ts: world.ids.ts(),
    user: posting.user,
    botId: posting.botId,
    ephemeralTo: posting.ephemeralTo,
    threadTs: posting.threadTs,
    text: content.text ?? '',
    blocks: content.blocks ?? [],
    files: content.files ?? [],
    edited: false,
    deleted: false,
  }
  channel.messages.push(message)
  world.happened({ type: 'message', teamId: channel.teamId, message })
  return message
}

/** Puts other words into a message. */
export function replaceMessage(world: World, message: Message, content: Content): Message {
  message.text = content.text ?? ''
  message.blocks = content.blocks ?? []
  message.edited = true
  world.happened({ type: 'message_changed', teamId: message.teamId, message })
  return message
}

/** Takes a message out of its channel; whoever holds the object sees `deleted`. */
export function deleteMessage(world: World, message: Message): void {
  const channel = teamOf(world, message.teamId).channels.get(message.channelId)
  const at = channel?.messages.indexOf(message) ?? -1
  if (at < 0) return
  channel?.messages.splice(at, 1)
  message.deleted = true
  world.happened({ type: 'message_deleted', teamId: message.teamId, message })
}
