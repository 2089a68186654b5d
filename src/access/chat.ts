import { OperatorError } from '../errors.ts'
import { type CommunityId, communityOf, type MemberId, platformOf, type RoleId } from '../member.ts'
import type { ChatPlatform } from '../platforms/platform.ts'
import type { Reply } from '../reply.ts'
import type { Gates } from './gates.ts'
import { allRoles, type CommunitySettings, type SettingsBook } from './settings.ts'

/** The chats' roles and log channels, asked only where nothing is known to be in the way. */
export interface Chat {
  held(member: MemberId, among: readonly RoleId[]): Promise<RoleId[] | 'gone'>
  grant(member: MemberId, role: RoleId): Promise<'done' | 'gone'>
  revoke(member: MemberId, role: RoleId): Promise<'done' | 'gone'>
  /** Writes into the community's log channel, if it has one. */
  post(community: CommunityId, reply: Reply): Promise<void>
  platform(of: `${string}:${string}`): ChatPlatform | undefined
}

/**
 * Puts every call to a platform's roles behind the gates of its platform, community and role: `discord`,
 * `discord:GUILD`, `discord:GUILD:ROLE`; and every notice behind those of its log channel.
 */
export function createChat(deps: {
  platforms: readonly ChatPlatform[]
  gates: Gates
  settings: SettingsBook
}): Chat {
  const { platforms, gates, settings } = deps
  const platform = (of: `${string}:${string}`) => platforms.find(({ name }) => name === platformOf(of))
  const rolesFor = (member: MemberId) => {
    const found = platform(member)
    if (!found) throw notConnected(member, platforms)
    return found.roles
  }

  /** Does something with a role or a channel. What nobody uses any more must not stay on the list of what is broken. */
  const use = async <Answer>(
    community: CommunityId,
    place: string,
    isUsed: (settings: CommunitySettings) => boolean,
    action: () => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof OperatorError) || !error.problem.id.startsWith(`${community}:${place}`))
        throw error
      const isMended = async () =>
        (await error.isMended()) || (!isUsed(await settings.of(community)) && 'perhaps')
      throw new OperatorError(error.problem, isMended, { cause: error })
    }
  }

  const change = (member: MemberId, role: RoleId, action: () => Promise<'done' | 'gone'>) => {
    const community = communityOf(member)
    return gates.pass([platformOf(member), community, `${community}:${role}`], () =>
      use(community, role, rules => allRoles(rules).includes(role), action),
    )
  }

  return {
    platform,
    held: (member, among) =>
      gates.pass([platformOf(member), communityOf(member)], () => rolesFor(member).held(member, among)),
    grant: (member, role) => change(member, role, () => rolesFor(member).grant(member, role)),
    revoke: (member, role) => change(member, role, () => rolesFor(member).revoke(member, role)),
    async post(community, reply) {
      const { logChannel } = await settings.of(community)
      if (!logChannel) return
      const write = async () => platform(community)?.post(community, logChannel, reply)
      // Its own gate alone: what else is closed is told here.
      await gates.pass([`${community}:${logChannel}`], () =>
        use(community, logChannel, rules => rules.logChannel === logChannel, write),
      )
    },
  }
}

// A store may know members of a platform that was turned off since: they wait, and lose nothing.
function notConnected(member: MemberId, platforms: readonly ChatPlatform[]): OperatorError {
  const name = platformOf(member)
  return new OperatorError(
    {
      id: name,
      what: [`The bot has members in ${name}, but ${name} is not set up.`],
      fix: [`Set ${name}'s variables again and restart the bot.`],
    },
    async () => platforms.some(platform => platform.name === name),
  )
}
