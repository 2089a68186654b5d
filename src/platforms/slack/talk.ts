import { OperatorError, type Problem } from '../../errors.ts'
import { type CommunityId, communityOf, type MemberId, memberId, userOf } from '../../member.ts'
import type { Reply } from '../../reply.ts'
import { channelMention, code, text } from '../../text.ts'
import type { ChatPlatform } from '../platform.ts'
import { isSlackError } from './errors.ts'
import type { NameBook } from './names.ts'
import type { People } from './people.ts'
import type { SlackPlaces } from './places.ts'
import { renderSlack, type SlackMessage } from './render.ts'
import type { Workspaces } from './workspaces.ts'

// What keeps a person from being written to.
const closedCodes = [
  'cannot_dm_bot',
  'channel_not_found',
  'messages_tab_disabled',
  'user_disabled',
  'user_not_found',
  'user_not_visible',
]

const unwritableCodes = [
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
  'restricted_action_read_only_channel',
]

export interface SlackTalk extends Pick<ChatPlatform, 'tell' | 'post' | 'greet' | 'describe' | 'memberName'> {
  /** Writes to one person what is rendered already; errors come as Slack gives them. */
  write(member: MemberId, message: SlackMessage): Promise<void>
  /** Puts a file into the direct messages with one person. */
  sendFile(member: MemberId, file: NonNullable<Reply['file']>): Promise<void>
}

/** What the bot says of itself in Slack: direct messages, the log channel, the greeting; and how things are called there. */
export function createSlackTalk(deps: {
  workspaces: Workspaces
  people: People
  names: NameBook
  places: Pick<SlackPlaces, 'checkChannel'>
  /** Who installed the app in a workspace, where that is known. */
  installer: (community: CommunityId) => Promise<string | undefined>
}): SlackTalk {
  const { workspaces, people, names, places, installer } = deps

  const writeTo = async (community: CommunityId, channel: string, { text: words, blocks }: SlackMessage) => {
    await workspaces.ask(community, ({ client }) =>
      client.chat.postMessage({
        channel,
        text: words,
        ...(blocks.length && { blocks }),
        unfurl_links: false,
        unfurl_media: false,
      }),
    )
  }
  const write: SlackTalk['write'] = (member, message) => writeTo(communityOf(member), userOf(member), message)

  const tell: ChatPlatform['tell'] = async (member, reply) => {
    try {
      await write(
        member,
        renderSlack(reply, { names: await names.of(communityOf(member), reply, 'private') }),
      )
      return 'done'
    } catch (error) {
      if (isSlackError(error, ...closedCodes)) return 'closed'
      throw error
    }
  }

  return {
    write,
    tell,
    async sendFile(member, { name, content }) {
      await workspaces.ask(communityOf(member), async ({ client }) => {
        const { channel } = await client.conversations.open({ users: userOf(member) })
        await client.filesUploadV2({ channel_id: channel?.id ?? '', filename: name, title: name, content })
      })
    },
    async post(community, channel, reply) {
      const message = renderSlack(reply, { names: await names.of(community, reply, 'channel') })
      try {
        await writeTo(community, channel, message)
      } catch (error) {
        if (!isSlackError(error, ...unwritableCodes)) throw error
        const check = () => places.checkChannel(community, channel)
        const [seen] = await check().catch(() => [])
        const unexplained: Problem = {
          id: `${community}:${channel}`,
          what: text`The bot can't write into ${channelMention(channel)}.`,
          fix: text`Invite the bot to the channel, or choose another one with ${code('/premium log')}.`,
        }
        const isMended = async () => (await check()).length === 0 && (seen ? true : 'perhaps')
        throw new OperatorError(seen ?? unexplained, isMended, { cause: error })
      }
    },
    async greet(community, reply) {
      const user = await installer(community)
      return user ? tell(memberId(community, user), reply) : 'closed'
    },
    async describe(community) {
      const { name, url } = await workspaces.of(community)
      return { name, url }
    },
    async memberName(member) {
      const person = await people.recent(member).catch(() => 'gone' as const)
      return person === 'gone' ? userOf(member) : person.name
    },
  }
}
