import type { Ack, Carrier } from './carrier.ts'
import type { JsonObject } from './json.ts'
import type { Team, World } from './world.ts'

/** The events that the app subscribed to in its settings. */
export const ALL_EVENTS = [
  'app_home_opened',
  'app_uninstalled',
  'channel_archive',
  'channel_deleted',
  'channel_left',
  'channel_rename',
  'channel_unarchive',
  'group_archive',
  'group_deleted',
  'group_left',
  'group_rename',
  'group_unarchive',
  'member_joined_channel',
  'member_left_channel',
  'subteam_created',
  'subteam_members_changed',
  'subteam_updated',
  'team_join',
  'tokens_revoked',
  'user_change',
]

/** Sends events, and sends again what was not taken. */
export interface Events {
  tell(team: Team, event: JsonObject): void
  /** Sends an event, whether subscribed to or not, and tells how its first try went. */
  send(team: Team, event: JsonObject): Promise<Ack>
  /** Resolves when no first try is under way. */
  settled(): Promise<void>
  close(): void
}

/** The Events API, which tries three more times: docs.slack.dev/apis/events-api#retries. */
export function createEvents(deps: {
  world: World
  carrier: Carrier
  verificationToken: string
  subscriptions: Set<string>
  retryDelaysMs: number[]
}): Events {
  const timers = new Set<NodeJS.Timeout>()
  const underWay = new Set<Promise<unknown>>()
  let isClosed = false

  function wrap(team: Team, event: JsonObject): JsonObject {
    return {
      token: deps.verificationToken,
      team_id: team.id,
      context_team_id: team.id,
      context_enterprise_id: null,
      api_app_id: deps.world.appId,
      event,
      type: 'event_callback',
      event_id: deps.world.ids.make('Ev'),
      event_time: Math.floor(deps.world.clock.now() / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: team.id,
          user_id: team.botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: deps.world.ids.secret(),
    }
  }

  async function attempt(team: Team, payload: JsonObject, num: number, reason: string): Promise<Ack> {
    const ack = await deps.carrier.send({
      kind: 'events_api',
      teamId: team.id,
      payload,
      ...(num > 0 ? { retry: { num, reason } } : {}),
    })
    const delay = deps.retryDelaysMs[num]
    if (!ack.failure || ack.noRetry || delay === undefined || isClosed) return ack
    const timer = setTimeout(() => {
      timers.delete(timer)
      void attempt(team, payload, num + 1, retryReason(ack))
    }, delay)
    timer.unref()
    timers.add(timer)
    return ack
  }

  function send(team: Team, event: JsonObject): Promise<Ack> {
    deps.world.happened({ type: 'event', teamId: team.id, event })
    const first = attempt(team, wrap(team, event), 0, '')
    underWay.add(first)
    void first.finally(() => underWay.delete(first))
    return first
  }

  return {
    send,
    tell(team, event) {
      if (!team.installed || !deps.subscriptions.has(String(event.type))) return
      if (deps.carrier.listens('events_api')) void send(team, event)
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    close() {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function retryReason(ack: Ack): string {
  if (ack.failure === 'operation_timeout') return 'http_timeout'
  return ack.failure === 'http_error' ? 'http_error' : 'connection_failed'
}
