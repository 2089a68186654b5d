import { joinChannel, leaveChannel } from '../channels.ts'
import { refuse, refuseArguments } from '../refusal.ts'
import { channelShape } from '../shapes.ts'
import type { Channel } from '../world.ts'
import { type Call, knownUser, type Methods, needScope, visibleChannel } from './method.ts'

const WRITE = { public: 'channels:manage', private: 'groups:write' }
const MOST_INVITED = 100

/** Who is in a channel: docs.slack.dev/reference/methods, conversations.invite, .kick, .join and .leave. */
export const membershipMethods: Methods = {
  'conversations.invite': {
    scopes: Object.values(WRITE),
    tier: 3,
    run(call) {
      const channel = writableChannel(call)
      const ids = call.args.list('users')
      if (ids.length === 0) return refuse('no_user')
      if (ids.length > MOST_INVITED)
        return refuseArguments([`no more than ${MOST_INVITED} items allowed [json-pointer:/users]`])
      if (call.team.preferences.invite === 'admins') return refuse('restricted_action')
      const problems = ids.flatMap(user => {
        const error = cannotBeInvited(call, channel, user)
        return error ? [{ user, ok: false, error }] : []
      })
      const first = problems[0]
      if (first && (!call.args.flag('force') || problems.length === ids.length)) {
        return refuse(first.error, { errors: problems })
      }
      const refused = new Set(problems.map(problem => problem.user))
      for (const id of ids) if (!refused.has(id)) joinChannel(call.world, channel, id, call.team.botUserId)
      return { channel: channelShape(channel, call.team) }
    },
  },
  'conversations.kick': {
    scopes: Object.values(WRITE),
    tier: 3,
    run(call) {
      const channel = writableChannel(call)
      const user = knownUser(call, call.args.text('user') ?? '')
      const { preferences, botUserId } = call.team
      if (user.id === botUserId) return refuse('cant_kick_self')
      if (channel.isGeneral) return refuse('cant_kick_from_general')
      const who = channel.kind === 'private' ? preferences.kickFromPrivate : preferences.kickFromPublic
      if (who === 'admins') return refuse('restricted_action')
      if (!channel.members.has(user.id)) return refuse('not_in_channel')
      leaveChannel(call.world, channel, user.id, botUserId)
      return {}
    },
  },
  'conversations.join': {
    scopes: ['channels:join'],
    tier: 3,
    run(call) {
      const channel = visibleChannel(call, call.args.text('channel') ?? '')
      if (channel.kind !== 'public') return refuse('method_not_supported_for_channel_type')
      if (channel.isArchived) return refuse('is_archived')
      const already = channel.members.has(call.team.botUserId)
      joinChannel(call.world, channel, call.team.botUserId)
      return {
        channel: channelShape(channel, call.team),
        ...(already
          ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
          : {}),
      }
    },
  },
  'conversations.leave': {
    scopes: Object.values(WRITE),
    tier: 3,
    run(call) {
      const channel = visibleChannel(call, call.args.text('channel') ?? '')
      if (channel.isGeneral) return refuse('cant_leave_general')
      if (!channel.members.has(call.team.botUserId)) return { not_in_channel: true }
      leaveChannel(call.world, channel, call.team.botUserId)
      return {}
    },
  },
}

/** A private channel that the bot is not in does not exist for it; a public one says that it is not in. */
function writableChannel(call: Call): Channel {
  const channel = visibleChannel(call, call.args.text('channel') ?? '')
  if (channel.kind === 'im') return refuse('method_not_supported_for_channel_type')
  needScope(call, channel, WRITE)
  if (channel.isArchived) return refuse('is_archived')
  if (!channel.members.has(call.team.botUserId)) return refuse('not_in_channel')
  return channel
}

function cannotBeInvited(call: Call, channel: Channel, id: string): string | undefined {
  const user = call.team.users.get(id)
  if (id === call.team.botUserId) return 'cant_invite_self'
  if (!user) return 'user_not_found'
  if (user.deleted || user.id === 'USLACKBOT') return 'cant_invite'
  if (channel.members.has(id)) return 'already_in_channel'
  if (user.guest === 'single') {
    const rooms = [...call.team.channels.values()].filter(room => room.kind !== 'im' && room.members.has(id))
    if (rooms.length > 0) return 'ura_max_channels'
  }
  if (user.guest && call.team.preferences.inviteGuests === 'admins') return 'user_is_restricted'
  return undefined
}
