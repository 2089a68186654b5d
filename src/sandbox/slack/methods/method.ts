import type { Arguments } from '../arguments.ts'
import type { JsonObject } from '../json.ts'
import { refuse } from '../refusal.ts'
import type { Channel, Team, User, World } from '../world.ts'

/** One call with a bot token that was found valid. */
export interface Call {
  world: World
  team: Team
  token: string
  args: Arguments
}

/** A Web API method for bot tokens. */
export interface Method {
  /** Any one of these is enough; none means every token may call it. */
  scopes: string[]
  /** Calls a minute that Slack promises: tier 1 is 1, tier 2 is 20, tier 3 is 50, tier 4 is 100 (docs.slack.dev: rate limits). */
  tier: 1 | 2 | 3 | 4
  /** What is sent beside `ok: true`. */
  run(call: Call): JsonObject
}

/** Methods by their names. */
export type Methods = Record<string, Method>

/** The channel an argument names, where the bot may see it. */
export function visibleChannel(call: Call, id: string): Channel {
  const channel = call.team.channels.get(id)
  if (!channel) return refuse('channel_not_found')
  if (channel.kind === 'private' && !channel.members.has(call.team.botUserId))
    return refuse('channel_not_found')
  return channel
}

/** Refuses unless the token may do that with this kind of channel. */
export function needScope(
  call: Call,
  channel: Channel,
  byKind: { public: string; private: string; im?: string },
): void {
  const needed = byKind[channel.kind]
  if (needed && !call.team.scopes.includes(needed)) refuseScope(call.team, [needed])
}

/** `missing_scope` with what would be needed and what there is. */
export function refuseScope(team: Team, needed: string[]): never {
  return refuse('missing_scope', { needed: needed.join(','), provided: team.scopes.join(',') })
}

/** A user of this workspace. */
export function knownUser(call: Call, id: string): User {
  return call.team.users.get(id) ?? refuse('user_not_found')
}
