import {
  type APIGuild,
  type APIGuildMember,
  type APIMessage,
  type APIRole,
  type APIUser,
  type REST,
  Routes,
} from 'discord.js'
import { OperatorError, type Problem } from '../../errors.ts'
import { type CommunityId, groupOf, memberId, userOf } from '../../member.ts'
import { channelMention, code, text } from '../../text.ts'
import type { ChatPlatform } from '../platform.ts'
import { discordCodes, isDiscordCode } from './errors.ts'
import type { RoleNames } from './interactions.ts'
import type { DiscordPlaces } from './places.ts'
import { renderDiscord } from './render.ts'

/** What the bot says of itself in Discord: direct messages, the log channel, the greeting; and how things are called there. */
export function createDiscordTalk(deps: {
  rest: REST
  ask: <Answer>(question: () => Promise<unknown>) => Promise<Answer>
  places: Pick<DiscordPlaces, 'front' | 'checkChannel'>
  /** A server's name, if the gateway has told it. */
  knownName: (guild: string) => string | undefined
}): Pick<ChatPlatform, 'tell' | 'post' | 'greet' | 'describe' | 'memberName'> & { roleNames: RoleNames } {
  const { rest, ask, places, knownName } = deps

  const roleNames: RoleNames = async community => {
    const found = await ask<APIRole[]>(() => rest.get(Routes.guildRoles(groupOf(community)))).catch(() => [])
    return (id: string) => found.find(role => role.id === id)?.name
  }

  const tell: ChatPlatform['tell'] = async (member, reply) => {
    const community: CommunityId = `discord:${groupOf(member)}`
    try {
      const recipient_id = userOf(member)
      const channel = await ask<{ id: string }>(() =>
        rest.post(Routes.userChannels(), { body: { recipient_id } }),
      )
      const body = renderDiscord(reply, { community, roleName: await roleNames(community) })
      await ask<APIMessage>(() => rest.post(Routes.channelMessages(channel.id), { body }))
      return 'done'
    } catch (error) {
      const { closedDms, noMutualServers, unknownUser } = discordCodes
      if (isDiscordCode(error, closedDms, noMutualServers, unknownUser)) return 'closed'
      throw error
    }
  }

  const post: ChatPlatform['post'] = async (community, channel, reply) => {
    try {
      await ask<APIMessage>(() => rest.post(Routes.channelMessages(channel), { body: renderDiscord(reply) }))
    } catch (error) {
      const isRefused = isDiscordCode(
        error,
        discordCodes.unknownChannel,
        discordCodes.missingAccess,
        discordCodes.missingPermissions,
      )
      if (!isRefused) throw error
      const check = () => places.checkChannel(community, channel)
      const [seen] = await check().catch(() => [])
      const unexplained: Problem = {
        id: `${community}:${channel}`,
        what: text`The bot can't write into ${channelMention(channel)}.`,
        fix: text`Let the bot see the channel and send messages there, or choose another one with ${code('/premium log')}.`,
      }
      const isMended = async () => (await check()).length === 0 && (seen ? true : 'perhaps')
      throw new OperatorError(seen ?? unexplained, isMended, { cause: error })
    }
  }

  return {
    tell,
    post,
    roleNames,
    async greet(community, reply) {
      const { channel, owner } = await places.front(community)
      if (!channel) {
        // In a direct message Discord says of nobody that they are an admin, so a button there would refuse its own owner.
        const { buttons: _, ...words } = reply
        return tell(memberId(community, owner), words)
      }
      await post(community, channel, reply)
      return 'done'
    },
    async describe(community) {
      const id = groupOf(community)
      const name = knownName(id) ?? (await ask<APIGuild>(() => rest.get(Routes.guild(id)))).name
      return { name, url: `https://discord.com/channels/${id}` }
    },
    async memberName(member) {
      try {
        const { nick, user } = await ask<APIGuildMember & { user: APIUser }>(() =>
          rest.get(Routes.guildMember(groupOf(member), userOf(member))),
        )
        return nick ?? user.global_name ?? user.username
      } catch {
        return userOf(member)
      }
    },
  }
}
