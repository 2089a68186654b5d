import type { SlackRoom } from '../../slack/room.ts'
import type { ChatClient, ChatClientDeps } from '../chat-client.ts'
import { createCommandBox } from '../command-box.ts'
import { createUnread, type Unread } from '../unread.ts'
import { createChatView } from './chat-view.ts'
import { type Known, readLine } from './completion.ts'
import { createDialogs } from './dialogs.ts'
import { createWorkspaceView } from './workspace-view.ts'

/** Slack's part of the page: a workspace's channels, app and people, the open channel or Home, and an owner's windows. */
export function createSlackClient({
  store,
  act,
  toast,
  be,
  moveClock,
}: ChatClientDeps): ChatClient<SlackRoom> {
  const here = () => store.get().channel
  const doThis = async (wanted: object) => {
    const { problem } = await act(wanted)
    if (problem) toast(problem)
    return !problem
  }
  let room: SlackRoom | undefined
  let unread: Unread | undefined
  let unreadOf = ''
  /** Whose Home was opened last; leaving it and coming back opens it anew. */
  let homeOf = ''

  const open = (place: string) => {
    const isApp = place === 'dm' || place === 'home'
    if (isApp || room?.channels.some(({ id }) => id === place)) store.set({ channel: place, panel: 'chat' })
    else toast('You are not in that channel.')
  }
  const on = (message: string) =>
    message === 'home' ? 'home' : { channel: here() === 'dm' ? 'dm' : here(), ts: message }

  const box = createCommandBox<Known>({
    read: readLine,
    async send(line) {
      const wanted = line.startsWith('/') ? { act: 'command', line } : { act: 'say', text: line }
      const result = await act({ ...wanted, channel: here() })
      view.toEnd()
      return result
    },
  })
  const view = createChatView(box, {
    open,
    press: (message, action) => doThis({ act: 'press', on: on(message), action }),
    choose: (message, action, value) => doThis({ act: 'choose', on: on(message), action, value }),
    dismiss: message => store.set({ dismissed: new Set([...store.get().dismissed, message]) }),
    tryLine(player, line) {
      be(player)
      store.set({ panel: 'chat' })
      box.fill(line)
    },
    moveClock,
    hideHint() {
      store.set({ isHintHidden: true })
      box.focus()
    },
    activate: () => void doThis({ act: 'activate', member: room?.viewer.id }),
  })
  const dialogs = createDialogs({
    setDoor: (door, member, isIn) => doThis({ act: 'set door', door, member, isIn }),
    deactivate: member => void doThis({ act: 'deactivate', member }),
    activate: member => void doThis({ act: 'activate', member }),
    setPlan: isPaid => doThis({ act: 'set plan', isPaid }),
  })
  const side = createWorkspaceView({
    open,
    profile: person => room && dialogs.profile(person, room),
    settings: () => room && dialogs.settings(room),
  })

  return {
    elements: [side.element, view.element, dialogs.element],
    draw(state, now, at) {
      room = now
      const { channel } = state
      const isApp = channel === 'dm' || channel === 'home'
      const opened = now.channels.find(({ id }) => id === channel)
      const [first] = now.channels
      if (!isApp && !opened && first) return store.set({ channel: first.id })
      if (!unread || unreadOf !== now.workspace.id) unread = createUnread(now.workspace.id)
      unreadOf = now.workspace.id
      const isSeen = now.viewer.key === state.player && document.visibilityState === 'visible'
      if (isSeen && channel !== 'home')
        unread.read(`${state.player}/${channel}`, isApp ? now.directMessages : (opened?.messages ?? []))
      if (channel !== 'home') homeOf = ''
      else if (isSeen && homeOf !== now.viewer.id) {
        homeOf = now.viewer.id
        void doThis({ act: 'open home' })
      }
      view.draw(state, now, at)
      side.draw(state, now, unread)
      dialogs.draw(now)
    },
  }
}
