import { page } from '../arguments.ts'
import { directChannel, makeChannel } from '../channels.ts'
import { refuse } from '../refusal.ts'
import { channelShape, messageShape } from '../shapes.ts'
import type { Channel, Team } from '../world.ts'
import { knownUser, type Methods, needScope, refuseScope, visibleChannel } from './method.ts'

const READ = { public: 'channels:read', private: 'groups:read', im: 'im:read' }
const HISTORY = { public: 'channels:history', private: 'groups:history', im: 'im:history' }
const TYPES: Record<string, Channel['kind'] | 'mpim'> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
}

/** Finding, reading and making conversations. */
export const conversationMethods: Methods = {
  'conversations.info': {
    scopes: Object.values(READ),
    tier: 3,
    run(call) {
      const channel = visibleChannel(call, call.args.text('channel') ?? '')
      needScope(call, channel, READ)
      const members = call.args.flag('include_num_members') ? { num_members: channel.members.size } : {}
      return { channel: { ...channelShape(channel, call.team), ...members } }
    },
  },
  'conversations.list': {
    scopes: Object.values(READ),
    tier: 2,
    run({ team, args }) {
      const kinds = kindsAsked(team, args.list('types'))
      const seen = [...team.channels.values()].filter(
        channel =>
          kinds.has(channel.kind) &&
          (channel.kind !== 'private' || channel.members.has(team.botUserId)) &&
          !(args.flag('exclude_archived') && channel.isArchived),
      )
      const found = page(seen, args)
      return {
        channels: found.page.map(channel => ({
          ...channelShape(channel, team),
          ...(channel.kind === 'im' ? {} : { num_members: channel.members.size }),
        })),
        response_metadata: { next_cursor: found.next },
      }
    },
  },
  'users.conversations': {
    scopes: Object.values(READ),
    tier: 3,
    run({ team, args }) {
      const kinds = kindsAsked(team, args.list('types'))
      const user = args.text('user') ?? team.botUserId
      const seen = [...team.channels.values()].filter(
        channel =>
          kinds.has(channel.kind) &&
          channel.members.has(user) &&
          (channel.kind === 'public' || channel.members.has(team.botUserId)) &&
          !(args.flag('exclude_archived') && channel.isArchived),
      )
      const found = page(seen, args)
      return {
        channels: found.page.map(channel => channelShape(channel, team)),
        response_metadata: { next_cursor: found.next },
      }
    },
  },
  'conversations.create': {
    scopes: ['channels:manage', 'groups:write'],
    tier: 2,
    run(call) {
      const { world, team, args } = call
      const isPrivate = args.flag('is_private')
      const scope = isPrivate ? 'groups:write' : 'channels:manage'
      if (!team.scopes.includes(scope)) return refuseScope(team, [scope])
      const name = args.text('name') ?? refuse('invalid_name_required')
      if (name.length > 80) return refuse('invalid_name_maxlength')
      if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) return refuse('invalid_name_specials')
      if ([...team.channels.values()].some(one => one.name === name)) return refuse('name_taken')
      const channel = makeChannel(world, team, { name, private: isPrivate, members: [team.botUserId] })
      return { channel: channelShape(channel, team) }
    },
  },
  'conversations.members': {
    scopes: Object.values(READ),
    tier: 4,
    run(call) {
      const channel = visibleChannel(call, call.args.text('channel') ?? '')
      needScope(call, channel, READ)
      const found = page(
        [...channel.members].map(id => ({ id })),
        call.args,
      )
      return { members: found.page.map(({ id }) => id), response_metadata: { next_cursor: found.next } }
    },
  },
  'conversations.history': {
    scopes: Object.values(HISTORY),
    tier: 3,
    run(call) {
      const channel = visibleChannel(call, call.args.text('channel') ?? '')
      needScope(call, channel, HISTORY)
      if (!channel.members.has(call.team.botUserId)) return refuse('not_in_channel')
      const limit = call.args.number('limit') ?? 100
      const oldest = Number(call.args.text('oldest') ?? 0)
      const seen = channel.messages.filter(message => !message.ephemeralTo && Number(message.ts) > oldest)
      const messages = seen.reverse().slice(0, limit).map(messageShape)
      return { messages, has_more: seen.length > limit, pin_count: 0 }
    },
  },
  'conversations.open': {
    scopes: ['im:write'],
    tier: 3,
    run(call) {
      const ids = call.args.list('users')
      const given = call.args.text('channel')
      if (given) return { channel: { id: visibleChannel(call, given).id }, no_op: true, already_open: true }
      const [id, ...others] = ids
      if (!id) return refuse('users_list_not_supplied')
      if (others.length) return refuse('method_not_supported_for_channel_type')
      const user = knownUser(call, id)
      if (user.deleted) return refuse('user_disabled')
      if (user.isBot) return refuse('cannot_dm_bot')
      const channel = directChannel(call.world, call.team, id)
      return { channel: call.args.flag('return_im') ? channelShape(channel, call.team) : { id: channel.id } }
    },
  },
}

/** A bot is told of the kinds it may read; one that it may not is refused as a whole. */
function kindsAsked(team: Team, asked: string[]): Set<Channel['kind'] | 'mpim'> {
  const kinds = new Set<Channel['kind'] | 'mpim'>()
  for (const type of asked.length ? asked : ['public_channel']) {
    const kind = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
    if (!kind) return refuse('invalid_types')
    const scope = kind === 'mpim' ? undefined : READ[kind]
    if (scope && !team.scopes.includes(scope)) return refuseScope(team, [scope])
    kinds.add(kind)
  }
  return kinds
}
