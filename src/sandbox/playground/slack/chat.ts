import type { LoadedCommand } from '../../../command.ts'
import type { Message, SlackStandIn, Team, User } from '../../slack/index.ts'
import type { VelvetWorkspace } from '../../workspace.ts'
import type { PlaygroundChat } from '../chat.ts'
import type { Player } from '../view.ts'
import { actInSlack } from './acts.ts'
import { commandViews } from './commands.ts'
import { blockViews, messageView } from './messages.ts'
import type { DoorView, PersonView, SlackRoom } from './room.ts'

/** How many of a channel's messages the page shows. */
const shown = 100

/** The Slack stand-in as one of the page's chats; `commands` are those that its manifest declares. */
export function createSlackChat({
  slack,
  workspace,
  commands,
}: {
  slack: SlackStandIn
  workspace: VelvetWorkspace
  commands: readonly LoadedCommand[]
}): PlaygroundChat {
  const team = () => slack.teamById(workspace.team)
  const views = commandViews(commands)
  const players = [workspace.admin, ...workspace.members].map(id => ({
    id,
    key: slack.user(workspace.team, id).name,
    part: id === workspace.admin ? 'owner' : 'member',
  }))
  const nameOf = (id: string) => team().users.get(id)?.realName ?? 'Somebody'
  const playerOf = (key: string) => {
    const player = players.find(each => each.key === key) ?? players[0]
    if (!player) throw new Error('Nobody is here')
    return player
  }
  let hasRole = false

  return {
    name: 'slack',
    label: 'Slack',
    room(key): SlackRoom {
      const { id, key: known } = playerOf(key)
      const at = team()
      const viewer = slack.user(at.id, id)
      const view = (messages: Message[]) =>
        messages.slice(-shown).map(message => messageView(message, nameOf))
      const home = slack.home(at.id, id)
      return {
        chat: 'slack',
        workspace: { id: at.id, name: at.name, isPaid: at.paid },
        players: players.map(
          (player): Player => ({ key: player.key, name: nameOf(player.id), part: player.part }),
        ),
        viewer: { key: known, id, isPresent: !viewer.deleted, isOwner: viewer.isOwner },
        bot: { id: at.botUserId, name: nameOf(at.botUserId), isInstalled: at.installed },
        channels: [...at.channels.values()]
          .filter(({ kind, members }) => kind !== 'im' && members.has(id))
          .map(channel => ({
            id: channel.id,
            name: channel.name,
            isPrivate: channel.kind === 'private',
            isArchived: channel.isArchived,
            members: [...channel.members],
            messages: view(slack.messages(at.id, channel.id, id)),
          })),
        directMessages: view(slack.dms(at.id, id)),
        ...(home && { home: blockViews(home.blocks) }),
        people: peopleOf(at),
        doors: doorsOf(at),
        commands: views,
      }
    },
    act: (key, wanted) => actInSlack({ slack, team: workspace.team, user: playerOf(key).id }, wanted),
    nameOf(member) {
      const [platform, at, user] = member.split(':')
      return platform === 'slack' && at === workspace.team && user ? nameOf(user) : undefined
    },
    isRoleSet() {
      hasRole ||= slack.deliveries().some(({ kind, body, ack }) => {
        if (kind !== 'slash_commands' || ack?.failure !== undefined) return false
        const fields = new URLSearchParams(body)
        const isOwner = team().users.get(fields.get('user_id') ?? '')?.isAdmin === true
        return isOwner && fields.get('command') === '/premium' && /^role\s+\S/.test(fields.get('text') ?? '')
      })
      return hasRole
    },
    file(id) {
      const stored = [...team().channels.values()]
        .flatMap(({ messages }) => messages.flatMap(({ files }) => files))
        .find(file => file.id === id)
      return stored?.content && { name: stored.name, type: '', bytes: Buffer.from(stored.content) }
    },
    watch: changed =>
      slack.subscribe(({ type }) => !['request', 'event', 'delivery', 'socket'].includes(type) && changed()),
  }
}

/** Everybody but Slackbot: people by name, apps at the end. */
const peopleOf = ({ users }: Team): PersonView[] =>
  [...users.values()]
    .filter(({ id }) => id !== 'USLACKBOT')
    .map(user => ({
      id: user.id,
      name: user.realName,
      handle: user.name,
      part: partOf(user),
      isActive: !user.deleted,
    }))
    .sort((a, b) => Number(a.part === 'app') - Number(b.part === 'app') || a.name.localeCompare(b.name))

function partOf({ isBot, isOwner, isAdmin, guest }: User): PersonView['part'] {
  if (isBot) return 'app'
  if (isOwner) return 'owner'
  if (isAdmin) return 'admin'
  return guest ? 'guest' : 'member'
}

const doorsOf = ({ channels, usergroups }: Team): DoorView[] => [
  ...[...channels.values()]
    .filter(({ kind }) => kind === 'private')
    .map(
      ({ id, name, members }): DoorView => ({
        id,
        kind: 'channel',
        name: `#${name}`,
        members: [...members],
        isDisabled: false,
      }),
    ),
  ...[...usergroups.values()].map(
    ({ id, handle, users, disabled }): DoorView => ({
      id,
      kind: 'group',
      name: `@${handle}`,
      members: disabled ? [] : users,
      isDisabled: disabled,
    }),
  ),
]
