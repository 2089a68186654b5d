import { joinChannel, makeChannel } from './channels.ts'
import { makeUser } from './people.ts'
import type { Preferences, Team, World } from './world.ts'

/** Every scope the stand-in knows; an app has these unless told otherwise. */
export const ALL_SCOPES = [
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:history',
  'groups:read',
  'groups:write',
  'im:history',
  'im:read',
  'im:write',
  'team:read',
  'usergroups:read',
  'usergroups:write',
  'users:read',
]

/** How a workspace is at the start. */
export interface TeamOptions {
  name: string
  paid?: boolean
  /** Already installed there, with `botToken` valid; otherwise it takes OAuth or `install`. */
  installed?: boolean
  scopes?: string[]
  botToken?: string
  preferences?: Partial<Preferences>
}

/** A workspace with #general, Slackbot and the app's bot user (which is in no channel). */
export function makeTeam(world: World, options: TeamOptions): Team {
  const id = world.ids.make('T')
  const team: Team = {
    id,
    name: options.name,
    domain: options.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    paid: options.paid ?? true,
    botToken: options.botToken ?? newBotToken(world),
    botUserId: world.ids.make('U'),
    botId: world.ids.make('B'),
    installed: false,
    scopes: options.scopes ?? ALL_SCOPES,
    preferences: {
      userGroups: 'everyone',
      kickFromPublic: 'admins',
      kickFromPrivate: 'everyone',
      invite: 'everyone',
      inviteGuests: 'everyone',
      homeTab: true,
      ...options.preferences,
    },
    users: new Map(),
    channels: new Map(),
    usergroups: new Map(),
    homes: new Map(),
  }
  world.teams.set(id, team)
  makeUser(world, team, { id: 'USLACKBOT', name: 'slackbot', realName: 'Slackbot' })
  makeUser(world, team, { id: team.botUserId, name: 'velvetrope', realName: 'Velvet Rope', isBot: true })
  makeChannel(world, team, { name: 'general', isGeneral: true })
  if (options.installed) grantToken(world, team, team.botToken)
  return team
}

/** A token in Slack's form that nobody was given yet. */
export function newBotToken(world: World): string {
  return `xoxb-${world.ids.secret(6)}-${world.ids.secret(6)}-${world.ids.secret(12)}`
}

/** Makes a token valid and the app installed. */
export function grantToken(world: World, team: Team, token: string, scopes = team.scopes): void {
  team.botToken = token
  team.installed = true
  team.scopes = scopes
  world.tokens.set(token, { teamId: team.id, state: 'active' })
  world.happened({ type: 'team', teamId: team.id, id: team.id })
}

/** Takes the app out: its tokens die, its bot leaves, and it is told (docs.slack.dev/reference/events/app_uninstalled). */
export function uninstall(world: World, team: Team): void {
  if (!team.installed) return
  world.tell(team, { type: 'tokens_revoked', tokens: { oauth: [], bot: [team.botUserId] } })
  world.tell(team, { type: 'app_uninstalled' })
  team.installed = false
  for (const token of world.tokens.values()) if (token.teamId === team.id) token.state = 'inactive'
  for (const channel of team.channels.values())
    if (channel.kind !== 'im') channel.members.delete(team.botUserId)
  world.happened({ type: 'team', teamId: team.id, id: team.id })
}

/** Takes one token back; the app stays. */
export function revokeToken(world: World, team: Team, token = team.botToken): void {
  const known = world.tokens.get(token)
  if (known?.state !== 'active') return
  world.tell(team, { type: 'tokens_revoked', tokens: { oauth: [], bot: [team.botUserId] } })
  known.state = 'revoked'
  world.happened({ type: 'team', teamId: team.id, id: team.id })
}

/** Puts everybody who joins a workspace into #general, as Slack does. */
export function welcome(world: World, team: Team, userId: string): void {
  for (const channel of team.channels.values()) if (channel.isGeneral) joinChannel(world, channel, userId)
}
