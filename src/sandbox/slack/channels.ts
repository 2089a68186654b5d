import { type Channel, type Team, teamOf, type World } from './world.ts'

/** A channel as it is made. */
export interface ChannelOptions {
  name: string
  private?: boolean
  members?: string[]
  isGeneral?: boolean
}

/** Makes a channel; its first members are in it from the start. */
export function makeChannel(world: World, team: Team, options: ChannelOptions): Channel {
  const channel: Channel = {
    id: world.ids.make('C'),
    teamId: team.id,
    name: options.name,
    kind: options.private ? 'private' : 'public',
    isGeneral: options.isGeneral ?? false,
    isArchived: false,
    created: Math.floor(world.clock.now() / 1000),
    creator: options.members?.[0] ?? 'USLACKBOT',
    members: new Set(options.members),
    messages: [],
  }
  team.channels.set(channel.id, channel)
  world.happened({ type: 'channel', teamId: team.id, id: channel.id })
  return channel
}

/** The direct messages between the app and one user, made when first needed. */
export function directChannel(world: World, team: Team, userId: string): Channel {
  for (const channel of team.channels.values()) {
    if (channel.kind === 'im' && channel.members.has(userId)) return channel
  }
  const channel: Channel = {
    id: world.ids.make('D'),
    teamId: team.id,
    name: '',
    kind: 'im',
    isGeneral: false,
    isArchived: false,
    created: Math.floor(world.clock.now() / 1000),
    creator: team.botUserId,
    members: new Set([team.botUserId, userId]),
    messages: [],
  }
  team.channels.set(channel.id, channel)
  return channel
}

/** Somebody comes in, by hand or invited; nothing happens where they already are. */
export function joinChannel(world: World, channel: Channel, userId: string, inviter?: string): void {
  if (channel.members.has(userId)) return
  channel.members.add(userId)
  const team = teamOf(world, channel.teamId)
  world.happened({ type: 'channel', teamId: team.id, id: channel.id })
  if (!channel.members.has(team.botUserId)) return
  world.tell(team, {
    type: 'member_joined_channel',
    user: userId,
    channel: channel.id,
    channel_type: channelType(channel),
    team: team.id,
    ...(inviter ? { inviter } : {}),
    event_ts: world.ids.ts(),
  })
}

/** Somebody goes, or is removed; the app, when it is the one, hears that it left. */
export function leaveChannel(world: World, channel: Channel, userId: string, actor = userId): void {
  const team = teamOf(world, channel.teamId)
  const heard = channel.members.has(team.botUserId)
  if (!channel.members.delete(userId)) return
  world.happened({ type: 'channel', teamId: team.id, id: channel.id })
  if (!heard) return
  if (userId === team.botUserId) {
    const type = channel.kind === 'private' ? 'group_left' : 'channel_left'
    world.tell(team, { type, channel: channel.id, actor_id: actor, event_ts: world.ids.ts() })
    return
  }
  world.tell(team, {
    type: 'member_left_channel',
    user: userId,
    channel: channel.id,
    channel_type: channelType(channel),
    team: team.id,
    event_ts: world.ids.ts(),
  })
}

/** Archives a channel; its members stay listed. */
export function archiveChannel(world: World, channel: Channel, userId: string, archived = true): void {
  if (channel.isArchived === archived) return
  channel.isArchived = archived
  const kind = channel.kind === 'private' ? 'group' : 'channel'
  changed(world, channel, {
    type: `${kind}_${archived ? 'archive' : 'unarchive'}`,
    channel: channel.id,
    user: userId,
    is_moved: 0,
  })
}

/** Gives a channel another name. */
export function renameChannel(world: World, channel: Channel, name: string): void {
  channel.name = name
  const type = channel.kind === 'private' ? 'group_rename' : 'channel_rename'
  changed(world, channel, { type, channel: { id: channel.id, name, created: channel.created } })
}

/** Deletes a channel with everything in it. */
export function deleteChannel(world: World, channel: Channel, userId: string): void {
  const type = channel.kind === 'private' ? 'group_deleted' : 'channel_deleted'
  changed(world, channel, { type, channel: channel.id, actor_id: userId })
  teamOf(world, channel.teamId).channels.delete(channel.id)
}

function changed(world: World, channel: Channel, event: { type: string } & Record<string, unknown>): void {
  const team = teamOf(world, channel.teamId)
  world.happened({ type: 'channel', teamId: team.id, id: channel.id })
  if (hears(team, channel)) world.tell(team, { ...event, event_ts: world.ids.ts() })
}

/** An app hears who comes and goes only where its bot is, but of every public channel that it is archived or renamed. */
function hears(team: Team, channel: Channel): boolean {
  return channel.kind === 'public' || channel.members.has(team.botUserId)
}

function channelType(channel: Channel): 'C' | 'G' {
  return channel.kind === 'private' ? 'G' : 'C'
}
