import * as channels from './channels.ts'
import * as people from './people.ts'
import * as teams from './teams.ts'
import * as usergroups from './usergroups.ts'
import {
  type Channel,
  type Message,
  type Team,
  teamOf,
  type User,
  type UserGroup,
  type View,
  type World,
} from './world.ts'

/** What people, owners and admins do in Slack itself; each of it tells the app as Slack would. */
export interface ByHand {
  /** A further workspace; the app is not installed there unless `installed` says so. */
  addTeam(options: teams.TeamOptions): Team
  /** Installs the app without a browser and gives its new bot token. */
  install(teamId: string, scopes?: string[]): string
  uninstall(teamId: string): void
  revokeToken(teamId: string, token?: string): void
  /** Somebody joins the workspace, and with it #general. */
  addUser(teamId: string, options: people.UserOptions): User
  changeUser(teamId: string, userId: string, change: Parameters<typeof people.changeUser>[3]): void
  deactivate(teamId: string, userId: string): void
  /** Brings a deactivated account back; it is in #general only. */
  rejoin(teamId: string, userId: string): void
  addChannel(teamId: string, options: channels.ChannelOptions): Channel
  joinChannel(teamId: string, channelId: string, userId: string): void
  /** Somebody leaves a channel, or with `actor` is removed from it. */
  leaveChannel(teamId: string, channelId: string, userId: string, actor?: string): void
  /** `/invite @velvetrope`. */
  inviteBot(teamId: string, channelId: string): void
  removeBot(teamId: string, channelId: string): void
  archiveChannel(teamId: string, channelId: string, archived?: boolean): void
  renameChannel(teamId: string, channelId: string, name: string): void
  deleteChannel(teamId: string, channelId: string): void
  addUserGroup(teamId: string, options: usergroups.UserGroupOptions): UserGroup
  setUserGroup(teamId: string, groupId: string, change: { users?: string[]; disabled?: boolean }): void
  teams(): Team[]
  teamById(teamId: string): Team
  user(teamId: string, userId: string): User
  channel(teamId: string, channelId: string): Channel
  usergroup(teamId: string, groupId: string): UserGroup
  /** A channel's messages, oldest first; with `seenBy` also those only that user sees, without it none of these. */
  messages(teamId: string, channelId: string, seenBy?: string): Message[]
  /** The conversation between the app and that user. */
  direct(teamId: string, userId: string): Channel
  /** What the app wrote to that user alone, oldest first. */
  dms(teamId: string, userId: string): Message[]
  /** The App Home last published to that user. */
  home(teamId: string, userId: string): View | undefined
  /** An open modal or a Home by its id. */
  view(viewId: string): View | undefined
  /** The modal opened last for that user. */
  modal(teamId: string, userId: string): View | undefined
}

/** The hands; `make` makes a workspace with the app's defaults. */
export function createByHand(world: World, make: (options: teams.TeamOptions) => Team): ByHand {
  const team = (id: string) => teamOf(world, id)
  const user = (teamId: string, id: string) => found(team(teamId).users.get(id), 'user', id)
  const channel = (teamId: string, id: string) => found(team(teamId).channels.get(id), 'channel', id)
  const usergroup = (teamId: string, id: string) => found(team(teamId).usergroups.get(id), 'user group', id)
  const join = (teamId: string, channelId: string, userId: string) =>
    channels.joinChannel(world, channel(teamId, channelId), user(teamId, userId).id)
  const leave = (teamId: string, channelId: string, userId: string, actor?: string) =>
    channels.leaveChannel(world, channel(teamId, channelId), userId, actor)
  const somebody = (at: Team) => [...at.users.values()].find(one => one.isOwner)?.id ?? 'USLACKBOT'

  return {
    addTeam: make,
    install(teamId, scopes) {
      const at = team(teamId)
      teams.grantToken(world, at, teams.newBotToken(world), scopes)
      return at.botToken
    },
    uninstall: teamId => teams.uninstall(world, team(teamId)),
    revokeToken: (teamId, token) => teams.revokeToken(world, team(teamId), token),
    addUser(teamId, options) {
      const joined = people.addUser(world, team(teamId), options)
      if (!joined.guest) teams.welcome(world, team(teamId), joined.id)
      return joined
    },
    changeUser: (teamId, userId, change) =>
      people.changeUser(world, team(teamId), user(teamId, userId), change),
    deactivate: (teamId, userId) => people.deactivate(world, team(teamId), user(teamId, userId)),
    rejoin(teamId, userId) {
      people.rejoin(world, team(teamId), user(teamId, userId))
      teams.welcome(world, team(teamId), userId)
    },
    addChannel: (teamId, options) => channels.makeChannel(world, team(teamId), options),
    joinChannel: join,
    leaveChannel: leave,
    inviteBot: (teamId, channelId) => join(teamId, channelId, team(teamId).botUserId),
    removeBot: (teamId, channelId) =>
      leave(teamId, channelId, team(teamId).botUserId, somebody(team(teamId))),
    archiveChannel: (teamId, channelId, archived) =>
      channels.archiveChannel(world, channel(teamId, channelId), somebody(team(teamId)), archived),
    renameChannel: (teamId, channelId, name) =>
      channels.renameChannel(world, channel(teamId, channelId), name),
    deleteChannel: (teamId, channelId) =>
      channels.deleteChannel(world, channel(teamId, channelId), somebody(team(teamId))),
    addUserGroup: (teamId, options) => usergroups.makeUserGroup(world, team(teamId), options),
    setUserGroup(teamId, groupId, { users, disabled }) {
      const group = usergroup(teamId, groupId)
      if (disabled !== undefined) usergroups.changeGroup(world, team(teamId), group, { disabled })
      if (users) usergroups.replaceGroupUsers(world, team(teamId), group, users)
    },
    teams: () => [...world.teams.values()],
    teamById: team,
    user,
    channel,
    usergroup,
    messages: (teamId, channelId, seenBy) =>
      channel(teamId, channelId).messages.filter(
        message => message.ephemeralTo === undefined || message.ephemeralTo === seenBy,
      ),
    direct: (teamId, userId) => channels.directChannel(world, team(teamId), user(teamId, userId).id),
    dms(teamId, userId) {
      const at = team(teamId)
      const direct = [...at.channels.values()].find(one => one.kind === 'im' && one.members.has(userId))
      return (direct?.messages ?? []).filter(message => message.user === at.botUserId)
    },
    home: (teamId, userId) => team(teamId).homes.get(userId),
    view: viewId => world.views.get(viewId),
    modal: (teamId, userId) =>
      [...world.views.values()].findLast(
        view => view.type === 'modal' && view.teamId === teamId && view.userId === userId,
      ),
  }
}

function found<T>(thing: T | undefined, what: string, id: string): T {
  if (thing === undefined) throw new Error(`no ${what} ${id}`)
  return thing
}
