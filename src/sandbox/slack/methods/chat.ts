import { messageBlocks } from '../block-limits.ts'
import { directChannel } from '../channels.ts'
import { type Content, deleteMessage, postMessage, replaceMessage } from '../messages.ts'
import { refuse } from '../refusal.ts'
import { messageShape } from '../shapes.ts'
import type { Channel, Message } from '../world.ts'
import { type Call, type Methods, visibleChannel } from './method.ts'

const WRITE = ['chat:write']
const LONGEST_TEXT = 40_000

/** Posting, changing and deleting messages. */
export const chatMethods: Methods = {
  'chat.postMessage': {
    scopes: WRITE,
    tier: 4,
    run(call) {
      const channel = target(call)
      if (!channel.members.has(call.team.botUserId)) return refuse('not_in_channel')
      if (channel.isArchived) return refuse('is_archived')
      const thread = call.args.text('thread_ts')
      const message = postMessage(
        call.world,
        channel,
        { user: call.team.botUserId, botId: call.team.botId, ...(thread ? { threadTs: thread } : {}) },
        content(call),
      )
      return { channel: channel.id, ts: message.ts, message: messageShape(message) }
    },
  },
  'chat.postEphemeral': {
    scopes: WRITE,
    tier: 4,
    run(call) {
      const channel = target(call)
      const user = call.args.required('user')
      if (!channel.members.has(call.team.botUserId)) return refuse('not_in_channel')
      if (channel.isArchived) return refuse('is_archived')
      if (!channel.members.has(user)) return refuse('user_not_in_channel')
      const posting = { user: call.team.botUserId, botId: call.team.botId, ephemeralTo: user }
      return { message_ts: postMessage(call.world, channel, posting, content(call)).ts }
    },
  },
  'chat.update': {
    scopes: WRITE,
    tier: 3,
    run(call) {
      const { channel, message } = stored(call)
      if (message.user !== call.team.botUserId) return refuse('cant_update_message')
      replaceMessage(call.world, message, content(call))
      return { channel: channel.id, ts: message.ts, text: message.text, message: messageShape(message) }
    },
  },
  'chat.delete': {
    scopes: WRITE,
    tier: 3,
    run(call) {
      const { channel, message } = stored(call)
      if (message.user !== call.team.botUserId) return refuse('cant_delete_message')
      deleteMessage(call.world, message)
      return { channel: channel.id, ts: message.ts }
    },
  },
}

/** A channel by its id or name, or a user's id, which means the direct messages with them. */
function target(call: Call): Channel {
  const named = call.args.text('channel') ?? refuse('channel_not_found')
  const user = call.team.users.get(named)
  if (user) {
    if (user.isBot) return refuse('cannot_dm_bot')
    if (user.deleted) return refuse('user_disabled')
    return directChannel(call.world, call.team, user.id)
  }
  const name = named.replace(/^#/, '')
  const byName = [...call.team.channels.values()].find(
    channel => channel.kind !== 'im' && channel.name === name,
  )
  return visibleChannel(call, byName?.id ?? named)
}

function content(call: Call): Content {
  const blocks = messageBlocks(call.args.json('blocks'), () => call.world.ids.secret(3))
  const text = call.args.text('text') ?? call.args.text('markdown_text') ?? ''
  if (blocks.length === 0 && text === '' && call.args.json('attachments') === undefined) refuse('no_text')
  if (text.length > LONGEST_TEXT) refuse('msg_too_long')
  return { text, blocks }
}

/** Ephemeral messages are not stored for anybody to change: Slack finds none. */
function stored(call: Call): { channel: Channel; message: Message } {
  const channel = visibleChannel(call, call.args.text('channel') ?? '')
  const ts = call.args.required('ts')
  const message = channel.messages.find(candidate => candidate.ts === ts && !candidate.ephemeralTo)
  return message ? { channel, message } : refuse('message_not_found')
}
