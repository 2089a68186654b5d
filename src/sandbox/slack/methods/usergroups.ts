import { refuse, refuseArguments } from '../refusal.ts'
import { usergroupShape } from '../shapes.ts'
import { changeGroup, makeUserGroup, replaceGroupUsers } from '../usergroups.ts'
import type { Team, UserGroup } from '../world.ts'
import type { Call, Methods } from './method.ts'

const READ = ['usergroups:read']
const WRITE = ['usergroups:write']

/** User groups: docs.slack.dev/reference/methods, usergroups.* */
export const usergroupMethods: Methods = {
  'usergroups.list': {
    scopes: READ,
    tier: 2,
    run({ team, args }) {
      needPaid(team)
      const include = { users: args.flag('include_users'), count: args.flag('include_count') }
      const groups = [...team.usergroups.values()].filter(
        group => !group.disabled || args.flag('include_disabled'),
      )
      return { usergroups: groups.map(group => usergroupShape(group, include)) }
    },
  },
  'usergroups.create': {
    scopes: WRITE,
    tier: 2,
    run({ world, team, args }) {
      if (!team.paid) return refuse('paid_teams_only')
      needRight(team)
      const name = args.text('name') ?? refuse('missing_subteam_name')
      const handle = args.text('handle') ?? name.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-')
      refuseTaken(team, name, handle)
      const description = args.text('description') ?? ''
      return {
        usergroup: usergroupShape(makeUserGroup(world, team, { name, handle, description }), { users: true }),
      }
    },
  },
  'usergroups.update': {
    scopes: WRITE,
    tier: 2,
    run(call) {
      const group = changeable(call)
      const name = call.args.text('name') ?? group.name
      const handle = call.args.text('handle') ?? group.handle
      refuseTaken(call.team, name, handle, group)
      const description = call.args.text('description') ?? group.description
      changeGroup(call.world, call.team, group, { name, handle, description })
      return { usergroup: usergroupShape(group, { users: true }) }
    },
  },
  'usergroups.enable': { scopes: WRITE, tier: 2, run: call => setDisabled(call, false) },
  'usergroups.disable': { scopes: WRITE, tier: 2, run: call => setDisabled(call, true) },
  'usergroups.users.list': {
    scopes: READ,
    tier: 2,
    run(call) {
      needPaid(call.team)
      const group = namedGroup(call)
      if (group.disabled && !call.args.flag('include_disabled')) return refuse('no_such_subteam')
      return { users: [...group.users] }
    },
  },
  'usergroups.users.update': {
    scopes: WRITE,
    tier: 2,
    run(call) {
      const group = changeable(call)
      const ids = [...new Set(call.args.list('users'))]
      if (ids.length === 0) return refuse('no_users_provided')
      if (group.disabled) return refuse('no_such_subteam')
      for (const id of ids) {
        const user = call.team.users.get(id)
        if (user?.guest === 'single') return refuse('single_channel_guests_cannot_be_added')
        if (!user || user.deleted || user.isBot || user.guest) return refuse('invalid_users')
      }
      replaceGroupUsers(call.world, call.team, group, ids)
      return { usergroup: usergroupShape(group, { users: true, count: true }) }
    },
  },
}

function setDisabled(call: Call, disabled: boolean) {
  const group = changeable(call)
  changeGroup(call.world, call.team, group, { disabled })
  return { usergroup: usergroupShape(group, { users: true, count: call.args.flag('include_count') }) }
}

function changeable(call: Call): UserGroup {
  needPaid(call.team)
  needRight(call.team)
  return namedGroup(call)
}

function namedGroup(call: Call): UserGroup {
  const id = call.args.text('usergroup')
  if (!id) return refuseArguments(['missing required field: usergroup'], 'missing_argument')
  return call.team.usergroups.get(id) ?? refuse('no_such_subteam')
}

function needPaid(team: Team): void {
  if (!team.paid) refuse('plan_upgrade_required')
}

/** Only with "everyone" as the workspace's setting may a bot token manage groups. */
function needRight(team: Team): void {
  if (team.preferences.userGroups === 'admins') refuse('permission_denied')
}

function refuseTaken(team: Team, name: string, handle: string, own?: UserGroup): void {
  for (const group of team.usergroups.values()) {
    if (group === own) continue
    if (group.name === name) refuse('name_already_exists')
    if (group.handle === handle) refuse('handle_already_exists')
  }
  const isTaken =
    [...team.users.values()].some(user => user.name === handle) ||
    [...team.channels.values()].some(channel => channel.kind !== 'im' && channel.name === handle)
  if (isTaken) refuse('handle_already_exists')
}
