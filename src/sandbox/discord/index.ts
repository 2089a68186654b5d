import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApplicationFlags, GatewayCloseCodes, GatewayIntentBits } from 'discord.js'
import express from 'express'
import { createClock } from '../clock.ts'
import { createCommandRegistry } from './command-registry.ts'
import type { Faults } from './faults.ts'
import { createGateway } from './gateway.ts'
import * as guilds from './guild-edits.ts'
import { createInteractions } from './interactions.ts'
import { until } from './invocation.ts'
import * as members from './member-edits.ts'
import { findDirectChannel, messagesOf } from './messages.ts'
import { createPerson, type Seat } from './person.ts'
import { createRateLimits, DEFAULT_LIMITS } from './rate-limits.ts'
import { mountRest } from './rest.ts'
import * as roles from './role-edits.ts'
import { applicationRoutes } from './routes/application.ts'
import { channelRoutes } from './routes/channels.ts'
import { guildRoutes } from './routes/guilds.ts'
import { interactionRoutes } from './routes/interactions.ts'
import { createSnowflakes } from './snowflake.ts'
import type { DiscordOptions, DiscordStandIn, PrivilegedIntent } from './stand-in.ts'
import { createWorld, guildOf } from './world.ts'

export type { Fault } from './faults.ts'
export type { DiscordOptions, DiscordStandIn } from './stand-in.ts'
export type { Guild } from './world.ts'

/** Starts a Discord on 127.0.0.1. */
export async function createDiscordStandIn(options: DiscordOptions = {}): Promise<DiscordStandIn> {
  const clock = options.clock ?? createClock()
  const world = createWorld(clock, createSnowflakes(clock.now), options.botName ?? 'Velvet Rope')
  const registry = createCommandRegistry(world)
  const interactions = createInteractions(world, options.deadlineMs ?? 3000)
  const limits = createRateLimits({ ...DEFAULT_LIMITS, ...options.limits })
  const faults: Faults = {}
  const allowed = new Set<PrivilegedIntent>(['GuildMembers'])
  let token = options.token ?? newToken(world.bot.id)

  const app = express().disable('x-powered-by').disable('etag')
  const server = createServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const gatewayUrl = () => `ws://127.0.0.1:${port}/gateway`
  const applicationFlags = () =>
    (allowed.has('GuildMembers') ? ApplicationFlags.GatewayGuildMembersLimited : 0) |
    (allowed.has('GuildPresences') ? ApplicationFlags.GatewayPresenceLimited : 0) |
    (allowed.has('MessageContent') ? ApplicationFlags.GatewayMessageContentLimited : 0)

  const gateway = createGateway({
    server,
    world,
    isToken: sent => typeof sent === 'string' && sent.replace(/^Bot /, '') === token,
    allowedIntents: () => allowedBits(allowed),
    address: gatewayUrl,
    applicationFlags,
  })
  app.get('/attachments/:channel/:id/:name', (request, response) => {
    const file = world.files.get(request.params.id)
    if (file) response.type(file.type).send(file.bytes)
    else response.status(404).end()
  })
  const rest = mountRest(app, {
    world,
    isToken: sent => sent === token,
    routes: {
      ...applicationRoutes({ world, registry, applicationFlags, gatewayUrl }),
      ...guildRoutes(world, () => allowed.has('GuildMembers')),
      ...channelRoutes(world),
      ...interactionRoutes(world, interactions),
    },
    limits,
    faults,
    latencyMs: options.latencyMs ?? 0,
    origin: () => url,
    log: options.log ?? (() => {}),
  })

  return {
    url,
    apiBase: `${url}/api`,
    get token() {
      return token
    },
    applicationId: world.applicationId,
    botUserId: world.bot.id,
    resetToken() {
      token = newToken(world.bot.id)
      gateway.expel(GatewayCloseCodes.AuthenticationFailed)
      return token
    },
    addGuild: wanted => guilds.addGuild(world, wanted),
    inviteBot: (guildId, permissions) => guilds.inviteBot(world, guildId, permissions),
    kickBot: guildId => guilds.kickBot(world, guildId),
    addChannel: (guildId, wanted) => guilds.addChannel(world, guildId, wanted),
    removeChannel: (guildId, channelId) => guilds.removeChannel(world, guildId, channelId),
    addRole: (guildId, wanted) => roles.addRole(world, guildId, wanted),
    updateRole: (guildId, roleId, patch) => roles.updateRole(world, guildId, roleId, patch),
    moveRole: (guildId, roleId, position) => roles.moveRole(world, guildId, roleId, position),
    deleteRole: (guildId, roleId) => roles.deleteRole(world, guildId, roleId),
    addMember: (guildId, wanted) => members.addMember(world, guildId, wanted),
    removeMember: (guildId, userId) => members.removeMember(world, guildId, userId),
    setRoles: (guildId, userId, roleIds) => members.setRoles(world, guildId, userId, roleIds),
    setNickname: (guildId, userId, nick) => members.setNickname(world, guildId, userId, nick),
    guilds: () => [...world.guilds.values()],
    guild: guildId => guildOf(world, guildId),
    member: (guildId, userId) => structuredClone(world.guilds.get(guildId)?.members.get(userId)),
    botRole(guildId) {
      const found = [...guildOf(world, guildId).roles.values()].find(
        role => role.tags?.bot_id === world.bot.id,
      )
      if (!found) throw new Error('The bot is not there')
      return found
    },
    messages: (channelId, viewerId) => structuredClone(messagesOf(world, channelId, viewerId)),
    dms(userId) {
      const direct = findDirectChannel(world, userId)
      return direct ? structuredClone(messagesOf(world, direct.channel.id)) : []
    },
    closeDms(userId, closed = true) {
      if (closed) world.closedDms.add(userId)
      else world.closedDms.delete(userId)
    },
    file: attachmentId => world.files.get(attachmentId),
    as: (userId, guildId, channelId, client) =>
      createPerson({ world, registry, interactions }, {
        userId,
        guildId,
        channelId,
        ...client,
      } satisfies Seat),
    redeliver(invocation) {
      const interaction = interactions.all().find(({ id }) => id === invocation.id)
      if (interaction) interactions.redeliver(interaction)
    },
    interactions: () => interactions.all(),
    commands: () => structuredClone(registry.all()),
    dropGateway: gateway.drop,
    connected: gateway.connected,
    allowIntent(intent, isAllowed) {
      if (isAllowed) allowed.add(intent)
      else allowed.delete(intent)
    },
    faults,
    requests: rest.requests,
    refusals: rest.refusals,
    subscribe: world.subscribe,
    until: (find, timeoutMs) => until(world, find, timeoutMs),
    async close() {
      interactions.close()
      gateway.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function allowedBits(allowed: Set<PrivilegedIntent>): number {
  const privileged: PrivilegedIntent[] = ['GuildMembers', 'GuildPresences', 'MessageContent']
  const forbidden = privileged.filter(intent => !allowed.has(intent)).map(intent => GatewayIntentBits[intent])
  return forbidden.reduce((bits, bit) => bits & ~bit, -1)
}

/** Shaped like Discord's: the bot's id in base64, a time, a signature. */
function newToken(botId: string): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64url')
  return `${Buffer.from(botId).toString('base64url')}.${part(4)}.${part(28)}`
}
