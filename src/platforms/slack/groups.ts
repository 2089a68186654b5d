import type { webApi } from '@slack/bolt'
import type { Problem } from '../../errors.ts'
import { type CommunityId, communityOf, type MemberId, memberId, type RoleId, userOf } from '../../member.ts'
import { code, roleMention, text } from '../../text.ts'
import { isSlackError, lackingScopes, scopeProblem } from './errors.ts'
import type { Ghosts } from './ghosts.ts'
import { createGroupWriter } from './group-writer.ts'
import type { People } from './people.ts'
import type { Refusals } from './refusals.ts'
import type { Workspaces } from './workspaces.ts'

// usergroups.list may be asked twenty times a minute (docs.slack.dev/apis/web-api/rate-limits); a burst of looks shares an answer.
const sharedMs = 3_000

/** A user group and who Slack lists in it; a disabled one opens nothing to anybody. */
export interface Group {
  id: string
  handle: string
  users: string[]
  isDisabled: boolean
  /** Kept up by Slack or a directory, not by people. */
  isManaged: boolean
}

/** User groups as paid roles, on paid workspaces. */
export interface Groups {
  held(member: MemberId, among: readonly RoleId[]): Promise<RoleId[]>
  holders(community: CommunityId, group: RoleId): AsyncIterable<MemberId>
  change(member: MemberId, group: RoleId, isIn: boolean): Promise<'done' | 'gone'>
  problems(community: CommunityId, group: RoleId): Promise<Problem[]>
  list(community: CommunityId): Promise<Group[]>
  /** Somebody else changed a group: what was read before counts no more. */
  changed(community: CommunityId): void
}

export function createGroups(deps: {
  workspaces: Workspaces
  people: People
  refusals: Refusals
  ghosts: Ghosts
}): Groups {
  const { workspaces, people, refusals, ghosts } = deps
  const shared = new Map<CommunityId, { at: number; groups: Promise<Group[]> }>()

  const ask = (community: CommunityId) =>
    workspaces.ask(community, ({ client }) =>
      client.usergroups.list({ include_disabled: true, include_users: true }),
    )
  const read = async (community: CommunityId): Promise<Group[]> =>
    ((await ask(community)).usergroups ?? []).map(groupOf)

  const list = (community: CommunityId): Promise<Group[]> => {
    const known = shared.get(community)
    if (known && performance.now() - known.at < sharedMs) return known.groups
    const groups = read(community)
    shared.set(community, { at: performance.now(), groups })
    groups.catch(() => shared.delete(community))
    return groups
  }

  // A list can't be empty, so a disabled group keeps the last who was taken out.
  const usersOf = async (community: CommunityId, group: Group): Promise<string[]> => {
    const gone = await ghosts.of(community, group)
    return group.isDisabled ? [] : group.users.filter(user => !gone.includes(user))
  }

  const problems: Groups['problems'] = async (community, role) => {
    const id = `${community}:${role}`
    try {
      const answer = await ask(community)
      const lacking = lackingScopes(answer, ['usergroups:write'])
      if (lacking.length) return [scopeProblem(id, lacking)]
      const group = answer.usergroups?.map(groupOf).find(each => each.id === role)
      if (!group)
        return [
          {
            id,
            what: text`There is no user group ${roleMention(role)} any more.`,
            fix: text`Choose another one with ${code('/premium role')}.`,
          },
        ]
      if (group.isManaged)
        return [
          {
            id,
            what: text`${roleMention(role)} is kept up by Slack or your directory, so the bot can't change who is in it.`,
            fix: text`Make a user group of your own, or a private channel, and choose that.`,
          },
        ]
      return []
    } catch (error) {
      if (isSlackError(error, 'plan_upgrade_required', 'paid_teams_only'))
        return [
          {
            id,
            what: text`This workspace is on Slack's free plan, which has no user groups.`,
            fix: text`Upgrade the workspace, or choose a private channel with ${code('/premium role')}.`,
          },
        ]
      throw error
    }
  }

  const write = createGroupWriter({
    workspaces,
    people,
    refusals,
    ghosts,
    problems,
    read: async (community, id) => {
      const groups = await read(community)
      shared.delete(community)
      return groups.find(each => each.id === id)
    },
  })

  return {
    list,
    problems,
    async held(member, among) {
      const community = communityOf(member)
      const groups = await list(community).catch((error: unknown) => {
        // Without user groups nobody is in one; giving one tells the admin what to do.
        if (isSlackError(error, 'plan_upgrade_required', 'paid_teams_only')) return []
        throw error
      })
      const held: RoleId[] = []
      for (const group of groups)
        if (among.includes(group.id) && (await usersOf(community, group)).includes(userOf(member)))
          held.push(group.id)
      return held
    },
    async *holders(community, role) {
      const group = (await list(community)).find(({ id }) => id === role)
      for (const user of group ? await usersOf(community, group) : []) yield memberId(community, user)
    },
    change: (member, role, isIn) => write(communityOf(member), role, { user: userOf(member), isIn }),
    changed: community => shared.delete(community),
  }
}

type Usergroup = NonNullable<webApi.UsergroupsListResponse['usergroups']>[number]

const groupOf = (group: Usergroup): Group => ({
  id: group.id ?? '',
  handle: group.handle ?? '',
  users: group.users ?? [],
  isDisabled: Boolean(group.date_delete),
  isManaged: Boolean(group.auto_provision || group.is_external),
})
