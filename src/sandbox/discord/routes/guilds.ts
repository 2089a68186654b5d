import { RESTJSONErrorCodes as Code, PermissionFlagsBits } from 'discord.js'
import { refusal } from '../errors.ts'
import { kickBot } from '../guild-edits.ts'
import { setRoles } from '../member-edits.ts'
import { basePermissions, mayAssign } from '../permissions.ts'
import { nothing, ok, type Routes } from '../rest.ts'
import { guildBody } from '../wire.ts'
import { botIsIn, type Guild, type World } from '../world.ts'

/** Routes of servers, their roles and their members, with what the bot may and may not do there. */
export function guildRoutes(world: World, mayListMembers: () => boolean): Routes {
  const inGuild = (guildId: string): Guild => {
    const guild = world.guilds.get(guildId)
    if (!guild) throw refusal(Code.UnknownGuild)
    if (!botIsIn(world, guild)) throw refusal(Code.MissingAccess)
    return guild
  }
  const memberIn = (guild: Guild, userId: string) => {
    const member = guild.members.get(userId)
    if (member) return member
    throw refusal(world.users.has(userId) ? Code.UnknownMember : Code.UnknownUser)
  }
  const roleIn = (guild: Guild, roleId: string) => {
    const role = guild.roles.get(roleId)
    if (!role) throw refusal(Code.UnknownRole)
    return role
  }

  /** The member and role of a grant or revocation, once all of Discord's reasons to refuse it are ruled out. */
  const assignment = (guildId: string, userId: string, roleId: string) => {
    const guild = inGuild(guildId)
    const bot = memberIn(guild, world.bot.id)
    if (!(basePermissions(guild, bot) & PermissionFlagsBits.ManageRoles))
      throw refusal(Code.MissingPermissions)
    const member = memberIn(guild, userId)
    const role = roleIn(guild, roleId)
    if (!mayAssign(guild, bot, role)) throw refusal(Code.MissingPermissions)
    return { guild, member, role }
  }

  return {
    'GET /users/@me/guilds': call => {
      const after = call.query.get('after') ?? '0'
      const limit = Number(call.query.get('limit') ?? 200)
      const guilds = [...world.guilds.values()]
        .filter(guild => botIsIn(world, guild) && isLater(guild.id, after))
        .slice(0, limit)
      return ok(
        guilds.map(guild => ({
          id: guild.id,
          name: guild.name,
          icon: guild.icon,
          banner: null,
          owner: false,
          permissions: basePermissions(guild, memberIn(guild, world.bot.id)).toString(),
          features: [],
        })),
      )
    },
    'GET /guilds/:guild': call => {
      const guild = inGuild(call.param('guild'))
      const counts = {
        approximate_member_count: guild.members.size,
        approximate_presence_count: guild.members.size,
      }
      return ok({ ...guildBody(world, guild), ...(call.query.get('with_counts') === 'true' && counts) })
    },
    'GET /guilds/:guild/channels': call => ok([...inGuild(call.param('guild')).channels.values()]),
    'GET /guilds/:guild/roles': call => ok([...inGuild(call.param('guild')).roles.values()]),
    'GET /guilds/:guild/roles/:role': call => ok(roleIn(inGuild(call.param('guild')), call.param('role'))),
    'GET /guilds/:guild/members': call => {
      const guild = inGuild(call.param('guild'))
      if (!mayListMembers()) throw refusal(Code.MissingAccess)
      const after = call.query.get('after') ?? '0'
      const limit = Math.min(1000, Math.max(1, Number(call.query.get('limit') ?? 1)))
      const members = [...guild.members.values()]
        .filter(member => isLater(member.user.id, after))
        .sort((a, b) => (isLater(a.user.id, b.user.id) ? 1 : -1))
      return ok(members.slice(0, limit))
    },
    'GET /guilds/:guild/members/search': call => {
      const guild = inGuild(call.param('guild'))
      const query = (call.query.get('query') ?? '').toLowerCase()
      const limit = Math.min(1000, Math.max(1, Number(call.query.get('limit') ?? 1)))
      const names = [...guild.members.values()].filter(({ user, nick }) =>
        [user.username, nick ?? ''].some(name => name.toLowerCase().startsWith(query)),
      )
      return ok(names.slice(0, limit))
    },
    'GET /guilds/:guild/members/:user': call =>
      ok(memberIn(inGuild(call.param('guild')), call.param('user'))),
    'PUT /guilds/:guild/members/:user/roles/:role': call => {
      const { guild, member, role } = assignment(call.param('guild'), call.param('user'), call.param('role'))
      setRoles(world, guild.id, member.user.id, [...member.roles, role.id])
      return nothing()
    },
    'DELETE /guilds/:guild/members/:user/roles/:role': call => {
      const { guild, member, role } = assignment(call.param('guild'), call.param('user'), call.param('role'))
      setRoles(
        world,
        guild.id,
        member.user.id,
        member.roles.filter(held => held !== role.id),
      )
      return nothing()
    },
    'DELETE /users/@me/guilds/:guild': call => {
      kickBot(world, inGuild(call.param('guild')).id)
      return nothing()
    },
  }
}

/** Whether one id is greater; compared as text, which for a hundred thousand members is what makes paging quick. */
function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}
