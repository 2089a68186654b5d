/** A Discord server or a Slack workspace: `discord:GUILD`, `slack:TEAM`. */
export type CommunityId = `${string}:${string}`

/** One person in one community: `discord:GUILD:USER`, `slack:TEAM:USER`. */
export type MemberId = `${string}:${string}:${string}`

/** What a paid role is in its platform: a Discord role, a Slack channel or user group, by its platform's id. */
export type RoleId = string

const memberPattern = /^([a-z]{2,16}):([A-Za-z0-9]{1,32}):([A-Za-z0-9]{1,32})$/

/** Names the person `user` in `community`. */
export const memberId = (community: CommunityId, user: string): MemberId => `${community}:${user}`

/** Takes a member's name apart; `undefined` for anything that isn't one, such as metadata edited by hand. */
export function parseMember(
  name: string | null | undefined,
): { member: MemberId; platform: string; community: CommunityId; user: string } | undefined {
  const [, platform, group, user] = memberPattern.exec(name ?? '') ?? []
  if (!platform || !group || !user) return undefined
  const community: CommunityId = `${platform}:${group}`
  return { member: memberId(community, user), platform, community, user }
}

/** The community a member is in. */
export function communityOf(member: MemberId): CommunityId {
  const [platform = '', group = ''] = member.split(':')
  return `${platform}:${group}`
}

/** The platform's name in front of a community or a member. */
export const platformOf = (id: CommunityId | MemberId): string => id.split(':')[0] ?? ''

/** The platform's own id of a community. */
export const groupOf = (id: CommunityId | MemberId): string => id.split(':')[1] ?? ''

/** The platform's own id of a member. */
export const userOf = (member: MemberId): string => member.split(':')[2] ?? ''
