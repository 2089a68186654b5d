import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express'
import type { Logger } from 'pino'

/** The web server, listening; routes are added as the parts they need become ready. */
export interface Web {
  app: Express
  /** The port in use. */
  port: number
  /** Adds routes; requests that came before answer 503. */
  ready(...routes: Router[]): void
  /** Takes no new request and waits for those that run. */
  close(): Promise<void>
}

/** Listens at once, so that whoever calls before the bot is ready hears 503 and not silence. */
export async function openWeb({
  host,
  port,
  log,
}: {
  host: string
  port: number
  log: Logger
}): Promise<Web> {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use(guarded)
  // Nothing here may be kept by anybody, and hashing each answer costs.
  app.set('etag', false)
  let isReady = false
  app.get('/healthz', (_, response) => {
    response.type('text').send('alive\n')
  })
  app.use((_, response, next) => {
    if (isReady) next()
    else response.status(503).set('retry-after', '2').type('text').send('starting\n')
  })

  const server = createServer(app)
  await listen(server, host, port)
  return {
    app,
    port: portOf(server),
    ready(...routes) {
      for (const route of routes) app.use(route)
      app.use((_, response) => {
        response.status(404).type('text').send('there is nothing here\n')
      })
      app.use(refuse(log))
      isReady = true
    },
    close: () =>
      new Promise(resolve => {
        // A browser keeps its connection for the next request, and one page may stay open for ever.
        const idle = setInterval(() => server.closeIdleConnections(), 50)
        const late = setTimeout(() => server.closeAllConnections(), 3_000)
        server.close(() => {
          clearInterval(idle)
          clearTimeout(late)
          resolve()
        })
      }),
  }
}

// For every page, those that Bolt draws after an installation too: no script unless the page brings a policy of its own, no
// framing, and no address with a code in it goes anywhere or is kept.
const guarded: RequestHandler = (request, response, next) => {
  if (request.method === 'GET')
    response.set({
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  next()
}

function listen(server: Server, host: string, port: number): Promise<void> {
  const refusals: Record<string, string> = {
    EADDRINUSE: `PORT ${port} is in use: end the other program, or set PORT to a free one`,
    EADDRNOTAVAIL: `HOST ${host} is no address of this machine: set HOST to one that is`,
    ENOTFOUND: `HOST ${host} is no address of this machine: set HOST to one that is`,
  }
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(refusals[error.code ?? ''] ?? `PORT ${port} can't be used (${error.code})`, {
          cause: error,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

// Express's own errors carry a status (413, 400); everything else is ours and says nothing to the outside.
function refuse(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const status = typeof error?.status === 'number' ? error.status : 500
    if (status >= 500) log.error({ err: error, path: request.path }, 'a request failed')
    if (response.headersSent) return next(error)
    response
      .status(status)
      .type('text')
      .send(status >= 500 ? 'try again\n' : 'refused\n')
  }
}
