import {
  type APIGuild,
  type APIGuildMember,
  type APIRole,
  PermissionFlagsBits,
  type REST,
  Routes,
} from 'discord.js'
import { OperatorError, type Problem } from '../../errors.ts'
import {
  type CommunityId,
  communityOf,
  groupOf,
  type MemberId,
  memberId,
  type RoleId,
  userOf,
} from '../../member.ts'
import { bold, roleMention, text } from '../../text.ts'
import type { Roles } from '../platform.ts'
import { discordCodes, isDiscordCode, sorted } from './errors.ts'

const pageSize = 1000

// What makes a role more than a badge: discord.com/developers/docs/topics/permissions
const moderatorPowers = [
  ['Administrator', PermissionFlagsBits.Administrator],
  ['Manage Server', PermissionFlagsBits.ManageGuild],
  ['Manage Roles', PermissionFlagsBits.ManageRoles],
  ['Manage Channels', PermissionFlagsBits.ManageChannels],
  ['Manage Messages', PermissionFlagsBits.ManageMessages],
  ['Manage Threads', PermissionFlagsBits.ManageThreads],
  ['Manage Nicknames', PermissionFlagsBits.ManageNicknames],
  ['Manage Expressions', PermissionFlagsBits.ManageGuildExpressions],
  ['Manage Webhooks', PermissionFlagsBits.ManageWebhooks],
  ['View Audit Log', PermissionFlagsBits.ViewAuditLog],
  ['Kick Members', PermissionFlagsBits.KickMembers],
  ['Ban Members', PermissionFlagsBits.BanMembers],
  ['Timeout Members', PermissionFlagsBits.ModerateMembers],
  ['Mute Members', PermissionFlagsBits.MuteMembers],
  ['Deafen Members', PermissionFlagsBits.DeafenMembers],
  ['Move Members', PermissionFlagsBits.MoveMembers],
  ['Mention Everyone', PermissionFlagsBits.MentionEveryone],
] as const

/** Discord's roles through its REST routes: a cache may be old, and money depends on the answer. */
export function createDiscordRoles(deps: {
  rest: REST
  botId: () => string
  canListMembers: () => boolean
  isTokenMended: () => Promise<boolean>
}): Roles {
  const { rest, botId, canListMembers, isTokenMended } = deps
  const ask = <Answer>(question: () => Promise<unknown>): Promise<Answer> =>
    // The edge where Discord's JSON comes in; its shape is the API's contract.
    question().then(
      answer => answer as Answer,
      (error: unknown) => {
        throw sorted(error, isTokenMended)
      },
    )

  const guildGone = (community: CommunityId, cause: unknown) =>
    new OperatorError(
      {
        id: community,
        what: [`The bot is not in the server ${groupOf(community)} any more.`],
        fix: ['Invite it again; members who paid keep their claim until then.'],
      },
      () =>
        ask(() => rest.get(Routes.guild(groupOf(community)))).then(
          () => 'perhaps',
          () => false,
        ),
      { cause },
    )

  const check: Roles['check'] = async (community, role) => {
    const guildId = groupOf(community)
    const [guild, roles, bot] = await Promise.all([
      ask<APIGuild>(() => rest.get(Routes.guild(guildId))),
      ask<APIRole[]>(() => rest.get(Routes.guildRoles(guildId))),
      ask<APIGuildMember>(() => rest.get(Routes.guildMember(guildId, botId()))),
    ]).catch(error => {
      if (
        isDiscordCode(
          error,
          discordCodes.unknownGuild,
          discordCodes.missingAccess,
          discordCodes.unknownMember,
        )
      )
        throw guildGone(community, error)
      throw error
    })
    return problemsOf({ community, role, guild, roles, bot })
  }

  const refused = async (community: CommunityId, role: RoleId, cause: unknown) => {
    const [problem] = await check(community, role)
    const unexplained: Problem = {
      id: `${community}:${role}`,
      what: text`Discord doesn't let the bot give ${roleMention(role)}.`,
      fix: text`Check that the bot has Manage Roles and that its own role stands above ${roleMention(role)}.`,
    }
    return new OperatorError(
      { ...(problem ?? unexplained), id: `${community}:${role}` },
      async () => (await check(community, role)).length === 0 && (problem ? true : 'perhaps'),
      { cause },
    )
  }

  const change = async (member: MemberId, role: RoleId, method: 'put' | 'delete') => {
    const community = communityOf(member)
    const route = Routes.guildMemberRole(groupOf(community), userOf(member), role)
    const reason = method === 'put' ? 'membership paid for' : 'membership ended'
    try {
      await ask(() => rest[method](route, { reason }))
      return 'done'
    } catch (error) {
      if (isDiscordCode(error, discordCodes.unknownMember, discordCodes.unknownUser)) return 'gone'
      // A role that no longer exists is held by nobody: nothing is left to take away.
      if (isDiscordCode(error, discordCodes.unknownRole) && method === 'delete') return 'done'
      if (isDiscordCode(error, discordCodes.unknownGuild, discordCodes.missingAccess))
        throw guildGone(community, error)
      if (isDiscordCode(error, discordCodes.missingPermissions, discordCodes.unknownRole))
        throw await refused(community, role, error)
      throw error
    }
  }

  return {
    check,
    grant: (member, role) => change(member, role, 'put'),
    revoke: (member, role) => change(member, role, 'delete'),
    async held(member) {
      const community = communityOf(member)
      try {
        const { roles } = await ask<APIGuildMember>(() =>
          rest.get(Routes.guildMember(groupOf(community), userOf(member))),
        )
        return roles
      } catch (error) {
        if (isDiscordCode(error, discordCodes.unknownMember, discordCodes.unknownUser)) return 'gone'
        if (isDiscordCode(error, discordCodes.unknownGuild, discordCodes.missingAccess))
          throw guildGone(community, error)
        throw error
      }
    },
    async *holders(community, role) {
      if (!canListMembers()) throw new Error('the Server Members intent is off, so members cannot be listed')
      let after = '0'
      for (;;) {
        const query = new URLSearchParams({ limit: String(pageSize), after })
        const page = await ask<APIGuildMember[]>(() =>
          rest.get(Routes.guildMembers(groupOf(community)), { query }),
        )
        for (const { user, roles } of page) if (roles.includes(role)) yield memberId(community, user.id)
        const last = page.at(-1)
        if (!last || page.length < pageSize) return
        after = last.user.id
      }
    },
    async warnings(community, role) {
      const roles = await ask<APIRole[]>(() => rest.get(Routes.guildRoles(groupOf(community))))
      const permissions = BigInt(roles.find(({ id }) => id === role)?.permissions ?? '0')
      const powers = moderatorPowers.filter(([, bit]) => (permissions & bit) !== 0n).map(([name]) => name)
      if (powers.length === 0) return []
      return [
        {
          id: `${community}:${role}#powers`,
          what: text`${roleMention(role)} can do more than a member should: ${bold(powers.join(', '))}. Everybody who pays would have that power.`,
          fix: text`Take those permissions from the role, or choose another one.`,
        },
      ]
    },
  }
}

function problemsOf(deps: {
  community: CommunityId
  role: RoleId
  guild: APIGuild
  roles: APIRole[]
  bot: APIGuildMember
}): Problem[] {
  const { community, role, guild, roles, bot } = deps
  const id = `${community}:${role}`
  const target = roles.find(each => each.id === role)
  if (role === guild.id)
    return [
      {
        id,
        what: ["@everyone can't be sold: everybody holds it."],
        fix: ['Make a role for your members and choose that.'],
      },
    ]
  if (!target)
    return [
      {
        id,
        what: text`The role ${roleMention(role)} was deleted.`,
        fix: text`Choose another one with /premium role.`,
      },
    ]
  if (target.managed)
    return [
      {
        id,
        what: text`${roleMention(role)} belongs to an integration, and only that can give it.`,
        fix: text`Make a role of your own and choose that.`,
      },
    ]
  const own = roles.filter(each => bot.roles.includes(each.id) || each.id === guild.id)
  const permissions = own.reduce((all, each) => all | BigInt(each.permissions), 0n)
  const problems: Problem[] = []
  if ((permissions & (PermissionFlagsBits.ManageRoles | PermissionFlagsBits.Administrator)) === 0n)
    problems.push({
      id,
      what: text`The bot lacks the permission Manage Roles.`,
      fix: text`Open Server Settings, Roles, the bot's role, and turn on Manage Roles.`,
    })
  if (!own.some(each => isAbove(each, target)))
    problems.push({
      id,
      what: text`${roleMention(role)} stands above the bot's own role, so the bot can't give it.`,
      fix: text`Open Server Settings, Roles, and move the bot's role above @${target.name}.`,
    })
  return problems
}

/** Whether one role stands above another; of two at one position the one with the lower id does. */
export const isAbove = (a: APIRole, b: APIRole): boolean =>
  a.position > b.position || (a.position === b.position && BigInt(a.id) < BigInt(b.id))
