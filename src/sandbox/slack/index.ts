import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type Clock, createClock } from '../clock.ts'
import { type Actor, createActor } from './actor.ts'
import { readBody } from './arguments.ts'
import { type ByHand, createByHand } from './by-hand.ts'
import { type Ack, type Carrier, createCarrier, type Delivery, type RequestUrls } from './carrier.ts'
import { ALL_EVENTS, createEvents, type Events } from './events.ts'
import type { FaultPicker } from './faults.ts'
import { createIds } from './ids.ts'
import { chatMethods } from './methods/chat.ts'
import { conversationMethods } from './methods/conversations.ts'
import { fileMethods } from './methods/files.ts'
import { membershipMethods } from './methods/membership.ts'
import { usergroupMethods } from './methods/usergroups.ts'
import { viewMethods } from './methods/views.ts'
import { workspaceMethods } from './methods/workspace.ts'
import { createOAuth } from './oauth.ts'
import { createResponseUrls } from './response-url.ts'
import { createSocketMode, type SocketMode } from './socket-mode.ts'
import { makeTeam, type TeamOptions } from './teams.ts'
import { createTriggers } from './triggers.ts'
import { type Subscribe, until } from './waiting.ts'
import { type ApiRequest, webApi } from './web-api.ts'
import { type Change, type Team, teamOf, type World } from './world.ts'

export type { Actor } from './actor.ts'
export type { Ack, Delivery, RequestUrls } from './carrier.ts'
export type { Fault, FaultPicker } from './faults.ts'
export type { Invocation } from './invocation.ts'
export { signatureHeaders } from './signature.ts'
export { ALL_SCOPES } from './teams.ts'
export type { ApiRequest } from './web-api.ts'
export type { Change, Channel, Message, Team, User, UserGroup, View } from './world.ts'

/** How the stand-in is to be; everything has a default. */
export interface SlackStandInOptions {
  port?: number
  clock?: Clock
  /** Every Web API answer comes this much after the thing was done or read: a window for lost updates. */
  latencyMs?: number
  /** Answers calls past a method's tier with 429. */
  enforceRateLimits?: boolean
  /** The app's "escape channels, users, and links" setting for its commands; on by default. */
  escapeCommands?: boolean
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
  /** The first workspace's token. */
  readonly botToken: string
  readonly appToken: string
  readonly appId: string
  readonly signingSecret: string
  readonly clientId: string
  readonly clientSecret: string
  /** Somebody, in a channel (#general unless told). */
  as(userId: string, teamId?: string, channelId?: string): Actor
  /** Sets the app's request URLs, checking the one for events by `url_verification`; throws when it does not answer. */
  connect(urls: { requestUrl: string } | RequestUrls): Promise<void>
  /** Takes the request URLs away. */
  disconnect(): void
  readonly socketMode: Pick<SocketMode, 'connections' | 'disconnect' | 'cut'>
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

/** Starts the stand-in; it listens on 127.0.0.1 and keeps everything in memory. */
export async function createSlackStandIn(options: SlackStandInOptions = {}): Promise<SlackStandIn> {
  const clock = options.clock ?? createClock()
  const ids = createIds(clock)
  const log = options.log ?? (() => {})
  const listeners = new Set<(change: Change) => void>()
  const faults: { current?: FaultPicker | undefined } = {}
  const requests: ApiRequest[] = []
  const world: World = {
    clock,
    ids,
    appId: ids.make('A'),
    teams: new Map(),
    tokens: new Map(),
    views: new Map(),
    files: new Map(),
    happened: change => {
      for (const listener of [...listeners]) listener(change)
    },
    tell: (team, event) => events.tell(team, event),
  }
  const app = express()
  const server = createServer(app)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const secrets = {
    appToken: `xapp-1-${world.appId}-${ids.secret(6)}-${ids.secret(32)}`,
    signingSecret: ids.secret(16),
    clientId: `${ids.secret(6)}.${ids.secret(6)}`,
    clientSecret: ids.secret(16),
    ...options.secrets,
  }
  const verificationToken = ids.secret(12)
  const socketMode = createSocketMode(server, world, () => url)
  const carrier = createCarrier({
    world,
    signingSecret: secrets.signingSecret,
    socketMode,
    ackTimeoutMs: options.ackTimeoutMs ?? 3000,
  })
  const events = createEvents({
    world,
    carrier,
    verificationToken,
    subscriptions: new Set(ALL_EVENTS),
    retryDelaysMs: options.retryDelaysMs ?? [1000, 60_000, 300_000],
  })
  const triggers = createTriggers(world)
  const responseUrls = createResponseUrls(world, () => url, faults)
  const settings = {
    id: world.appId,
    clientId: secrets.clientId,
    clientSecret: secrets.clientSecret,
    redirectUrls: [],
  }
  const oauth = createOAuth(world, settings)

  app.disable('x-powered-by')
  app.use(
    '/api',
    webApi({
      world,
      appToken: secrets.appToken,
      methods: {
        ...workspaceMethods({ ...settings, url }),
        ...conversationMethods,
        ...membershipMethods,
        ...usergroupMethods,
        ...chatMethods,
        ...viewMethods(triggers),
        ...fileMethods(url),
      },
      appMethods: {
        'oauth.v2.access': { token: 'none', run: oauth.access },
        'apps.connections.open': { token: 'app', run: () => ({ url: socketMode.open() }) },
      },
      requests,
      faults,
      latencyMs: options.latencyMs ?? 0,
      enforceRateLimits: options.enforceRateLimits ?? false,
      log,
    }),
  )
  app.post('/upload/:id', express.raw({ type: () => true, limit: '20mb' }), async (request, response) => {
    const file = world.files.get(String(request.params.id))
    if (!file) return void response.status(404).send('unknown upload')
    const body: unknown = request.body
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
    const type = request.headers['content-type'] ?? ''
    const parts = type.includes('multipart/') ? Object.values(await readBody(bytes, type)) : [bytes]
    file.content =
      parts.find(part => part instanceof Uint8Array) ?? new TextEncoder().encode(String(parts[0]))
    response.type('text').send(`OK - ${file.content.length}`)
  })
  app.use(oauth.router)
  app.use(responseUrls.router)

  const subscribe: Subscribe = listener => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const first = makeTeam(world, { name: 'Velvet Lounge', installed: true, ...options.team })

  return {
    ...createByHand(world),
    url,
    apiBase: `${url}/api/`,
    authorizationUrl: `${url}/oauth/v2/authorize`,
    team: first,
    botToken: first.botToken,
    appId: world.appId,
    ...secrets,
    as(userId, teamId = first.id, channelId) {
      const team = teamOf(world, teamId)
      const user = team.users.get(userId)
      const all = [...team.channels.values()]
      const channel = all.find(one => (channelId ? one.id === channelId : one.isGeneral))
      if (!user || !channel) throw new Error(`no user ${userId} or channel ${channelId} in ${teamId}`)
      const escapeCommands = options.escapeCommands ?? true
      const deps = {
        world,
        carrier,
        events,
        responseUrls,
        triggers,
        subscribe,
        verificationToken,
        escapeCommands,
      }
      return createActor(deps, team, user, channel)
    },
    async connect(urls) {
      const all =
        'requestUrl' in urls
          ? { events: urls.requestUrl, commands: urls.requestUrl, interactivity: urls.requestUrl }
          : urls
      if (all.events) {
        const challenge = ids.secret(16)
        const body = JSON.stringify({ token: verificationToken, challenge, type: 'url_verification' })
        const ack = await carrier.post(all.events, body, 'application/json')
        const said = JSON.stringify(ack.body ?? '')
        if (!said.includes(challenge)) {
          throw new Error(`${all.events} did not answer the challenge: ${ack.failure ?? said}`)
        }
      }
      Object.assign(carrier.urls, { events: undefined, commands: undefined, interactivity: undefined }, all)
    },
    disconnect() {
      Object.assign(carrier.urls, { events: undefined, commands: undefined, interactivity: undefined })
    },
    socketMode,
    sendEvent: (teamId, event) => events.send(teamOf(world, teamId), event),
    settled: events.settled,
    deliveries: () => carrier.deliveries,
    replay: carrier.replay,
    post: carrier.post,
    faults,
    requests: () => requests,
    subscribe,
    until: (look, timeoutMs) => until(subscribe, look, 'the awaited change', timeoutMs),
    async close() {
      events.close()
      await socketMode.close()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
