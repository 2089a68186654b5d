import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Ack, Envelope } from './carrier.ts'
import { isObject, parseJson } from './json.ts'
import type { World } from './world.ts'

/** Slack's Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode. */
export interface SocketMode {
  /** A one-time address for one connection, as `apps.connections.open` gives it. */
  open(): string
  connections(): number
  /** Sends to one of the connections and waits for its ack. */
  send(envelope: Envelope, timeoutMs: number): Promise<Ack>
  /** Tells every connection to come again (`refresh_requested`), or that it soon must (`warning`). */
  disconnect(reason?: 'warning' | 'refresh_requested' | 'link_disabled'): void
  /** Cuts every connection without a word. */
  cut(): void
  close(): Promise<void>
}

const PING_MS = 10_000
const MOST_CONNECTIONS = 10
const TICKET_MS = 30_000
const CLOSE_MS = 500

/** Socket Mode on the same server, under `/link/`. */
export function createSocketMode(server: Server, world: World, base: () => string): SocketMode {
  const sockets = new WebSocketServer({ noServer: true })
  const tickets = new Map<string, number>()
  const waiting = new Map<string, (payload: unknown) => void>()
  const ready: WebSocket[] = []
  let turn = 0

  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const ticket = url.searchParams.get('ticket') ?? ''
    const until = tickets.get(ticket)
    tickets.delete(ticket)
    if (!url.pathname.startsWith('/link') || until === undefined || until < Date.now()) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, welcome)
  })

  function welcome(socket: WebSocket): void {
    if (ready.length >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }))
      socket.close()
      return
    }
    ready.push(socket)
    const pings = setInterval(() => socket.ping(`Ping from applink ${Date.now()}`), PING_MS)
    pings.unref()
    socket.on('message', text => {
      const message = parseJson(String(text))
      if (!isObject(message) || typeof message.envelope_id !== 'string') return
      waiting.get(message.envelope_id)?.(message.payload)
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearInterval(pings)
      drop(socket)
    })
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: ready.length,
        connection_info: { app_id: world.appId },
        debug_info: { host: 'applink-sandbox', build_number: 1, approximate_connection_time: 18_060 },
      }),
    )
    world.happened({ type: 'socket', connections: ready.length })
  }

  function drop(socket: WebSocket): void {
    const at = ready.indexOf(socket)
    if (at < 0) return
    ready.splice(at, 1)
    world.happened({ type: 'socket', connections: ready.length })
  }

  function send(envelope: Envelope, timeoutMs: number): Promise<Ack> {
    const started = performance.now()
    turn += 1
    const socket = ready[turn % ready.length]
    const id = `${world.ids.secret(4)}-${world.ids.secret(2)}-${world.ids.secret(2)}-${world.ids.secret(6)}`
    return new Promise(resolve => {
      const finish = (ack: Pick<Ack, 'status' | 'body' | 'failure'>) => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve({ ...ack, ms: Math.round(performance.now() - started), noRetry: false })
      }
      const timer = setTimeout(
        () => finish({ status: undefined, body: undefined, failure: 'operation_timeout' }),
        timeoutMs,
      )
      waiting.set(id, payload => finish({ status: 200, body: payload, failure: undefined }))
      socket?.send(
        JSON.stringify({
          envelope_id: id,
          type: envelope.kind,
          payload: envelope.payload,
          accepts_response_payload: envelope.kind !== 'events_api',
          ...(envelope.kind === 'events_api'
            ? { retry_attempt: envelope.retry?.num ?? 0, retry_reason: envelope.retry ? 'timeout' : '' }
            : {}),
        }),
      )
    })
  }

  return {
    open() {
      const ticket = world.ids.secret()
      tickets.set(ticket, Date.now() + TICKET_MS)
      return `${base().replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${world.appId}`
    },
    connections: () => ready.length,
    send,
    disconnect(reason = 'refresh_requested') {
      for (const socket of [...ready]) {
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-sandbox' } }))
        // A connection that was told to go gets nothing new; `warning` only announces it.
        if (reason !== 'warning') drop(socket)
      }
    },
    cut() {
      for (const socket of sockets.clients) socket.terminate()
    },
    async close() {
      const open = [...sockets.clients]
      const gone = open.map(socket => new Promise(resolve => socket.once('close', resolve)))
      for (const socket of open) socket.close(1001)
      const patience = setTimeout(() => open.forEach(socket => void socket.terminate()), CLOSE_MS)
      await Promise.all(gone)
      clearTimeout(patience)
      await new Promise<void>(resolve => sockets.close(() => resolve()))
    },
  }
}
