import type { APIApplicationCommandOptionChoice, APIMessage } from 'discord.js'
import { MessageFlags } from 'discord.js'
import type { FirstResponse, Interaction } from './interactions.ts'
import type { World } from './world.ts'

/** What Discord's client shows when no first response came within three seconds. */
const NO_RESPONSE = 'The application did not respond'

/** One use of a command, button, menu or form, seen from the person's side. */
export interface Invocation {
  id: string
  token: string
  userId: string
  guildId: string | undefined
  channelId: string
  /** The first response; undefined when none came in time. */
  first: FirstResponse | undefined
  /** What the client shows instead of an answer, if it does. */
  failure: string | undefined
  /** Milliseconds to the first response. */
  ackMs: number | undefined
  /** The original reply as it stands, also while it is "thinking"; undefined when there is none or it was deleted. */
  message(): APIMessage | undefined
  followUps(): APIMessage[]
  /** Waits for the reply or a follow-up to be as wanted; throws after `timeoutMs` (default 5000) of real time. */
  waitFor(wanted: (message: APIMessage) => boolean, timeoutMs?: number): Promise<APIMessage>
  /** Waits until the reply is no longer "thinking", and gives it. */
  reply(timeoutMs?: number): Promise<APIMessage>
}

/** What Discord's client offers while somebody types. */
export interface Completions {
  choices: APIApplicationCommandOptionChoice[]
  failure: string | undefined
}

/** Waits for the first response, or for the failure to give one, and hands out the person's view. */
export async function followInteraction(world: World, interaction: Interaction): Promise<Invocation> {
  await until(world, () => (interaction.state === 'waiting' ? undefined : interaction.state), 60_000)
  const existing = () => {
    const stored = interaction.original
    return stored && world.messages.has(stored.message.id) ? stored.message : undefined
  }
  const followUps = () =>
    interaction.followUps.map(({ message }) => message).filter(message => world.messages.has(message.id))
  const waitFor: Invocation['waitFor'] = async (wanted, timeoutMs) =>
    structuredClone(
      await until(
        world,
        () => [existing(), ...followUps()].find(message => message && wanted(message)),
        timeoutMs,
      ),
    )
  return {
    id: interaction.id,
    token: interaction.token,
    userId: interaction.userId,
    guildId: interaction.guildId,
    channelId: interaction.channelId,
    first: interaction.first,
    failure: interaction.state === 'failed' ? NO_RESPONSE : undefined,
    ackMs: interaction.ackMs,
    message: () => structuredClone(existing()),
    followUps: () => structuredClone(followUps()),
    waitFor,
    reply: timeoutMs => waitFor(message => ((message.flags ?? 0) & MessageFlags.Loading) === 0, timeoutMs),
  }
}

/** Waits for a condition on the world, looking again at each change; throws after `timeoutMs` of real time. */
export function until<T>(world: World, find: () => T | undefined, timeoutMs = 5000): Promise<T> {
  const now = find()
  if (now !== undefined) return Promise.resolve(now)
  return new Promise((resolve, reject) => {
    const stop = world.subscribe(() => {
      const found = find()
      if (found === undefined) return
      clearTimeout(timer)
      stop()
      resolve(found)
    })
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`Nothing of the kind happened within ${timeoutMs} ms`))
    }, timeoutMs)
  })
}
