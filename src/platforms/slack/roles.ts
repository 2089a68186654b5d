import type { CommunityId, RoleId } from '../../member.ts'
import { roleMention, text } from '../../text.ts'
import type { Roles } from '../platform.ts'
import type { Channels } from './channels.ts'
import type { Groups } from './groups.ts'
import type { People } from './people.ts'

/** Slack has no roles: a paid role is a private channel (its id starts with C or G) or a user group (S). */
export function createSlackRoles(deps: { people: People; channels: Channels; groups: Groups }): Roles {
  const { people, channels, groups } = deps
  const check: Roles['check'] = async (community: CommunityId, role: RoleId) => {
    if (isGroup(role)) return groups.problems(community, role)
    if (isChannel(role)) return channels.problems(community, role)
    return [
      {
        id: `${community}:${role}`,
        what: text`${roleMention(role)} is neither a channel nor a user group.`,
        fix: text`Choose a private channel or a user group.`,
      },
    ]
  }
  return {
    check,
    warnings: async () => [],
    async held(member, among) {
      if ((await people.of(member)) === 'gone') return 'gone'
      const [inChannels, inGroups] = await Promise.all([
        among.some(isChannel) ? channels.held(member, among) : [],
        among.some(isGroup) ? groups.held(member, among) : [],
      ])
      return [...inChannels, ...inGroups]
    },
    holders: (community, role) => (isGroup(role) ? groups : channels).holders(community, role),
    grant: (member, role) =>
      isGroup(role) ? groups.change(member, role, true) : channels.invite(member, role),
    revoke: (member, role) =>
      isGroup(role) ? groups.change(member, role, false) : channels.kick(member, role),
  }
}

const isGroup = (role: RoleId) => /^S[A-Z0-9]+$/.test(role)
const isChannel = (role: RoleId) => /^[CG][A-Z0-9]+$/.test(role)
