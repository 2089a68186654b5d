import { once } from 'node:events'
import { createServer } from 'node:http'
import express from 'express'
import { createClock } from '../clock.ts'
import { createActor } from './actor.ts'
import { createByHand } from './by-hand.ts'
import { createCarrier } from './carrier.ts'
import { ALL_EVENTS, createEvents } from './events.ts'
import type { FaultPicker } from './faults.ts'
import { createIds } from './ids.ts'
import { readManifest } from './manifest.ts'
import { chatMethods } from './methods/chat.ts'
import { conversationMethods } from './methods/conversations.ts'
import { fileMethods, uploads } from './methods/files.ts'
import { membershipMethods } from './methods/membership.ts'
import { usergroupMethods } from './methods/usergroups.ts'
import { viewMethods } from './methods/views.ts'
import { workspaceMethods } from './methods/workspace.ts'
import { createOAuth } from './oauth.ts'
import { createResponseUrls } from './response-url.ts'
import { createSocketMode } from './socket-mode.ts'
import type { SlackStandIn, SlackStandInOptions } from './stand-in.ts'
import { makeTeam, type TeamOptions } from './teams.ts'
import { createTriggers } from './triggers.ts'
import { type Subscribe, until } from './waiting.ts'
import { type ApiRequest, webApi } from './web-api.ts'
import { type Change, teamOf, type World } from './world.ts'

export type { Invocation } from './invocation.ts'
export { signatureHeaders } from './signature.ts'
export type { SlackStandIn, SlackStandInOptions } from './stand-in.ts'
export { ALL_SCOPES } from './teams.ts'
export type { Message, Team, User, View } from './world.ts'

/** Starts the stand-in; it listens on 127.0.0.1 and keeps everything in memory. */
export async function createSlackStandIn(options: SlackStandInOptions = {}): Promise<SlackStandIn> {
  const features = options.manifest === undefined ? undefined : readManifest(options.manifest)
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
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : options.port}`

  const secrets = {
    appToken: `xapp-1-${world.appId}-${ids.secret(6)}-${ids.secret(32)}`,
    signingSecret: ids.secret(16),
    clientId: `${ids.secret(6)}.${ids.secret(6)}`,
    clientSecret: ids.secret(16),
    ...options.secrets,
  }
  const verificationToken = ids.secret(12)
  const subscriptions = new Set(features?.events ?? ALL_EVENTS)
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
    subscriptions,
    retryDelaysMs: options.retryDelaysMs ?? [1000, 60_000, 300_000],
  })
  const triggers = createTriggers(world)
  const responseUrls = createResponseUrls(world, () => url, faults)
  const settings = {
    id: world.appId,
    clientId: secrets.clientId,
    clientSecret: secrets.clientSecret,
    redirectUrls: [...(features?.redirectUrls ?? [])],
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
  app.use(uploads(world))
  app.use(oauth.router)
  app.use(responseUrls.router)
  app.use(
    (error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      log(`Slack stand-in: ${error.message}`)
      const status = 'status' in error && typeof error.status === 'number' ? error.status : 500
      if (!response.headersSent) response.status(status).type('text').send(error.message)
    },
  )

  const subscribe: Subscribe = listener => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const make = (given: TeamOptions) =>
    makeTeam(world, {
      ...(features ? { scopes: features.scopes } : {}),
      ...given,
      preferences: { homeTab: features?.homeTab ?? true, ...given.preferences },
    })
  const first = make({ name: 'Velvet Lounge', installed: true, ...options.team })

  return {
    ...createByHand(world, make),
    url,
    apiBase: `${url}/api/`,
    authorizationUrl: `${url}/oauth/v2/authorize`,
    team: first,
    get botToken() {
      return first.botToken
    },
    appId: world.appId,
    redirectUrls: settings.redirectUrls,
    ...secrets,
    as(userId, teamId = first.id, channelId) {
      const team = teamOf(world, teamId)
      const user = team.users.get(userId)
      const all = [...team.channels.values()]
      const channel = all.find(one => (channelId ? one.id === channelId : one.isGeneral))
      if (!user || !channel) throw new Error(`no user ${userId} or channel ${channelId} in ${teamId}`)
      const escapeCommands = options.escapeCommands ?? false
      const deps = {
        world,
        carrier,
        events,
        responseUrls,
        triggers,
        subscribe,
        verificationToken,
        subscriptions,
        features,
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
    subscriptions,
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
