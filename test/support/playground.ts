import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createClock } from '../../src/sandbox/clock.ts'
import { createDiscordStandIn, type DiscordStandIn } from '../../src/sandbox/discord/index.ts'
import { furnish, type Lounge } from '../../src/sandbox/lounge.ts'
import { createPlayground } from '../../src/sandbox/playground/playground.ts'
import { createStripeStandIn, type StripeStandIn } from '../../src/sandbox/stripe/index.ts'

/** The playground with its far ends, and no bot between them. */
export interface LonelyPlayground {
  discord: DiscordStandIn
  stripe: StripeStandIn
  lounge: Lounge
  port: number
  /** Takes the web server away, and gives it back on the same port. */
  unplug(): Promise<void>
  plugIn(): Promise<void>
  close(): Promise<void>
}

/** Serves a playground whose bot never answers; Discord's client waits `deadlineMs` for it. */
export async function servePlayground(deadlineMs: number): Promise<LonelyPlayground> {
  const clock = createClock()
  const discord = await createDiscordStandIn({ clock, deadlineMs })
  const stripe = await createStripeStandIn({ clock })
  const lounge = furnish(discord)
  const playground = createPlayground({ discord, stripe, lounge })
  const app = express().use(playground.router)
  let server: Server
  const listen = async (port: number) => {
    server = createServer(app)
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const unplug = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const port = await listen(0)
  return {
    discord,
    stripe,
    lounge,
    port,
    unplug,
    plugIn: async () => void (await listen(port)),
    async close() {
      playground.close()
      await unplug()
      await Promise.all([discord.close(), stripe.close()])
    },
  }
}

/** Registers a command as a bot would. */
export const registerCommand = (discord: DiscordStandIn, name: string): Promise<void> =>
  asBot(discord, 'PUT', `/applications/${discord.applicationId}/commands`, [
    { name, description: 'waits in vain' },
  ])

/** Writes a message as a bot would. */
export const writeMessage = (discord: DiscordStandIn, channel: string, message: object): Promise<void> =>
  asBot(discord, 'POST', `/channels/${channel}/messages`, message)

async function asBot(discord: DiscordStandIn, method: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${discord.apiBase}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
}
