import { randomBytes } from 'node:crypto'
import {
  type APIInteraction,
  type InteractionResponseType,
  InteractionType,
  RESTJSONErrorCodes,
} from 'discord.js'
import { refusal } from './errors.ts'
import type { StoredMessage, World } from './world.ts'

/** The first answer to an interaction, as the app gave it. */
export interface FirstResponse {
  type: InteractionResponseType
  flags: number
  data: Record<string, unknown>
}

/** One use of a command, button, menu or form, from the click to the last edit. */
export interface Interaction {
  id: string
  token: string
  payload: APIInteraction
  userId: string
  guildId: string | undefined
  channelId: string
  /** The message whose button or menu was used. */
  source: StoredMessage | undefined
  state: 'waiting' | 'answered' | 'failed'
  first: FirstResponse | undefined
  /** Milliseconds from sending it to the first response. */
  ackMs: number | undefined
  /** The message that `@original` means. */
  original: StoredMessage | undefined
  followUps: StoredMessage[]
  sentAt: number
  /** When the token stops working, on the sandbox's clock. */
  expiresAt: number
}

/** All interactions of this Discord. */
export interface Interactions {
  /** Sends a new interaction to the bot, and fails it when no first response comes in time. */
  start(make: (id: string, token: string) => APIInteraction, about: InteractionOrigin): Interaction
  /** Sends the very same interaction once more. */
  redeliver(interaction: Interaction): void
  /** For a first response: refuses with 10062 what is unknown or too late, with 40060 what was answered. */
  toAnswer(id: string, token: string): Interaction
  /** For later edits: refuses with 50027 a token that is unknown or older than 15 minutes. */
  byToken(token: string): Interaction
  /** Notes the first response. */
  answered(interaction: Interaction, first: FirstResponse): void
  /** All of them, newest last. */
  all(): Interaction[]
  close(): void
}

/** Who started an interaction, and where. */
interface InteractionOrigin {
  userId: string
  guildId: string | undefined
  channelId: string
  source?: StoredMessage | undefined
}

/** Tokens work for 15 minutes (docs.discord.com/developers/interactions/receiving-and-responding). */
const TOKEN_LIFE = 15 * 60_000
/** How many interactions are remembered. */
const KEPT = 2000

/** Starts with none. `deadlineMs` is Discord's 3 seconds, in real time as the bot's own work is. */
export function createInteractions(world: World, deadlineMs: number): Interactions {
  const byId = new Map<string, Interaction>()
  const byTokenMap = new Map<string, Interaction>()
  const timers = new Set<NodeJS.Timeout>()

  const changed = (interaction: Interaction) =>
    world.changed({
      type: 'interaction',
      id: interaction.id,
      guildId: interaction.guildId,
      channelId: interaction.channelId,
      userId: interaction.userId,
    })
  const deliver = (interaction: Interaction) =>
    world.dispatch({
      t: 'INTERACTION_CREATE',
      d: interaction.payload,
      guildId: interaction.guildId,
      intents: 0,
    })

  return {
    start(make, about) {
      const id = world.nextId()
      const token = randomBytes(96).toString('base64url')
      const interaction: Interaction = {
        id,
        token,
        payload: make(id, token),
        userId: about.userId,
        guildId: about.guildId,
        channelId: about.channelId,
        source: about.source,
        state: 'waiting',
        first: undefined,
        ackMs: undefined,
        original: undefined,
        followUps: [],
        sentAt: performance.now(),
        expiresAt: world.clock.now() + TOKEN_LIFE,
      }
      byId.set(id, interaction)
      byTokenMap.set(token, interaction)
      for (const old of byId.values()) {
        if (byId.size <= KEPT) break
        byId.delete(old.id)
        byTokenMap.delete(old.token)
      }
      const timer = setTimeout(() => {
        timers.delete(timer)
        if (interaction.state !== 'waiting') return
        interaction.state = 'failed'
        changed(interaction)
      }, deadlineMs)
      timers.add(timer)
      deliver(interaction)
      changed(interaction)
      return interaction
    },
    redeliver: deliver,
    toAnswer(id, token) {
      const interaction = byId.get(id)
      if (!interaction || interaction.token !== token || interaction.state === 'failed') {
        throw refusal(RESTJSONErrorCodes.UnknownInteraction)
      }
      if (interaction.state === 'answered')
        throw refusal(RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged)
      return interaction
    },
    byToken(token) {
      const interaction = byTokenMap.get(token)
      if (!interaction || world.clock.now() > interaction.expiresAt) {
        throw refusal(RESTJSONErrorCodes.InvalidWebhookToken)
      }
      return interaction
    },
    answered(interaction, first) {
      interaction.state = 'answered'
      interaction.first = first
      interaction.ackMs = performance.now() - interaction.sentAt
      changed(interaction)
    },
    all: () => [...byId.values()],
    close() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Whether this is a question for completions, which has no message. */
export function isAutocomplete(interaction: Interaction): boolean {
  return interaction.payload.type === InteractionType.ApplicationCommandAutocomplete
}
