import type { webApi } from '@slack/bolt'
import type { Problem } from '../../errors.ts'
import { type CommunityId, communityOf, type MemberId, memberId, type RoleId, userOf } from '../../member.ts'
import { code, roleMention, text } from '../../text.ts'
import { isSlackError, lackingScopes, scopeProblem } from './errors.ts'
import type { Memory } from './memory.ts'
import type { People } from './people.ts'
import type { Refusals } from './refusals.ts'
import type { Workspaces } from './workspaces.ts'

// docs.slack.dev/reference/methods/users.conversations: at most 999 at once.
const pageSize = 999

const guestCodes = [
  'user_is_restricted',
  'user_is_ultra_restricted',
  'ura_max_channels',
  'cant_invite_restricted',
  'not_allowed_for_ultra_restricted',
]

/** Private channels as paid roles: who pays is invited, who doesn't any more is removed. */
export interface Channels {
  held(member: MemberId, among: readonly RoleId[]): Promise<RoleId[]>
  holders(community: CommunityId, channel: RoleId): AsyncIterable<MemberId>
  invite(member: MemberId, channel: RoleId): Promise<'done' | 'gone'>
  kick(member: MemberId, channel: RoleId): Promise<'done' | 'gone'>
  problems(community: CommunityId, channel: RoleId): Promise<Problem[]>
}

export function createChannels(deps: {
  workspaces: Workspaces
  people: People
  refusals: Refusals
  /** Channels that Slack said were deleted: what is gone is held by nobody, and needs no taking away. */
  deleted: Memory<true>
}): Channels {
  const { workspaces, people, refusals, deleted } = deps
  const isDeleted = async (community: CommunityId, channel: RoleId) =>
    (await deleted.get(`${community}:${channel}`)) === true

  const problems: Channels['problems'] = async (community, channel) => {
    const id = `${community}:${channel}`
    if (await isDeleted(community, channel))
      return [
        {
          id,
          what: text`The channel ${roleMention(channel)} was deleted.`,
          fix: text`Choose another one with ${code('/premium role')}.`,
        },
      ]
    const { botUserId } = await workspaces.of(community)
    const bot = await people.recent(memberId(community, botUserId))
    const name = bot === 'gone' ? 'Velvet Rope' : bot.name
    try {
      const found = await workspaces.ask(community, ({ client }) => client.conversations.info({ channel }))
      const lacking = lackingScopes(found, ['groups:read', 'groups:write'])
      if (lacking.length) return [scopeProblem(id, lacking)]
      return problemsOf(id, channel, name, found.channel ?? {})
    } catch (error) {
      if (isSlackError(error, 'channel_not_found')) return [unseen(id, channel, name)]
      throw error
    }
  }

  return {
    problems,
    async held(member, among) {
      const community = communityOf(member)
      const held = new Set<RoleId>()
      let cursor = ''
      do {
        const page = await workspaces.ask(community, ({ client }) =>
          client.users.conversations({
            user: userOf(member),
            types: 'public_channel,private_channel',
            limit: pageSize,
            ...(cursor && { cursor }),
          }),
        )
        for (const { id } of page.channels ?? []) if (id) held.add(id)
        cursor = page.response_metadata?.next_cursor ?? ''
      } while (cursor)
      return among.filter(channel => held.has(channel))
    },
    async *holders(community, channel) {
      if (await isDeleted(community, channel)) return
      const { botUserId } = await workspaces.of(community)
      let cursor = ''
      do {
        const page = await workspaces
          .ask(community, ({ client }) =>
            client.conversations.members({ channel, limit: pageSize, ...(cursor && { cursor }) }),
          )
          .catch(async (error: unknown) => {
            throw await refusals.explain(community, channel, error, problems)
          })
        for (const user of page.members ?? []) if (user !== botUserId) yield memberId(community, user)
        cursor = page.response_metadata?.next_cursor ?? ''
      } while (cursor)
    },
    async invite(member, channel) {
      const community = communityOf(member)
      try {
        await workspaces.ask(community, ({ client }) =>
          client.conversations.invite({ channel, users: userOf(member) }),
        )
        return 'done'
      } catch (error) {
        if (isSlackError(error, 'already_in_channel')) return 'done'
        if (isSlackError(error, 'user_not_found')) return 'gone'
        if (isSlackError(error, 'cant_invite') && (await people.of(member)) === 'gone') return 'gone'
        if (isSlackError(error, ...guestCodes)) throw refusals.guest(member, channel, error)
        throw await refusals.explain(community, channel, error, problems)
      }
    },
    async kick(member, channel) {
      const community = communityOf(member)
      if (await isDeleted(community, channel)) return 'done'
      try {
        await workspaces.ask(community, ({ client }) =>
          client.conversations.kick({ channel, user: userOf(member) }),
        )
        return 'done'
      } catch (error) {
        if (isSlackError(error, 'user_not_found')) return 'gone'
        // Slack has one word for "they aren't in it" and "the bot isn't in it".
        if (isSlackError(error, 'not_in_channel') && (await problems(community, channel)).length === 0)
          return 'done'
        throw await refusals.explain(community, channel, error, problems)
      }
    },
  }
}

type Channel = NonNullable<webApi.ConversationsInfoResponse['channel']>

function problemsOf(id: string, channel: RoleId, bot: string, found: Channel): Problem[] {
  const it = roleMention(channel)
  if (found.is_im || found.is_mpim)
    return [
      { id, what: text`A direct message can't be sold.`, fix: text`Make a private channel and choose that.` },
    ]
  if (found.is_general)
    return [
      {
        id,
        what: text`${it} can't be sold: everybody in the workspace is in it.`,
        fix: text`Make a private channel for your members and choose that.`,
      },
    ]
  if (found.is_archived)
    return [
      {
        id,
        what: text`${it} is archived, so nobody can be let in.`,
        fix: text`Unarchive it, or choose another channel with ${code('/premium role')}.`,
      },
    ]
  if (!found.is_private)
    return [
      {
        id,
        what: text`${it} is public: everybody can join it without paying.`,
        fix: text`Make it private (channel settings, Change to a private channel), or choose another one.`,
      },
    ]
  return found.is_member ? [] : [unseen(id, channel, bot)]
}

const unseen = (id: string, channel: RoleId, bot: string): Problem => ({
  id,
  what: text`The bot is not in ${roleMention(channel)}, so it can neither let members in nor take them out.`,
  fix: text`Type ${code(`/invite @${bot}`)} in ${roleMention(channel)}. If the channel was deleted, choose another one with ${code('/premium role')}.`,
})
