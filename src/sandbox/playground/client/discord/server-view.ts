import type { DiscordRoom, MemberView, RoleView } from '../../discord/room.ts'
import { avatar } from '../avatar.ts'
import { createSlot, h, withColor } from '../dom.ts'
import { icon } from '../icons.ts'
import type { State } from '../state.ts'
import type { Unread } from '../unread.ts'

/** What the server's side can start. */
export interface ServerActions {
  open(channel: string): void
  profile(member: string): void
  settings(): void
  join(member: string): void
}

/** The server: its channels, and who is there with which roles. */
export function createServerView(actions: ServerActions) {
  const element = h('aside', { class: 'server', id: 'server' })
  const slot = createSlot(element)
  let seen = new Map<string, string[]>()

  return {
    element,
    draw(state: State, room: DiscordRoom, unread: Unread) {
      const places = [
        ...room.channels.map(({ id, name, isPrivate, messages }) => ({
          id,
          name,
          mark: isPrivate ? ('lock' as const) : ('hash' as const),
          count: unread.count(`${state.player}/${id}`, messages),
        })),
      ]
      const direct = unread.count(`${state.player}/dm`, room.directMessages)
      const fresh = arrivals(room.members)
      const from = [
        room.server,
        room.viewer,
        room.roles,
        room.members,
        room.away,
        room.bot,
        places,
        direct,
        state.channel,
      ]
      slot(from, () => [
        h(
          'div',
          { class: 'server-head' },
          h('h2', {}, room.server.name),
          room.viewer.isAdmin &&
            h(
              'button',
              {
                type: 'button',
                class: 'quiet',
                'data-key': 'settings',
                'aria-label': 'Roles',
                title: 'Roles',
                onClick: actions.settings,
              },
              icon('roles'),
            ),
        ),
        h(
          'nav',
          { class: 'channels', 'aria-label': 'Channels' },
          h('h3', {}, 'Channels'),
          places.map(place => channelButton(place, state.channel, actions.open)),
          h('h3', {}, 'Direct messages'),
          channelButton(
            { id: 'dm', name: room.bot.name, mark: 'at', count: direct },
            state.channel,
            actions.open,
          ),
        ),
        h(
          'section',
          { class: 'members', 'aria-label': 'Members' },
          groups(room).map(group => groupElement(group, room, fresh, actions)),
        ),
        room.away.length > 0 &&
          h(
            'section',
            { class: 'members', 'aria-label': 'Not in the server' },
            h('h3', {}, `Left — ${room.away.length}`),
            room.away.map(({ id, name }) =>
              h(
                'div',
                { class: 'member gone' },
                h('img', { src: avatar(name), alt: '', width: 32, height: 32 }),
                h('span', { class: 'member-name' }, name),
                h(
                  'button',
                  {
                    type: 'button',
                    class: 'quiet',
                    'data-key': `join-${id}`,
                    onClick: () => actions.join(id),
                  },
                  'Rejoin',
                ),
              ),
            ),
          ),
      ])
    },
  }

  // Roles that were not there the last time are shown arriving.
  function arrivals(members: MemberView[]): Set<string> {
    const fresh = new Set<string>()
    for (const { id, roles } of members)
      for (const role of roles) if (seen.has(id) && !seen.get(id)?.includes(role)) fresh.add(`${id}/${role}`)
    seen = new Map(members.map(({ id, roles }) => [id, roles]))
    return fresh
  }
}

function channelButton(
  { id, name, mark, count }: { id: string; name: string; mark: 'hash' | 'lock' | 'at'; count: number },
  open: string,
  act: (id: string) => void,
): HTMLElement {
  const isUnread = count > 0 && id !== open
  return h(
    'button',
    {
      type: 'button',
      class: isUnread ? 'channel unread' : 'channel',
      'aria-current': id === open ? 'page' : undefined,
      'data-key': `channel-${id}`,
      onClick: () => act(id),
    },
    icon(mark),
    h('span', { class: 'channel-name' }, name),
    isUnread && h('span', { class: 'badge' }, count, h('span', { class: 'visually-hidden' }, ' unread')),
  )
}

interface Group {
  title: string
  color: string
  members: MemberView[]
}

/** As Discord lists them: under their highest role that is shown apart, then everybody else. */
function groups({ roles, members }: DiscordRoom): Group[] {
  const apart = roles.filter(({ isHoisted }) => isHoisted)
  const top = ({ roles: held }: MemberView) => apart.find(({ id }) => held.includes(id))?.id
  const found: Group[] = apart.map(({ id, name, color }) => ({
    title: name,
    color,
    members: members.filter(member => top(member) === id),
  }))
  found.push({ title: 'Online', color: '', members: members.filter(member => top(member) === undefined) })
  return found.filter(group => group.members.length > 0)
}

function groupElement(
  group: Group,
  room: DiscordRoom,
  fresh: Set<string>,
  { profile }: ServerActions,
): HTMLElement {
  return h(
    'div',
    { class: 'group', 'data-group': group.title },
    h('h3', {}, `${group.title} — ${group.members.length}`),
    group.members.map(member =>
      h(
        'button',
        {
          type: 'button',
          class: 'member',
          'data-key': `member-${member.id}`,
          'data-member': member.username,
          'aria-haspopup': 'dialog',
          onClick: () => profile(member.id),
        },
        h('img', { src: avatar(member.name, member.isBot), alt: '', width: 32, height: 32 }),
        h(
          'span',
          { class: 'member-text' },
          withColor(
            h(
              'span',
              { class: 'member-name' },
              member.name,
              member.isBot && h('span', { class: 'app-tag' }, 'App'),
            ),
            member.color,
          ),
          h(
            'span',
            { class: 'member-roles' },
            rolesOf(member, room.roles).map(role => rolePill(role, fresh.has(`${member.id}/${role.id}`))),
          ),
        ),
      ),
    ),
  )
}

const rolesOf = ({ roles: held }: MemberView, roles: RoleView[]) =>
  roles.filter(({ id, isManaged }) => held.includes(id) && !isManaged)

const rolePill = ({ name, color }: RoleView, isFresh: boolean) =>
  withColor(h('span', { class: isFresh ? 'role fresh' : 'role' }, name), color)
