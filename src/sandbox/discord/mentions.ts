import { type APIMessage, type APIUser, PermissionFlagsBits } from 'discord.js'
import { channelPermissions } from './permissions.ts'
import type { Guild, World } from './world.ts'

/** Whom a message may call, as the bot said; all kinds when it said nothing (docs.discord.com: "Allowed Mentions Object"). */
export interface AllowedMentions {
  parse?: string[]
  users?: string[]
  roles?: string[]
}

/** Whom these words call: the people, the roles, and whether everybody is. */
export function findMentions(
  world: World,
  guild: Guild | undefined,
  channelId: string,
  author: APIUser,
  content: string,
  allowed: AllowedMentions | undefined,
): Pick<APIMessage, 'mentions' | 'mention_roles' | 'mention_everyone'> {
  const parses = (kind: string) => allowed === undefined || (allowed.parse ?? []).includes(kind)
  const channel = guild?.channels.get(channelId)
  const member = guild?.members.get(author.id)
  const held = guild && channel && member ? channelPermissions(guild, channel, member) : 0n
  const callsAnyone = (held & PermissionFlagsBits.MentionEveryone) !== 0n
  const mentions: APIUser[] = []
  for (const id of idsIn(content, /<@!?(\d+)>/g)) {
    const user = id === world.bot.id ? world.bot : world.users.get(id)?.user
    if (user && (parses('users') || allowed?.users?.includes(id))) mentions.push(user)
  }
  const roles = idsIn(content, /<@&(\d+)>/g).filter(id => {
    const role = guild?.roles.get(id)
    return role && (role.mentionable || callsAnyone) && (parses('roles') || allowed?.roles?.includes(id))
  })
  return {
    mentions,
    mention_roles: roles,
    mention_everyone: callsAnyone && parses('everyone') && /@(everyone|here)/.test(content),
  }
}

function idsIn(content: string, pattern: RegExp): string[] {
  return [...new Set([...content.matchAll(pattern)].map(match => match[1] ?? ''))]
}
