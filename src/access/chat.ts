import { OperatorError } from '../errors.ts'
import { communityOf, type MemberId, platformOf, type RoleId } from '../member.ts'
import type { ChatPlatform } from '../platforms/platform.ts'
import type { Gates } from './gates.ts'
import { allRoles, type SettingsBook } from './settings.ts'

/** The chats' roles, asked only where nothing is known to be in the way. */
export interface Chat {
  held(member: MemberId, among: readonly RoleId[]): Promise<RoleId[] | 'gone'>
  grant(member: MemberId, role: RoleId): Promise<'done' | 'gone'>
  revoke(member: MemberId, role: RoleId): Promise<'done' | 'gone'>
  platform(of: `${string}:${string}`): ChatPlatform | undefined
}

/**
 * Puts every call to a platform's roles behind the gates of its platform, community and role: `discord`,
 * `discord:GUILD`, `discord:GUILD:ROLE`.
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

  const change = (member: MemberId, role: RoleId, action: () => Promise<'done' | 'gone'>) => {
    const community = communityOf(member)
    return gates.pass([platformOf(member), community, `${community}:${role}`], () =>
      action().catch((error: unknown) => {
        if (!(error instanceof OperatorError)) throw error
        // A role that nobody sells any more, say because it was deleted, must not keep its members waiting.
        const isMended = async () =>
          !allRoles(await settings.of(community)).includes(role) || error.isMended()
        throw new OperatorError(error.problem, isMended, { cause: error })
      }),
    )
  }

  return {
    platform,
    held: (member, among) =>
      gates.pass([platformOf(member), communityOf(member)], () => rolesFor(member).held(member, among)),
    grant: (member, role) => change(member, role, () => rolesFor(member).grant(member, role)),
    revoke: (member, role) => change(member, role, () => rolesFor(member).revoke(member, role)),
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
