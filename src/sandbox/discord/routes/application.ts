import { type APIApplicationCommand, ApplicationCommandType, RESTJSONErrorCodes as Code } from 'discord.js'
import { checkCommands } from '../command-check.ts'
import type { CommandRegistry } from '../command-registry.ts'
import { refusal } from '../errors.ts'
import { nothing, ok, type Routes } from '../rest.ts'
import { botIsIn, type World } from '../world.ts'

/** What these routes need beyond the world. */
export interface ApplicationDeps {
  world: World
  registry: CommandRegistry
  applicationFlags(): number
  gatewayUrl(): string
}

/** Routes of the application itself: who the bot is, where the gateway is, and the commands, global and per guild. */
export function applicationRoutes({
  world,
  registry,
  applicationFlags,
  gatewayUrl,
}: ApplicationDeps): Routes {
  const application = () =>
    ok({
      id: world.applicationId,
      name: world.bot.username,
      icon: null,
      description: '',
      type: null,
      bot: world.bot,
      summary: '',
      bot_public: true,
      bot_require_code_grant: false,
      verify_key: '0'.repeat(64),
      flags: applicationFlags(),
      flags_new: String(applicationFlags()),
      team: null,
      owner: world.bot,
      tags: [],
      interactions_endpoint_url: null,
      approximate_guild_count: [...world.guilds.values()].filter(guild => botIsIn(world, guild)).length,
      integration_types_config: { '0': {} },
    })
  const routes: Routes = {
    'GET /gateway': () => ok({ url: gatewayUrl() }),
    'GET /gateway/bot': () =>
      ok({
        url: gatewayUrl(),
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 16 },
      }),
    'GET /users/@me': () =>
      ok({ ...world.bot, verified: true, mfa_enabled: true, email: null, locale: 'en-US' }),
    'GET /applications/@me': application,
    'GET /oauth2/applications/@me': application,
  }
  for (const prefix of ['/applications/:application', '/applications/:application/guilds/:guild']) {
    const scopeOf = (application: string, guildId: string) => {
      if (application !== world.applicationId) throw refusal(Code.UnknownApplication)
      if (!guildId) return undefined
      const guild = world.guilds.get(guildId)
      if (!guild || !botIsIn(world, guild)) throw refusal(Code.MissingAccess)
      return guildId
    }
    routes[`GET ${prefix}/commands`] = call => {
      const listed = registry.list(scopeOf(call.param('application'), call.param('guild')))
      return ok(call.query.get('with_localizations') === 'true' ? listed : listed.map(withoutLocalizations))
    }
    routes[`PUT ${prefix}/commands`] = call => {
      const scope = scopeOf(call.param('application'), call.param('guild'))
      checkCommands(call.body, true)
      return ok(registry.replaceAll(scope, call.body as APIApplicationCommand[]))
    }
    routes[`POST ${prefix}/commands`] = call => {
      const scope = scopeOf(call.param('application'), call.param('guild'))
      checkCommands(call.body, false)
      const sent = call.body as APIApplicationCommand
      const type = sent.type ?? ApplicationCommandType.ChatInput
      const existed = registry
        .list(scope)
        .some(({ name, type: other }) => name === sent.name && other === type)
      return { status: existed ? 200 : 201, body: registry.upsert(scope, sent) }
    }
    routes[`GET ${prefix}/commands/:command`] = call =>
      ok(registry.get(scopeOf(call.param('application'), call.param('guild')), call.param('command')))
    routes[`PATCH ${prefix}/commands/:command`] = call => {
      const scope = scopeOf(call.param('application'), call.param('guild'))
      const merged = { ...registry.get(scope, call.param('command')), ...(call.body as object) }
      checkCommands(merged, false)
      return ok(registry.upsert(scope, merged))
    }
    routes[`DELETE ${prefix}/commands/:command`] = call => {
      registry.remove(scopeOf(call.param('application'), call.param('guild')), call.param('command'))
      return nothing()
    }
  }
  return routes
}

/** Lists leave the translations out unless asked for. */
function withoutLocalizations<T extends object>(command: T): T {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip)
    if (typeof value !== 'object' || value === null) return value
    const kept = Object.entries(value).filter(
      ([key]) => key !== 'name_localizations' && key !== 'description_localizations',
    )
    return Object.fromEntries(kept.map(([key, inner]) => [key, strip(inner)]))
  }
  return strip(command) as T
}
