import type { webApi } from '@slack/bolt'
import { memberId } from '../../member.ts'
import { channelMention, code, text } from '../../text.ts'
import type { ChatPlatform, Choice } from '../platform.ts'
import { isSlackError } from './errors.ts'
import type { Groups } from './groups.ts'
import type { People } from './people.ts'
import type { Workspaces } from './workspaces.ts'

const pageSize = 999

type Channel = NonNullable<webApi.UsersConversationsResponse['channels']>[number]

export interface SlackPlaces extends Pick<ChatPlatform, 'choices' | 'checkChannel'> {
  /** The channels the bot is in: what it could ever sell or write into. */
  channels(community: Parameters<ChatPlatform['choices']>[0]): Promise<Channel[]>
}

/** What a workspace has to choose from, and where the bot may write in it; read from Slack at each call. */
export function createSlackPlaces(deps: {
  workspaces: Workspaces
  people: People
  groups: Groups
}): SlackPlaces {
  const { workspaces, people, groups } = deps

  const channels: SlackPlaces['channels'] = async community => {
    const found: Channel[] = []
    let cursor = ''
    do {
      const page = await workspaces.ask(community, ({ client }) =>
        client.users.conversations({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: pageSize,
          ...(cursor && { cursor }),
        }),
      )
      found.push(...(page.channels ?? []))
      cursor = page.response_metadata?.next_cursor ?? ''
    } while (cursor)
    return found
  }

  return {
    channels,
    async choices(community) {
      const [inside, everyGroup] = await Promise.all([
        channels(community),
        // A free workspace has none, and says so by refusing.
        groups.list(community).catch(() => []),
      ])
      const named = inside.map(channel => ({
        id: channel.id ?? '',
        label: `#${channel.name}`,
        isSellable: Boolean(channel.is_private) && !channel.is_general,
      }))
      const sellable = named.map(
        ({ id, label, isSellable }): Choice => ({
          id,
          label,
          ...(!isSellable && { hint: 'public: everybody can join it' }),
        }),
      )
      const asGroups = everyGroup.map(
        ({ id, handle, isManaged }): Choice => ({
          id,
          label: `@${handle}`,
          ...(isManaged && { hint: 'kept up by your directory' }),
        }),
      )
      return {
        roles: [...sellable, ...asGroups].sort(usableFirst),
        channels: named.map(({ id, label }): Choice => ({ id, label })),
      }
    },
    async checkChannel(community, channel) {
      const found = await workspaces
        .ask(community, ({ client }) => client.conversations.info({ channel }))
        .catch((error: unknown) => {
          if (isSlackError(error, 'channel_not_found')) return undefined
          throw error
        })
      if (found?.channel?.is_member && !found.channel.is_archived) return []
      const { botUserId } = await workspaces.of(community)
      const bot = await people.recent(memberId(community, botUserId))
      return [
        {
          id: `${community}:${channel}`,
          what: text`The bot can't write into ${channelMention(channel)}.`,
          fix: text`Type ${code(`/invite @${bot === 'gone' ? 'Velvet Rope' : bot.name}`)} in ${channelMention(channel)}, or choose another channel with ${code('/premium log')}.`,
        },
      ]
    },
  }
}

const usableFirst = (a: Choice, b: Choice): number =>
  Number(a.hint !== undefined) - Number(b.hint !== undefined)
