import { setTimeout as wait } from 'node:timers/promises'
import type { Installation } from '@slack/bolt'
import type { Router } from 'express'
import type { Logger } from 'pino'
import { type Problem, RetryLater } from '../../errors.ts'
import type { CommunityId } from '../../member.ts'
import type { ChatPlatform, PlatformEvents } from '../platform.ts'
import { createCarrier, type OAuthSettings } from './carrier.ts'
import { listenToChanges } from './changes.ts'
import { createChannels } from './channels.ts'
import { deadTokenCodes, isSlackError, scopeProblem, slackCode, sorted } from './errors.ts'
import { createGhosts } from './ghosts.ts'
import { createGroups } from './groups.ts'
import { createHome } from './home.ts'
import { createInstallations } from './installations.ts'
import { listenToPeople } from './interactions.ts'
import { botScopes } from './manifest.ts'
import type { Memory } from './memory.ts'
import { createNameBook } from './names.ts'
import { createPeople } from './people.ts'
import { createSlackPlaces } from './places.ts'
import { createRefusals } from './refusals.ts'
import { createResolver } from './resolver.ts'
import { createSlackRoles } from './roles.ts'
import { createSlackTalk } from './talk.ts'
import { createWorkspaces, type Tokens, type Workspaces } from './workspaces.ts'

const longestGoodbyeMs = 3_000

/** How the bot gets into Slack: by one workspace's token, or into any that installs it. */
export interface SlackSettings {
  signingSecret: string
  /** Socket Mode instead of HTTP. */
  appToken: string | undefined
  access: { botToken: string } | OAuthSettings
  apiBase: string | undefined
}

/** Slack, and what the web server serves for it. */
export interface Slack {
  platform: ChatPlatform
  routes: Router
}

/** Slack: one bot in one workspace, or in as many as install it. */
export function createSlack(
  deps: SlackSettings & {
    publicUrl: string
    /** What outlives a restart, by name. */
    memory: <Value>(name: string) => Memory<Value>
    log: Logger
  },
): Slack {
  const { access, apiBase, publicUrl, memory, log } = deps
  let heard: ReturnType<typeof listen> | undefined
  let own: string | undefined
  let state: ReturnType<ChatPlatform['health']> = 'starting'
  const installations = createInstallations({
    memory: memory<Installation>('slack-installations'),
    installUrl: `${publicUrl}/slack/install`,
    installed: community => heard?.installed(community),
  })
  const tokens = 'botToken' in access ? ownToken(access.botToken, () => own) : installations.tokens
  const workspaces = createWorkspaces({ tokens, apiBase, log })
  const people = createPeople({ workspaces })
  const refusals = createRefusals({ people })
  const deleted = memory<true>('slack-deleted-channels')
  const channels = createChannels({ workspaces, people, refusals, deleted })
  const ghosts = createGhosts({ memory: memory<string[]>('slack-ghosts') })
  const groups = createGroups({ workspaces, people, refusals, ghosts })
  const places = createSlackPlaces({ workspaces, people, groups })
  const resolver = createResolver({ workspaces, people, groups, places })
  const names = createNameBook({ workspaces, people, groups })
  const { installer } = installations
  const { write, sendFile, ...talk } = createSlackTalk({ workspaces, people, names, places, installer })

  const { app, routes, socket } = createCarrier({
    ...deps,
    oauth: 'clientId' in access ? { ...access, store: installations.store } : undefined,
    // Bolt asks before it acknowledges: nothing may be waited for here but the store.
    async authorize(team) {
      const botToken = await tokens.of(team)
      if (!botToken) throw new Error('the bot is not installed in that workspace')
      return { botToken }
    },
    isListening: () => state === 'connected',
  })

  const listen = (events: PlatformEvents) => {
    const home = createHome({ events, workspaces, people, names, talk: { write }, log })
    listenToChanges(app, { events, groups, deleted, workspaces, installations })
    return {
      ...listenToPeople(app, { events, people, resolver, names, home, talk: { write, sendFile }, log }),
      installed: (community: CommunityId) => events.communityChanged(community, 'added'),
    }
  }

  /** Learns whose token the settings hold. */
  const meet = async (token: string) => {
    try {
      own = (await workspaces.meet(token)).team
    } catch (error) {
      const why = sorted(error, { community: 'slack:', remedy: tokens.remedy, isMended: async () => false })
      if (why instanceof RetryLater) throw why
      throw new Error(`Slack refuses SLACK_BOT_TOKEN (${slackCode(error)}). ${tokens.remedy}`, {
        cause: error,
      })
    }
  }

  return {
    routes,
    platform: {
      ...talk,
      name: 'slack',
      roleWord: 'channel or group',
      roles: createSlackRoles({ people, channels, groups }),
      choices: places.choices,
      checkChannel: places.checkChannel,
      allWell: ['Slack is connected, and the app has every scope it needs.'],
      problems: async () => ('botToken' in access ? problemsOf(access.botToken, workspaces) : []),
      async start(events) {
        // A Slack that is down is asked again: what listens then listens already.
        heard ??= listen(events)
        if ('botToken' in access) await meet(access.botToken)
        await socket?.connect()
        if (state !== 'stopped') state = 'connected'
      },
      async stop() {
        state = 'stopped'
        await Promise.race([heard?.answered(), wait(longestGoodbyeMs, undefined, { ref: false })])
        await socket?.close()
      },
      health: () => (state === 'connected' && socket && !socket.isConnected() ? 'reconnecting' : state),
    },
  }
}

const ownTokenRemedy =
  'Copy a new token from api.slack.com/apps (your app, OAuth & Permissions) into SLACK_BOT_TOKEN and start the bot again.'

/** The one token of the settings, for the one workspace it is for, once that is known. */
const ownToken = (botToken: string, own: () => string | undefined): Tokens => ({
  of: async team => (own() === undefined || team === own() ? botToken : undefined),
  remedy: ownTokenRemedy,
})

async function problemsOf(botToken: string, { scopes }: Workspaces): Promise<Problem[]> {
  try {
    const granted = await scopes(botToken)
    const lacking = botScopes.filter(scope => !granted.includes(scope))
    return lacking.length ? [scopeProblem('slack', lacking)] : []
  } catch (error) {
    if (!isSlackError(error, ...deadTokenCodes)) throw error
    return [{ id: 'slack', what: ['Slack refuses SLACK_BOT_TOKEN.'], fix: [ownTokenRemedy] }]
  }
}
