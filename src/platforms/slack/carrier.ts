import { App, ExpressReceiver, type InstallationStore } from '@slack/bolt'
import { Router } from 'express'
import type { Logger } from 'pino'
import { boltLogger } from './log.ts'
import { botScopes } from './manifest.ts'
import { refuseReplays } from './replays.ts'
import { createSocket, type Socket } from './socket.ts'
import { clientOptions } from './workspaces.ts'

const redirectPath = '/slack/oauth_redirect'

/** What an app that anybody may install needs. */
export interface OAuthSettings {
  clientId: string
  clientSecret: string
  stateSecret: string
}

/** Bolt, and the ways by which Slack reaches it. */
export interface Carrier {
  app: App
  routes: Router
  socket: Socket | undefined
}

/** Bolt behind the bot's own web server, or on a socket; installing is always by the web server. */
export function createCarrier(deps: {
  signingSecret: string
  appToken: string | undefined
  apiBase: string | undefined
  publicUrl: string
  oauth: (OAuthSettings & { store: InstallationStore }) | undefined
  /** Whose bot is meant; throws where it isn't installed. */
  authorize: (team: string) => Promise<{ botToken: string }>
  isListening: () => boolean
  log: Logger
}): Carrier {
  const { signingSecret, appToken, apiBase, publicUrl, oauth, authorize, isListening, log } = deps
  const logger = boltLogger(log)
  const options = clientOptions(apiBase, log)
  const socket = appToken ? createSocket({ appToken, apiBase, log }) : undefined
  const routes = Router()
  if (!socket) routes.use('/slack/events', untilReady(isListening), refuseReplays())
  const web = new ExpressReceiver({
    signingSecret,
    router: routes,
    endpoints: socket ? {} : { events: '/slack/events' },
    logger,
    bodyLimit: '1mb',
    processEventErrorHandler: async ({ error, response }) => {
      log.warn({ err: error }, 'slack sent something that could not be understood')
      if (!response.headersSent) {
        response.writeHead(400)
        response.end()
      }
      return true
    },
    ...(oauth && {
      clientId: oauth.clientId,
      clientSecret: oauth.clientSecret,
      stateSecret: oauth.stateSecret,
      installationStore: oauth.store,
      scopes: botScopes,
      redirectUri: publicUrl + redirectPath,
      installerOptions: {
        directInstall: true,
        redirectUriPath: redirectPath,
        clientOptions: options,
        ...(apiBase && { authorizationUrl: new URL('/oauth/v2/authorize', apiBase).href }),
      },
    }),
  })
  const receiver = socket?.receiver ?? web
  const app = new App({
    // Only what Bolt needs of a receiver: with an installer in sight it would read installations in its own way.
    receiver: {
      init: bolt => receiver.init(bolt),
      start: async () => undefined,
      stop: async () => undefined,
    },
    authorize: async ({ teamId = '' }) => ({ ...(await authorize(teamId)), teamId }),
    clientOptions: options,
    logger,
    convoStore: false,
  })
  app.error(async error => {
    log.warn({ err: error }, 'something that slack sent was not handled')
  })
  return { app, routes, socket }
}

// Slack sends an event again that was answered 503.
const untilReady =
  (isListening: () => boolean): ReturnType<typeof refuseReplays> =>
  (_, response, next) => {
    if (isListening()) next()
    else response.status(503).set('retry-after', '2').send()
  }
