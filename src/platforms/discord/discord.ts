import { setTimeout as wait } from 'node:timers/promises'
import {
  type APIGuildMember,
  type APIInteraction,
  type APIUser,
  ApplicationFlags,
  Client,
  GatewayIntentBits,
  Options,
  REST,
  Routes,
} from 'discord.js'
import type { Logger } from 'pino'
import type { LoadedCommand } from '../../command.ts'
import { OperatorError, type Problem } from '../../errors.ts'
import { type CommunityId, memberId } from '../../member.ts'
import type { ChatPlatform, PlatformEvents } from '../platform.ts'
import { registerCommands } from './commands.ts'
import { discordCodes, isDiscordCode, sorted, tokenProblem } from './errors.ts'
import { insist } from './insist.ts'
import { answerInteraction } from './interactions.ts'
import { createDiscordPlaces } from './places.ts'
import type { DiscordMessage } from './render.ts'
import { createDiscordRoles } from './roles.ts'
import { createDiscordTalk } from './talk.ts'

const requestTimeoutMs = 15_000
const longestQueuedMs = 5_000
const longestGoodbyeMs = 3_000

const membersIntentFlags = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited

const intentProblem: Problem = {
  id: 'discord#intent',
  what: ['The Server Members intent is off: people who leave and come back are only noticed by the sweep.'],
  fix: [
    'Turn on Server Members Intent in the Developer Portal (your application, Bot, Privileged Gateway Intents) and start the bot again.',
  ],
}

/** Discord: one bot in any number of servers, over its gateway and REST API. */
export function createDiscord(deps: {
  token: string
  apiBase: string | undefined
  commands: readonly LoadedCommand[]
  log: Logger
}): ChatPlatform {
  const { token, apiBase, commands, log } = deps
  // discord.js asks again at once when Discord fails; the queue's waits are longer and spread.
  const restOptions = {
    version: '10',
    retries: 0,
    timeout: requestTimeoutMs,
    // A bucket that Discord describes has a time to reset; a global limit only says when to come again.
    rejectOnRateLimit: ({ timeToReset, retryAfter }: { timeToReset: number; retryAfter: number }) =>
      Math.max(timeToReset, retryAfter) > longestQueuedMs,
    ...(apiBase && { api: apiBase }),
  }
  const rest = new REST(restOptions).setToken(token)
  const isTokenMended = () => {
    rest.setToken(token)
    return rest.get(Routes.user()).then(
      () => true,
      () => false,
    )
  }
  let client: Client | undefined
  let bot: { id: string; application: string } | undefined
  let hasMembersIntent = true
  let isTokenRefused = false
  let isStopped = false
  const answering = new Set<Promise<void>>()
  const botId = () => bot?.id ?? ''
  const roles = createDiscordRoles({ rest, botId, canListMembers: () => hasMembersIntent, isTokenMended })
  const ask = <Answer>(question: () => Promise<unknown>): Promise<Answer> =>
    question().then(
      answer => answer as Answer,
      (error: unknown) => {
        throw sorted(error, isTokenMended)
      },
    )

  const identify = async () => {
    const me = await ask<{ id: string; bot: APIUser; flags?: number }>(() =>
      rest.get(Routes.currentApplication()),
    )
    bot = { id: me.bot.id, application: me.id }
    return { ...bot, mayHearMembers: ((me.flags ?? 0) & membersIntentFlags) !== 0 }
  }
  const places = createDiscordPlaces({ rest, ask, botId: async () => (bot ?? (await identify())).id })

  const { roleNames, ...talk } = createDiscordTalk({
    rest,
    ask,
    places,
    knownName: id => client?.guilds.cache.get(id)?.name,
  })

  const connect = async (events: PlatformEvents): Promise<void> => {
    const intents = [GatewayIntentBits.Guilds, ...(hasMembersIntent ? [GatewayIntentBits.GuildMembers] : [])]
    client = new Client({
      intents,
      rest: restOptions,
      // Every answer about a role comes from REST; the bot's memory must not grow with its servers.
      makeCache: Options.cacheWithLimits({
        ...Options.DefaultMakeCacheSettings,
        GuildMemberManager: { maxSize: 1, keepOverLimit: member => member.id === member.client.user.id },
        UserManager: { maxSize: 1, keepOverLimit: user => user.id === user.client.user.id },
        MessageManager: 0,
        PresenceManager: 0,
        VoiceStateManager: 0,
        ReactionManager: 0,
        ThreadManager: 0,
      }),
    })
    client.on('error', error => log.warn({ err: error }, 'discord client'))
    client.on('shardDisconnect', ({ code: closeCode }) => {
      isTokenRefused = closeCode === 4004
      log.error({ closeCode }, 'discord closed the connection for good')
    })
    listen(client, events)
    await client.login(token)
  }

  const listen = (from: Client, events: PlatformEvents) => {
    // The edge where the gateway's JSON comes in: raw dispatches, by their documented names and shapes.
    const on = <Payload>(name: string, handle: (payload: Payload) => void) => {
      const socket: { on(event: string, listener: (payload: Payload) => void): unknown } = from.ws
      socket.on(name, handle)
    }
    const memberOf = (payload: { guild_id: string; user: APIUser }) =>
      memberId(`discord:${payload.guild_id}`, payload.user.id)
    on<APIInteraction>('INTERACTION_CREATE', interaction => {
      const answered = answer(interaction, events)
        .catch((error: unknown) => {
          if (isDiscordCode(error, discordCodes.alreadyAcknowledged, discordCodes.unknownInteraction))
            log.info({ interaction: interaction.id }, 'an interaction was already answered, or too old')
          else log.error({ err: error, interaction: interaction.id }, 'an interaction was not answered')
        })
        .finally(() => answering.delete(answered))
      answering.add(answered)
    })
    on<APIGuildMember & { guild_id: string; user: APIUser }>('GUILD_MEMBER_ADD', payload =>
      events.memberChanged(memberOf(payload), 'joined'),
    )
    on<{ guild_id: string; user: APIUser }>('GUILD_MEMBER_REMOVE', payload =>
      events.memberChanged(memberOf(payload), 'left'),
    )
    on<{ guild_id: string; user: APIUser; roles: string[] }>('GUILD_MEMBER_UPDATE', payload => {
      const community: CommunityId = `discord:${payload.guild_id}`
      if (payload.user.id === botId()) events.communityChanged(community, 'roles')
      else events.memberChanged(memberOf(payload), 'roles', { held: payload.roles })
    })
    for (const name of ['GUILD_ROLE_CREATE', 'GUILD_ROLE_UPDATE', 'GUILD_ROLE_DELETE'])
      on<{ guild_id: string }>(name, ({ guild_id }) =>
        events.communityChanged(`discord:${guild_id}`, 'roles'),
      )
    // A server is first available when the bot starts; later it comes back, and what happened meanwhile was told to nobody.
    const heard = new Set<string>()
    from.on('guildCreate', ({ id }) => events.communityChanged(`discord:${id}`, 'added'))
    from.on('guildAvailable', ({ id }) => {
      if (heard.has(id)) events.communityChanged(`discord:${id}`, 'available')
      heard.add(id)
    })
    from.on('guildDelete', ({ id }) => events.communityChanged(`discord:${id}`, 'removed'))
  }

  const answer = async (interaction: APIInteraction, events: PlatformEvents) => {
    const answered = await answerInteraction(interaction, events, roleNames)
    if (!answered) return
    await rest.post(Routes.interactionCallback(interaction.id, interaction.token), {
      body: answered.first,
      auth: false,
    })
    const original = Routes.webhookMessage(interaction.application_id, interaction.token, '@original')
    await answered.work?.((body, file) =>
      insist(() =>
        rest.patch(original, {
          body: withFile(body, file),
          auth: false,
          ...(file && { files: [{ name: file.name, data: Buffer.from(file.content), key: 'files[0]' }] }),
        }),
      ),
    )
  }

  return {
    name: 'discord',
    roleWord: 'role',
    roles,
    ...talk,
    choices: places.choices,
    checkChannel: places.checkChannel,
    async problems() {
      try {
        const { mayHearMembers } = await identify()
        const isHeard = hasMembersIntent && mayHearMembers
        return [...(isTokenRefused ? [tokenProblem] : []), ...(isHeard ? [] : [intentProblem])]
      } catch (error) {
        if (error instanceof OperatorError) return [error.problem]
        throw error
      }
    },
    allWell: ['Discord is connected, and the Server Members intent is on.'],
    async start(events) {
      const { application } = await identify()
      const isChanged = await ask<boolean>(() => registerCommands(rest, application, commands))
      if (isChanged) log.info('commands registered')
      try {
        await connect(events)
      } catch (error) {
        await client?.destroy()
        if (!isDisallowedIntent(error)) throw sorted(error, isTokenMended)
        hasMembersIntent = false
        log.warn(
          'the Server Members intent is off: rejoins and roles changed by hand are only noticed by the sweep. Turn it on in the Developer Portal, Bot, Privileged Gateway Intents.',
        )
        await connect(events)
      }
    },
    async stop() {
      isStopped = true
      await client?.destroy()
      // What was asked before the gateway closed is still answered: an answer goes by REST.
      await Promise.race([Promise.all(answering), wait(longestGoodbyeMs, undefined, { ref: false })])
    },
    health() {
      if (isStopped) return 'stopped'
      if (!client) return 'starting'
      return client.isReady() && client.ws.ping !== undefined ? 'connected' : 'reconnecting'
    },
  }
}

const withFile = (body: DiscordMessage, file: { name: string } | undefined) =>
  file ? { ...body, attachments: [{ id: 0, filename: file.name }] } : body

const isDisallowedIntent = (error: unknown): boolean =>
  error instanceof Error && /disallowed intent|4014/i.test(error.message)
