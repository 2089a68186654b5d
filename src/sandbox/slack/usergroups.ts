import { usergroupShape } from './shapes.ts'
import type { Team, UserGroup, World } from './world.ts'

/** A user group as it is made. */
export interface UserGroupOptions {
  handle: string
  name?: string
  description?: string
  users?: string[]
  disabled?: boolean
}

/** Makes a user group; the app hears `subteam_created`. */
export function makeUserGroup(world: World, team: Team, options: UserGroupOptions): UserGroup {
  const now = Math.floor(world.clock.now() / 1000)
  const group: UserGroup = {
    id: world.ids.make('S'),
    teamId: team.id,
    handle: options.handle,
    name: options.name ?? options.handle,
    description: options.description ?? '',
    users: [...(options.users ?? [])],
    disabled: options.disabled ?? false,
    created: now,
    updated: now,
  }
  team.usergroups.set(group.id, group)
  tellGroup(world, team, group, 'subteam_created')
  return group
}

/** Replaces who is in the group, and tells who came and who went. */
export function replaceGroupUsers(world: World, team: Team, group: UserGroup, users: string[]): void {
  const added = users.filter(id => !group.users.includes(id))
  const removed = group.users.filter(id => !users.includes(id))
  const before = group.updated
  group.users = [...users]
  touch(world, group)
  tellGroup(world, team, group, 'subteam_updated')
  if (added.length + removed.length === 0) return
  world.tell(team, {
    type: 'subteam_members_changed',
    subteam_id: group.id,
    team_id: team.id,
    date_previous_update: before,
    date_update: group.updated,
    added_users: added,
    added_users_count: added.length,
    removed_users: removed,
    removed_users_count: removed.length,
    event_ts: world.ids.ts(),
  })
}

/** Changes a group's name, handle, description or whether it is disabled. */
export function changeGroup(
  world: World,
  team: Team,
  group: UserGroup,
  change: Partial<Pick<UserGroup, 'name' | 'handle' | 'description' | 'disabled'>>,
): void {
  Object.assign(group, change)
  touch(world, group)
  tellGroup(world, team, group, 'subteam_updated')
}

function touch(world: World, group: UserGroup): void {
  group.updated = Math.floor(world.clock.now() / 1000)
}

function tellGroup(world: World, team: Team, group: UserGroup, type: string): void {
  world.happened({ type: 'usergroup', teamId: team.id, id: group.id })
  const subteam = usergroupShape(group, { users: true, count: true })
  world.tell(team, { type, subteam, event_ts: world.ids.ts() })
}
