import { loadCommands } from '../../src/commands.ts'
import { RetryLater } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import { type CommunityId, type MemberId, memberId, type RoleId, userOf } from '../../src/member.ts'
import { createDiscord } from '../../src/platforms/discord/discord.ts'
import type { ChatPlatform, PlatformEvents } from '../../src/platforms/platform.ts'
import { createSlack } from '../../src/platforms/slack/slack.ts'
import { createDiscordStandIn } from '../../src/sandbox/discord/index.ts'
import { createSlackStandIn, type SlackStandIn } from '../../src/sandbox/slack/index.ts'
import { addFakeMember, createFakePlatform, tooOften } from './fake-platform.ts'

/** A platform and the far end's hands, so that one suite can hold every platform to the port. */
export interface Rig {
  platform: ChatPlatform
  community: CommunityId
  /** Two roles that can be sold. */
  roles: [RoleId, RoleId]
  /** A channel the bot may write into. */
  channel: string
  newcomer(name: string): MemberId
  /** Nobody, by an id that could be somebody's. */
  stranger: MemberId
  /** Asked of the far end itself. */
  holds(member: MemberId, role: RoleId): boolean
  give(member: MemberId, role: RoleId): void
  leave(member: MemberId): void
  deleteRole(role: RoleId): void
  /** Lets the far end refuse to give this role until a person mends it. */
  breakRole(role: RoleId): void
  mendRole(role: RoleId): void
  /** The next request is answered so. */
  next(trouble: 'limit' | 'down' | 'cut'): void
  /** What the bot wrote to this member, as text. */
  told(member: MemberId): string
  written(channel: string): string
  close(): Promise<void>
}

/** How long a rig's far end asks to wait when it is asked too often. */
export const limitMs = 30_000

const silent = createLog('silent')
const deaf: PlatformEvents = {
  run: async () => ({}),
  complete: async () => [],
  memberChanged: () => undefined,
  communityChanged: () => undefined,
}

export const rigs: [name: string, make: () => Promise<Rig>][] = [
  ['in memory', fakeRig],
  ['in Discord', discordRig],
  ['in Slack, as private channels', () => slackRig('channels')],
  ['in Slack, as user groups', () => slackRig('groups')],
]

async function fakeRig(): Promise<Rig> {
  const community: CommunityId = 'fake:1'
  const fake = createFakePlatform(community, ['R1', 'R2'])
  await fake.start(deaf)
  const said = (to: string) => JSON.stringify(fake.told.filter(each => each.to === to))
  return {
    platform: fake,
    community,
    roles: ['R1', 'R2'],
    channel: 'general',
    newcomer: name => addFakeMember(fake, community, name),
    stranger: addFakeMember(fake, community, 'nobody', false),
    holds: (member, role) => fake.held.get(member)?.has(role) ?? false,
    give: (member, role) => fake.held.get(member)?.add(role),
    leave: member => fake.held.delete(member),
    deleteRole: role => {
      fake.sellable.delete(role)
      for (const roles of fake.held.values()) roles.delete(role)
    },
    breakRole: role => fake.broken.add(role),
    mendRole: role => fake.broken.delete(role),
    next: trouble => {
      fake.trouble = trouble === 'limit' ? tooOften(limitMs) : new RetryLater('down')
    },
    told: said,
    written: said,
    close: async () => undefined,
  }
}

async function discordRig(): Promise<Rig> {
  const discord = await createDiscordStandIn()
  const { id: guild, channels } = discord.addGuild({ name: 'The Lounge' })
  const roles: [RoleId, RoleId] = [
    discord.addRole(guild, { name: 'Premium' }).id,
    discord.addRole(guild, { name: 'Patron' }).id,
  ]
  discord.moveRole(guild, discord.botRole(guild).id, 3)
  const community: CommunityId = `discord:${guild}`
  const commands = await loadCommands()
  const platform = createDiscord({ token: discord.token, apiBase: discord.apiBase, commands, log: silent })
  await platform.start(deaf)
  const rolesOf = (member: MemberId) => discord.member(guild, userOf(member))?.roles ?? []
  return {
    platform,
    community,
    roles,
    channel: [...channels.keys()][0] ?? '',
    newcomer: name => memberId(community, discord.addMember(guild, { username: name }).user.id),
    stranger: memberId(community, '100000000000000001'),
    holds: (member, role) => rolesOf(member).includes(role),
    give: (member, role) => discord.setRoles(guild, userOf(member), [...rolesOf(member), role]),
    leave: member => discord.removeMember(guild, userOf(member)),
    deleteRole: role => discord.deleteRole(guild, role),
    breakRole: role => discord.moveRole(guild, role, 3),
    mendRole: () => discord.moveRole(guild, discord.botRole(guild).id, 3),
    next: trouble => {
      discord.faults.current = () => {
        discord.faults.current = undefined
        if (trouble === 'limit') return { rateLimit: { retryAfterSeconds: limitMs / 1000 } }
        return trouble === 'down' ? { status: 503 } : 'reset'
      }
    },
    told: member => JSON.stringify(discord.dms(userOf(member))),
    written: channel => JSON.stringify(discord.messages(channel)),
    async close() {
      await platform.stop()
      await discord.close()
    },
  }
}

async function slackRig(kind: 'channels' | 'groups'): Promise<Rig> {
  const slack = await createSlackStandIn({ team: { name: 'The Lounge' } })
  const team = slack.team.id
  const community: CommunityId = `slack:${team}`
  const owner = slack.addUser(team, { name: 'vera', owner: true }).id
  const channel = slack.addChannel(team, { name: 'log', members: [owner] }).id
  slack.inviteBot(team, channel)
  const { platform } = createSlack({
    access: { botToken: slack.botToken },
    signingSecret: slack.signingSecret,
    appToken: undefined,
    apiBase: slack.apiBase,
    publicUrl: 'https://bot.example',
    memory: inMemory(),
    log: silent,
  })
  await platform.start(deaf)
  return {
    platform,
    community,
    channel,
    ...(kind === 'channels' ? channelRoles(slack, owner) : groupRoles(slack)),
    newcomer: name => memberId(community, slack.addUser(team, { name }).id),
    stranger: memberId(community, 'U0NOBODY00'),
    leave: member => slack.deactivate(team, userOf(member)),
    next: trouble => {
      slack.faults.current = () => {
        slack.faults.current = undefined
        if (trouble === 'limit') return { rateLimit: { retryAfterSeconds: limitMs / 1000 } }
        return trouble === 'down' ? { status: 503 } : 'reset'
      }
    },
    told: member => JSON.stringify(slack.dms(team, userOf(member))),
    written: id => JSON.stringify(slack.messages(team, id)),
    async close() {
      await platform.stop()
      await slack.close()
    },
  }
}

type RoleHands = Pick<Rig, 'roles' | 'holds' | 'give' | 'deleteRole' | 'breakRole' | 'mendRole'>

function channelRoles(slack: SlackStandIn, owner: string): RoleHands {
  const team = slack.team.id
  const make = (name: string): RoleId => {
    const { id } = slack.addChannel(team, { name, private: true, members: [owner] })
    slack.inviteBot(team, id)
    return id
  }
  return {
    roles: [make('lounge'), make('attic')],
    holds: (member, role) => slack.teamById(team).channels.get(role)?.members.has(userOf(member)) ?? false,
    give: (member, role) => slack.joinChannel(team, role, userOf(member)),
    // A deleted channel is told by an event, which a rig without a web server doesn't hear: its bot was taken out first.
    deleteRole: role => slack.deleteChannel(team, role),
    breakRole: role => slack.removeBot(team, role),
    mendRole: role => slack.inviteBot(team, role),
  }
}

function groupRoles(slack: SlackStandIn): RoleHands {
  const team = slack.team.id
  const usersOf = (role: RoleId) => {
    const group = slack.teamById(team).usergroups.get(role)
    return group && !group.disabled ? group.users : []
  }
  return {
    roles: [
      slack.addUserGroup(team, { handle: 'supporters' }).id,
      slack.addUserGroup(team, { handle: 'patrons' }).id,
    ],
    holds: (member, role) => usersOf(role).includes(userOf(member)),
    give: (member, role) => slack.setUserGroup(team, role, { users: [...usersOf(role), userOf(member)] }),
    deleteRole: role => slack.team.usergroups.delete(role),
    breakRole: () => {
      slack.team.paid = false
    },
    mendRole: () => {
      slack.team.paid = true
    },
  }
}

/** What outlives a restart, for platforms that are not restarted. */
export function inMemory() {
  const maps = new Map<string, Map<string, unknown>>()
  return <Value>(name: string) => {
    const map = maps.get(name) ?? new Map<string, unknown>()
    maps.set(name, map)
    return {
      // What was put in comes out.
      get: async (key: string) => map.get(key) as Value | undefined,
      set: async (key: string, value: Value) => void map.set(key, value),
      delete: async (key: string) => void map.delete(key),
    }
  }
}
