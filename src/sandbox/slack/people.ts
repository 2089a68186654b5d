import { userShape } from './shapes.ts'
import type { Team, User, World } from './world.ts'

/** Who somebody is; everything but the name may be left out. */
export interface UserOptions {
  name: string
  realName?: string
  owner?: boolean
  admin?: boolean
  guest?: 'single' | 'multi'
  locale?: string
}

interface NewUser {
  id?: string
  name: string
  realName?: string
  isOwner?: boolean
  isAdmin?: boolean
  guest?: 'single' | 'multi'
  isBot?: boolean
  locale?: string
}

/** Puts a user into the workspace without telling anybody. */
export function makeUser(world: World, team: Team, given: NewUser): User {
  const user: User = {
    id: given.id ?? world.ids.make('U'),
    teamId: team.id,
    name: given.name,
    realName: given.realName ?? given.name,
    isOwner: given.isOwner ?? false,
    isAdmin: given.isAdmin ?? given.isOwner ?? false,
    guest: given.guest,
    isBot: given.isBot ?? false,
    deleted: false,
    locale: given.locale ?? 'en-US',
    updated: Math.floor(world.clock.now() / 1000),
  }
  team.users.set(user.id, user)
  world.happened({ type: 'user', teamId: team.id, id: user.id })
  return user
}

/** Somebody joins the workspace: `team_join`. */
export function addUser(world: World, team: Team, options: UserOptions): User {
  const { owner, admin, ...rest } = options
  const isAdmin = admin ?? owner ?? false
  const user = makeUser(world, team, { ...rest, isOwner: owner ?? false, isAdmin })
  world.tell(team, { type: 'team_join', user: userShape(user), event_ts: world.ids.ts() })
  return user
}

/** Deactivates an account: it leaves every channel and group, and the app hears `user_change`. */
export function deactivate(world: World, team: Team, user: User): void {
  if (user.deleted) return
  user.deleted = true
  for (const channel of team.channels.values()) {
    if (channel.kind !== 'im' && channel.members.delete(user.id)) {
      world.happened({ type: 'channel', teamId: team.id, id: channel.id })
    }
  }
  for (const group of team.usergroups.values()) {
    if (!group.users.includes(user.id)) continue
    group.users = group.users.filter(id => id !== user.id)
    world.happened({ type: 'usergroup', teamId: team.id, id: group.id })
  }
  tellChange(world, team, user)
}

/** Brings a deactivated account back, without its channels. */
export function rejoin(world: World, team: Team, user: User): void {
  if (!user.deleted) return
  user.deleted = false
  tellChange(world, team, user)
}

/** Changes somebody's standing: owner, admin or guest. */
export function changeUser(
  world: World,
  team: Team,
  user: User,
  change: Partial<Pick<User, 'isOwner' | 'isAdmin' | 'guest' | 'locale' | 'name' | 'realName'>>,
): void {
  Object.assign(user, change)
  tellChange(world, team, user)
}

function tellChange(world: World, team: Team, user: User): void {
  user.updated = Math.floor(world.clock.now() / 1000)
  world.happened({ type: 'user', teamId: team.id, id: user.id })
  world.tell(team, {
    type: 'user_change',
    user: userShape(user),
    cache_ts: user.updated,
    event_ts: world.ids.ts(),
  })
}
