import { Client, type ClientOptions, DiscordAPIError, GatewayIntentBits, type Interaction } from 'discord.js'
import {
  createDiscordStandIn,
  type DiscordOptions,
  type DiscordStandIn,
  type Guild,
} from '../src/sandbox/discord/index.ts'

/** A stand-in with one guild, and real discord.js clients at it. */
export interface Bench {
  discord: DiscordStandIn
  guild: Guild
  /** The guild's #general. */
  channelId: string
  /** A real client, not yet logged in. */
  client(options?: Partial<ClientOptions>): Client
  /** A real client, ready, that answers interactions with `onInteraction`. */
  login(
    onInteraction?: (interaction: Interaction) => unknown,
    options?: Partial<ClientOptions>,
  ): Promise<Client<true>>
  close(): Promise<void>
}

/** Opens a bench; `close` ends every client it made. */
export async function openBench(options?: DiscordOptions): Promise<Bench> {
  const discord = await createDiscordStandIn(options)
  const guild = discord.addGuild({ name: 'Rope Club' })
  const clients: Client[] = []
  const make = (own: Partial<ClientOptions> = {}): Client => {
    const client = new Client({
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers],
      ...own,
      rest: { api: discord.apiBase, ...own.rest },
    })
    clients.push(client)
    return client
  }
  return {
    discord,
    guild,
    channelId: [...guild.channels.keys()][0] ?? '',
    client: make,
    async login(onInteraction, own) {
      const client = make(own)
      if (onInteraction) {
        client.on('interactionCreate', async interaction => void (await onInteraction(interaction)))
      }
      const ready = new Promise<Client<true>>(resolve => client.once('clientReady', resolve))
      await client.login(discord.token)
      return ready
    },
    async close() {
      await Promise.all(clients.map(client => client.destroy()))
      await discord.close()
    },
  }
}

/** The status and code a request was refused with; throws when it was not refused by Discord. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ status: number; code: number | string }> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DiscordAPIError)) throw new Error(`not refused: ${String(error)}`)
  return { status: error.status, code: error.code }
}
