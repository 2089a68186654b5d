import type { Clock } from '../clock.ts'
import type { Actor } from './actor.ts'
import type { ByHand } from './by-hand.ts'
import type { Ack, Carrier, Delivery, RequestUrls } from './carrier.ts'
import type { Events } from './events.ts'
import type { FaultPicker } from './faults.ts'
import type { SocketMode } from './socket-mode.ts'
import type { TeamOptions } from './teams.ts'
import type { Subscribe } from './waiting.ts'
import type { ApiRequest } from './web-api.ts'
import type { Team } from './world.ts'

/** How the stand-in is to be; everything has a default. */
export interface SlackStandInOptions {
  port?: number
  clock?: Clock
  /** Every Web API answer comes this much after the thing was done or read: a window for lost updates. */
  latencyMs?: number
  /** Answers calls past a method's tier with 429. */
  enforceRateLimits?: boolean
  /** The app's "escape channels, users, and links" setting for its commands; off by default, as Slack's. */
  escapeCommands?: boolean
  /** The app's manifest, parsed: only its commands, scopes, events and redirect URLs exist. Throws where Slack would refuse it. */
  manifest?: unknown
  /** How long the app may take to acknowledge; Slack's is 3000. */
  ackTimeoutMs?: number
  /** Waits before an event that was not taken is sent again; Slack's are about now, a minute, five. */
  retryDelaysMs?: number[]
  /** The first workspace, where the app is installed. */
  team?: TeamOptions
  /** Fixed secrets, for a stand-in that outlives a process's `.env`. */
  secrets?: { appToken?: string; signingSecret?: string; clientId?: string; clientSecret?: string }
  log?: (text: string) => void
}

/** Slack on this machine, and everybody in it. */
export interface SlackStandIn extends ByHand {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** What a WebClient's `slackApiUrl` takes. */
  readonly apiBase: string
  /** Bolt's `installerOptions.authorizationUrl`. */
  readonly authorizationUrl: string
  /** The first workspace. */
  readonly team: Team
  /** The first workspace's newest token. */
  readonly botToken: string
  readonly appToken: string
  readonly appId: string
  readonly signingSecret: string
  readonly clientId: string
  readonly clientSecret: string
  /** The app's redirect URLs; while there are none, any is taken. */
  readonly redirectUrls: string[]
  /** Somebody, in a channel (#general unless told). */
  as(userId: string, teamId?: string, channelId?: string): Actor
  /** Sets the app's request URLs, checking the one for events by `url_verification`; throws when it does not answer. */
  connect(urls: { requestUrl: string } | RequestUrls): Promise<void>
  /** Takes the request URLs away. */
  disconnect(): void
  readonly socketMode: Pick<SocketMode, 'connections' | 'disconnect' | 'cut'>
  /** The events the app subscribed to; one taken out is never sent. */
  readonly subscriptions: Set<string>
  /** Sends any event to the app and tells how its first try went. */
  sendEvent(teamId: string, event: Record<string, unknown>): Promise<Ack>
  /** Resolves when every event under way was tried once. */
  settled: Events['settled']
  /** Everything that was sent to the app. */
  deliveries(): readonly Delivery[]
  /** Sends the very same request again. */
  replay: Carrier['replay']
  /** Posts anything to any URL: with `headers` as they are (forged, old), without them signed properly. */
  post: Carrier['post']
  readonly faults: { current?: FaultPicker | undefined }
  requests(): readonly ApiRequest[]
  subscribe: Subscribe
  /** Resolves with what `look` finds, looking at every change. */
  until<T>(look: () => T | undefined | false, timeoutMs?: number): Promise<T>
  close(): Promise<void>
}
