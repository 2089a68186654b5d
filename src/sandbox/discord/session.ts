import { GatewayIntentBits, GatewayOpcodes as Op } from 'discord.js'
import type { WebSocket } from 'ws'
import type { Dispatch } from './world.ts'

/** One shard of the bot as the gateway knows it, connected or waiting to be resumed. */
export interface Session {
  id: string
  token: unknown
  intents: number
  shard: [number, number]
  seq: number
  /** What was sent and not yet acknowledged, for a resume. */
  missed: { s: number; frame: string }[]
  socket: WebSocket | undefined
}

/** How many dispatches a session may miss and still resume. */
const REPLAY = 5000

/** Sends a dispatch, or keeps it until the session resumes. */
export function send(session: Session, t: string, d: unknown): void {
  session.seq++
  const frame = JSON.stringify({ op: Op.Dispatch, t, s: session.seq, d })
  session.missed.push({ s: session.seq, frame })
  if (session.missed.length > REPLAY) session.missed.shift()
  session.socket?.send(frame)
}

/** What the client says it has seen need not be kept for it. */
export function forget(session: Session, seq: number): void {
  session.missed = session.missed.filter(event => event.s > seq)
}

/** Whether this session asked for such events, and its shard has the guild. */
export function concerns(session: Session, event: Dispatch): boolean {
  if (event.intents !== 0 && (session.intents & event.intents) === 0) return false
  const [index, count] = session.shard
  return (event.guildId === undefined ? 0 : shardOf(event.guildId, count)) === index
}

/** Without the Message Content intent, what others write in a server comes without its content. */
export function shown(session: Session, event: Dispatch): unknown {
  if (!event.hidesContent || session.intents & GatewayIntentBits.MessageContent) return event.d
  return { ...(event.d as object), content: '', embeds: [], attachments: [], components: [] }
}

/** The shard that a guild's events go to (docs.discord.com/developers/events/gateway#sharding). */
export function shardOf(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count))
}
