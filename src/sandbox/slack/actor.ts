import type { types } from '@slack/bolt'
import { type Ack, type Carrier, notSent } from './carrier.ts'
import { directChannel } from './channels.ts'
import { escapeText } from './escape.ts'
import type { Events } from './events.ts'
import { createInvocation, type Invocation } from './invocation.ts'
import { isObject, type JsonObject } from './json.ts'
import type { AppFeatures } from './manifest.ts'
import { postMessage } from './messages.ts'
import {
  actionOf,
  choiceOf,
  commandPayload,
  messageActionPayload,
  type Origin,
  viewActionPayload,
  viewSubmissionPayload,
} from './payloads.ts'
import type { ResponseUrls } from './response-url.ts'
import { viewShape } from './shapes.ts'
import type { Triggers } from './triggers.ts'
import type { Subscribe } from './waiting.ts'
import type { Channel, Message, Team, User, View, World } from './world.ts'

/** What a user does in Slack. */
export interface Actor {
  /** Types a slash command; `escape` overrides the app's "escape channels, users, and links". */
  command(line: string, options?: { escape?: boolean }): Promise<Invocation>
  /** Presses a button, found by its action id or by what stands on it; a link button tells the app too. */
  press(on: Message | View, actionIdOrLabel: string): Promise<Invocation>
  /** Chooses in a select menu (an option's value; a user's or channel's id) or fills in an input. */
  select(on: Message | View, actionId: string, value: string): Promise<Invocation>
  /** Sends a modal off, with values by action id. */
  submit(modal: View, values?: Record<string, string>): Promise<Invocation>
  /** Opens the app's Home tab: `app_home_opened`. */
  openHome(): Promise<Ack>
  /** Writes into the channel. */
  say(text: string): Message
}

/** What an actor needs of the stand-in. */
export interface ActorDeps {
  world: World
  carrier: Carrier
  events: Events
  responseUrls: ResponseUrls
  triggers: Triggers
  subscribe: Subscribe
  verificationToken: string
  subscriptions: Set<string>
  /** What the manifest declares; without one every command exists. */
  features: Pick<AppFeatures, 'commands' | 'interactivity'> | undefined
  escapeCommands: boolean
}

/** Somebody in a channel. */
export function createActor(deps: ActorDeps, team: Team, user: User, channel: Channel): Actor {
  const { world } = deps

  const origin = (): Origin => ({
    appId: world.appId,
    verificationToken: deps.verificationToken,
    team,
    user,
    triggerId: deps.triggers.make(team.id, user.id),
  })

  async function act(on: Message | View, element: Found, choice: JsonObject): Promise<Invocation> {
    const action = actionOf(element.element, element.blockId, world.ids.ts(), choice)
    if (isView(on)) {
      const payload = viewActionPayload(origin(), on, action)
      return createInvocation(deps, await send('interactive', payload), undefined)
    }
    const where = team.channels.get(on.channelId)
    if (!where || on.deleted) throw new Error(`message ${on.ts} is gone`)
    const to = deps.responseUrls.make({
      kind: 'actions',
      teamId: team.id,
      channelId: where.id,
      userId: user.id,
      original: on,
    })
    const payload = messageActionPayload(origin(), where, on, action, to.url)
    return createInvocation(deps, await send('interactive', payload), to)
  }

  async function send(kind: 'interactive' | 'slash_commands', payload: JsonObject): Promise<Ack> {
    if (user.deleted) throw new Error(`${user.name} is deactivated`)
    const isOff = kind === 'interactive' && deps.features?.interactivity === false
    if (!team.installed || isOff) return notSent('dispatch_failed')
    return deps.carrier.send({ kind, teamId: team.id, payload })
  }

  return {
    async command(line, options = {}) {
      const [, command = line, rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line.trim()) ?? []
      const declared = deps.features?.commands.get(command)
      if (deps.features && !declared) return createInvocation(deps, notSent('unknown_command'), undefined)
      const isEscaped = options.escape ?? declared?.escape ?? deps.escapeCommands
      const text = isEscaped ? escapeText(team, rest) : rest
      const to = deps.responseUrls.make({
        kind: 'commands',
        teamId: team.id,
        channelId: channel.id,
        userId: user.id,
        original: undefined,
      })
      const ack = await send('slash_commands', commandPayload(origin(), channel, command, text, to.url))
      return createInvocation(deps, ack, to, true)
    },
    press(on, wanted) {
      return act(on, findElement(on.blocks, wanted), {})
    },
    select(on, actionId, value) {
      const found = findElement(on.blocks, actionId)
      const choice = choiceOf(found.element, value)
      if (isView(on)) remember(on, found, choice)
      return act(on, found, choice)
    },
    async submit(modal, values = {}) {
      for (const [actionId, value] of Object.entries(values)) {
        const found = findElement(modal.blocks, actionId)
        remember(modal, found, choiceOf(found.element, value))
      }
      const ack = await send('interactive', viewSubmissionPayload(origin(), modal))
      return createInvocation(deps, ack, undefined)
    },
    async openHome() {
      const isHeard = team.installed && team.preferences.homeTab && deps.subscriptions.has('app_home_opened')
      if (!isHeard) return notSent('dispatch_failed')
      const view = team.homes.get(user.id)
      return deps.events.send(team, {
        type: 'app_home_opened',
        user: user.id,
        channel: directChannel(world, team, user.id).id,
        tab: 'home',
        ...(view ? { view: viewShape(view, team, world.appId) } : {}),
        event_ts: world.ids.ts(),
      })
    },
    say: text => postMessage(world, channel, { user: user.id }, { text }),
  }
}

interface Found {
  element: JsonObject
  blockId: string
}

/** The element with that action id, or else with that label. */
function findElement(blocks: types.KnownBlock[], wanted: string): Found {
  const all = blocks.flatMap(block => {
    const fields: JsonObject = { ...block }
    const inside = [
      fields.accessory,
      fields.element,
      ...(Array.isArray(fields.elements) ? fields.elements : []),
    ]
    return inside.filter(isObject).map(element => ({ element, blockId: String(fields.block_id) }))
  })
  const label = (element: JsonObject) => (isObject(element.text) ? element.text.text : undefined)
  const found =
    all.find(({ element }) => element.action_id === wanted) ??
    all.find(({ element }) => label(element) === wanted)
  if (found) return found
  const there = all.map(({ element }) => label(element) ?? element.action_id ?? element.type).join(', ')
  throw new Error(`nothing called "${wanted}" to press; there is: ${there || 'nothing'}`)
}

function remember(view: View, found: Found, choice: JsonObject): void {
  const values = view.state[found.blockId] ?? {}
  values[String(found.element.action_id)] = { type: found.element.type, ...choice }
  view.state[found.blockId] = values
}

function isView(on: Message | View): on is View {
  return 'hash' in on
}
