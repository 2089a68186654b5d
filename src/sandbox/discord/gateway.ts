import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { GatewayCloseCodes as Close, GatewayIntentBits, GatewayOpcodes as Op } from 'discord.js'
import { type WebSocket, WebSocketServer } from 'ws'
import { concerns, forget, type Session, send, shardOf, shown } from './session.ts'
import { guildCreateBody } from './wire.ts'
import { botIsIn, type World } from './world.ts'

/** The gateway: sessions of the bot, what each has missed, and the sockets they hang on. */
export interface Gateway {
  /** Closes every socket. A resumable session keeps what it misses; another must identify anew. */
  drop(options: { resumable: boolean }): void
  /** Closes every socket with this code and forgets the sessions. */
  expel(code: number): void
  /** How many sessions are connected. */
  connected(): number
  close(): void
}

/** What the gateway needs to know of its surroundings. */
export interface GatewayDeps {
  server: Server
  world: World
  isToken(token: unknown): boolean
  allowedIntents(): number
  /** Where sessions resume; known once the server listens. */
  address(): string
  applicationFlags(): number
}

const ALL_INTENTS = Object.values(GatewayIntentBits).reduce<number>(
  (all, bit) => (typeof bit === 'number' ? all | bit : all),
  0,
)

/** Opens the gateway on the server's `/gateway` (docs.discord.com/developers/events/gateway). */
export function createGateway(deps: GatewayDeps): Gateway {
  const { world } = deps
  const sessions = new Map<string, Session>()
  const sockets = new WebSocketServer({ server: deps.server, path: '/gateway' })
  world.onDispatch(event => {
    for (const session of sessions.values())
      if (concerns(session, event)) send(session, event.t, shown(session, event))
  })

  sockets.on('connection', (socket, request) => {
    const query = new URL(request.url ?? '/', 'ws://localhost').searchParams
    if (query.get('v') !== '10') return socket.close(Close.InvalidAPIVersion, 'Invalid API version')
    if ((query.get('encoding') ?? 'json') !== 'json')
      return socket.close(Close.DecodeError, 'Only JSON is spoken here')
    let session: Session | undefined
    socket.on('error', () => socket.terminate())
    socket.on('close', code => {
      if (session?.socket !== socket) return
      session.socket = undefined
      // A client that says goodbye ends its session; any other close may be resumed.
      if (code === 1000 || code === 1001) sessions.delete(session.id)
      world.changed({ type: 'gateway' })
    })
    socket.on('message', raw => {
      const frame = parse(raw.toString())
      if (!frame) return socket.close(Close.DecodeError, 'Error while decoding payload.')
      if (frame.op === Op.Heartbeat) {
        if (session && typeof frame.d === 'number') forget(session, frame.d)
        socket.send(JSON.stringify({ op: Op.HeartbeatAck }))
      } else if (frame.op === Op.Identify) {
        if (session) return socket.close(Close.AlreadyAuthenticated, 'Already authenticated.')
        session = identify(socket, frame.d)
      } else if (frame.op === Op.Resume) session = resume(socket, frame.d)
      else if (!session) socket.close(Close.NotAuthenticated, 'Not authenticated.')
      else if (frame.op === Op.RequestGuildMembers) requestMembers(session, frame.d)
      else if (frame.op !== Op.PresenceUpdate && frame.op !== Op.VoiceStateUpdate) {
        socket.close(Close.UnknownOpcode, 'Unknown opcode.')
      }
    })
    socket.send(JSON.stringify({ op: Op.Hello, d: { heartbeat_interval: 41_250 }, s: null, t: null }))
  })

  function identify(socket: WebSocket, sent: Sent): Session | undefined {
    if (!deps.isToken(sent.token)) return refuse(socket, Close.AuthenticationFailed, 'Authentication failed.')
    const intents = sent.intents
    if (typeof intents !== 'number' || !Number.isInteger(intents) || (intents & ~ALL_INTENTS) !== 0) {
      return refuse(socket, Close.InvalidIntents, 'Invalid intent(s).')
    }
    if ((intents & ~deps.allowedIntents()) !== 0) {
      return refuse(socket, Close.DisallowedIntents, 'Disallowed intent(s).')
    }
    const [index, count] = Array.isArray(sent.shard) ? sent.shard.map(Number) : [0, 1]
    if (index === undefined || count === undefined || !(index >= 0 && index < count)) {
      return refuse(socket, Close.InvalidShard, 'Invalid shard.')
    }
    const id = randomUUID().replaceAll('-', '')
    const session: Session = {
      id,
      token: sent.token,
      intents,
      shard: [index, count],
      seq: 0,
      missed: [],
      socket,
    }
    sessions.set(id, session)
    // Sessions whose client was killed are not resumed; a few are kept for those that will be.
    for (const old of sessions.values()) if (sessions.size > 20 && !old.socket) sessions.delete(old.id)
    const guilds = [...world.guilds.values()].filter(
      guild => botIsIn(world, guild) && shardOf(guild.id, count) === index,
    )
    send(session, 'READY', {
      v: 10,
      user: { ...world.bot, verified: true, mfa_enabled: true, email: null, flags: 0 },
      guilds: guilds.map(guild => ({ id: guild.id, unavailable: true })),
      session_id: id,
      session_type: 'normal',
      resume_gateway_url: deps.address(),
      shard: session.shard,
      application: { id: world.applicationId, flags: deps.applicationFlags() },
      relationships: [],
      private_channels: [],
      presences: [],
      guild_join_requests: [],
      user_settings: {},
      geo_ordered_rtc_regions: [],
    })
    if (intents & GatewayIntentBits.Guilds) {
      for (const guild of guilds) send(session, 'GUILD_CREATE', guildCreateBody(world, guild))
    }
    world.changed({ type: 'gateway' })
    return session
  }

  function resume(socket: WebSocket, sent: Sent): Session | undefined {
    if (!deps.isToken(sent.token)) return refuse(socket, Close.AuthenticationFailed, 'Authentication failed.')
    const session = sessions.get(String(sent.session_id))
    const seq = Number(sent.seq)
    const oldest = session?.missed[0]?.s ?? (session?.seq ?? 0) + 1
    if (!session || seq > session.seq || seq + 1 < oldest) {
      socket.send(JSON.stringify({ op: Op.InvalidSession, d: false }))
      return undefined
    }
    session.socket = socket
    forget(session, seq)
    for (const { frame } of session.missed) socket.send(frame)
    send(session, 'RESUMED', { _trace: [] })
    world.changed({ type: 'gateway' })
    return session
  }

  function requestMembers(session: Session, sent: Sent): void {
    const guildId = String(sent.guild_id)
    const guild = world.guilds.get(guildId)
    if (!guild) return
    const wantedIds = [sent.user_ids ?? []].flat().map(String)
    const query = typeof sent.query === 'string' ? sent.query.toLowerCase() : undefined
    const limit = Number(sent.limit ?? 0) || Number.POSITIVE_INFINITY
    // The whole list is only for those who asked for the members.
    if (query === '' && !(session.intents & GatewayIntentBits.GuildMembers)) return
    const found = [...guild.members.values()]
      .filter(({ user }) =>
        query === undefined ? wantedIds.includes(user.id) : user.username.startsWith(query),
      )
      .slice(0, limit)
    const count = Math.max(1, Math.ceil(found.length / 1000))
    for (let index = 0; index < count; index++) {
      send(session, 'GUILD_MEMBERS_CHUNK', {
        guild_id: guildId,
        members: found.slice(index * 1000, (index + 1) * 1000),
        chunk_index: index,
        chunk_count: count,
        not_found: wantedIds.filter(id => !guild.members.has(id)),
        nonce: sent.nonce,
      })
    }
  }

  function drop({ resumable }: { resumable: boolean }): void {
    const open = [...sockets.clients]
    if (!resumable) sessions.clear()
    for (const session of sessions.values()) session.socket = undefined
    for (const socket of open) socket.close(Close.UnknownError, 'Unknown error.')
  }

  return {
    drop,
    expel(code) {
      sessions.clear()
      for (const socket of sockets.clients) socket.close(code)
    },
    connected: () => [...sessions.values()].filter(session => session.socket).length,
    close() {
      sessions.clear()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

type Sent = Record<string, unknown>

function refuse(socket: WebSocket, code: number, reason: string): undefined {
  socket.close(code, reason)
}

function parse(text: string): { op: number; d: Sent } | undefined {
  try {
    return JSON.parse(text) as { op: number; d: Sent }
  } catch {
    return undefined
  }
}
