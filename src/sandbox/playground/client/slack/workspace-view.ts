import type { PersonView, SlackRoom } from '../../slack/room.ts'
import { avatar } from '../avatar.ts'
import { createSlot, h } from '../dom.ts'
import { icon } from '../icons.ts'
import type { State } from '../state.ts'
import type { Unread } from '../unread.ts'

/** What the workspace's side can start. */
export interface WorkspaceActions {
  open(place: string): void
  profile(person: string): void
  settings(): void
}

/** The workspace: the channels one is in, the app, and who else is there. */
export function createWorkspaceView(actions: WorkspaceActions) {
  const element = h('aside', { class: 'server slack', id: 'server', 'aria-label': 'Workspace' })
  const slot = createSlot(element)
  let seen = new Map<string, Set<string>>()
  let fresh = new Set<string>()

  return {
    element,
    draw(state: State, room: SlackRoom, unread: Unread) {
      const open = state.channel === 'home' ? 'dm' : state.channel
      const places = room.channels.map(({ id, name, isPrivate, messages }) => ({
        id,
        name,
        mark: isPrivate ? ('lock' as const) : ('hash' as const),
        count: unread.count(`${state.player}/${id}`, messages),
      }))
      const app = {
        id: 'dm',
        name: room.bot.name,
        count: unread.count(`${state.player}/dm`, room.directMessages),
      }
      arrive(room)
      slot([room.workspace, room.viewer, room.people, room.doors, places, app, open], () => [
        h(
          'div',
          { class: 'server-head' },
          h('h2', {}, room.workspace.name),
          room.viewer.isOwner &&
            h(
              'button',
              {
                type: 'button',
                class: 'quiet',
                'data-key': 'settings',
                'aria-label': 'Workspace settings',
                title: 'Workspace settings',
                onClick: actions.settings,
              },
              icon('roles'),
            ),
        ),
        h(
          'nav',
          { class: 'channels', 'aria-label': 'Channels' },
          h('h3', {}, 'Channels'),
          places.map(place =>
            placeButton(
              place,
              open,
              icon(place.mark),
              fresh.has(`${room.viewer.id}/${place.id}`),
              actions.open,
            ),
          ),
          h('h3', {}, 'Apps'),
          placeButton(
            app,
            open,
            h('img', { src: avatar(app.name, true), alt: '', width: 20, height: 20 }),
            false,
            actions.open,
          ),
        ),
        h(
          'section',
          { class: 'members', 'aria-label': 'People' },
          h('h3', {}, `People — ${room.people.length}`),
          room.people.map(person => personElement(person, room, fresh, actions)),
        ),
      ])
    },
  }

  // Doors that somebody came through since the last time are shown opening.
  function arrive({ doors }: SlackRoom): void {
    const now = new Map(doors.map(({ id, members }) => [id, new Set(members)]))
    for (const [door, members] of now)
      for (const member of members) if (seen.get(door)?.has(member) === false) fresh.add(`${member}/${door}`)
    for (const each of fresh) {
      const [member = '', door = ''] = each.split('/')
      if (!now.get(door)?.has(member)) fresh.delete(each)
    }
    if (fresh.size > 0) window.setTimeout(() => (fresh = new Set()), 4000)
    seen = now
  }
}

function placeButton(
  { id, name, count }: { id: string; name: string; count: number },
  open: string,
  mark: Element,
  isFresh: boolean,
  act: (id: string) => void,
): HTMLElement {
  const isUnread = count > 0 && id !== open
  return h(
    'button',
    {
      type: 'button',
      class: ['channel', isUnread && 'unread', isFresh && 'fresh'].filter(Boolean).join(' '),
      'aria-current': id === open ? 'page' : undefined,
      'data-key': `channel-${id}`,
      onClick: () => act(id),
    },
    mark,
    h('span', { class: 'channel-name' }, name),
    isUnread && h('span', { class: 'badge' }, count, h('span', { class: 'visually-hidden' }, ' unread')),
  )
}

function personElement(
  person: PersonView,
  { doors, viewer }: SlackRoom,
  fresh: Set<string>,
  { profile }: WorkspaceActions,
): HTMLElement {
  const { id, name, handle, part, isActive } = person
  const behind = doors.filter(({ members }) => members.includes(id))
  return h(
    'button',
    {
      type: 'button',
      class: isActive ? 'member' : 'member gone',
      'data-key': `member-${id}`,
      'data-member': handle,
      'aria-haspopup': 'dialog',
      onClick: () => profile(id),
    },
    h('img', { src: avatar(name, part === 'app'), alt: '', width: 28, height: 28 }),
    h(
      'span',
      { class: 'member-text' },
      h(
        'span',
        { class: 'member-name' },
        name,
        id === viewer.id && h('span', { class: 'sl-part' }, ' you'),
        part === 'app' && h('span', { class: 'sl-app' }, 'APP'),
        (part === 'owner' || part === 'admin') && h('span', { class: 'sl-part' }, ` ${part}`),
        !isActive && h('span', { class: 'sl-part' }, ' deactivated'),
      ),
      h(
        'span',
        { class: 'member-roles' },
        behind.map(door =>
          h(
            'span',
            { class: fresh.has(`${id}/${door.id}`) ? 'sl-door fresh' : 'sl-door', 'data-door': door.name },
            door.name,
          ),
        ),
      ),
    ),
  )
}
