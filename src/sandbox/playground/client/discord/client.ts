import type { DiscordRoom } from '../../discord/room.ts'
import type { ChatClient, ChatClientDeps } from '../chat-client.ts'
import { createCommandBox } from '../command-box.ts'
import { type Known, readLine } from '../completion.ts'
import { createUnread, type Unread } from '../unread.ts'
import { createChatView } from './chat-view.ts'
import { createDialogs } from './dialogs.ts'
import { createServerView } from './server-view.ts'

/** Discord's part of the page: a server's channels and members, the open channel, and an admin's windows. */
export function createDiscordClient({
  store,
  act,
  toast,
  be,
  moveClock,
}: ChatClientDeps): ChatClient<DiscordRoom> {
  const open = (channel: string) => store.set({ channel, panel: 'chat' })
  const here = () => store.get().channel
  const doThis = async (wanted: object) => {
    const { problem } = await act(wanted)
    if (problem) toast(problem)
    return !problem
  }
  let room: DiscordRoom | undefined
  let unread: Unread | undefined
  let unreadOf = ''

  const box = createCommandBox<Known>({
    read: readLine,
    async send(line) {
      const wanted = line.startsWith('/') ? { act: 'command', line } : { act: 'say', text: line }
      const result = await act({ ...wanted, channel: here() })
      view.toEnd()
      return result
    },
    complete: line => act({ act: 'complete', line, channel: here() }),
  })
  const view = createChatView(box, {
    press: (message, button) => doThis({ act: 'press', message, button }),
    choose: (message, menu, values) => doThis({ act: 'choose', message, menu, values }),
    dismiss: message => store.set({ dismissed: new Set([...store.get().dismissed, message]) }),
    tryLine(player, line) {
      be(player)
      const [first] = room?.channels ?? []
      store.set({ panel: 'chat', ...(here() === 'dm' && first && { channel: first.id }) })
      box.fill(line)
    },
    moveClock,
    hideHint() {
      store.set({ isHintHidden: true })
      box.focus()
    },
    join: () => void doThis({ act: 'join', member: room?.viewer.id }),
  })
  const dialogs = createDialogs({
    setRoles: (member, roles) => doThis({ act: 'set roles', member, roles }),
    kick: member => void doThis({ act: 'kick', member }),
    moveRole: (role, by) => void doThis({ act: 'move role', role, by }),
  })
  const side = createServerView({
    open,
    profile: member => room && dialogs.profile(member, room),
    settings: () => room && dialogs.roles(room),
    join: member => void doThis({ act: 'join', member }),
  })

  return {
    elements: [side.element, view.element, dialogs.element],
    draw(state, now, at) {
      room = now
      const isKnown = state.channel === 'dm' || now.channels.some(({ id }) => id === state.channel)
      const [first] = now.channels
      if (!isKnown && first) return store.set({ channel: first.id })
      if (!unread || unreadOf !== now.server.id) unread = createUnread(now.server.id)
      unreadOf = now.server.id
      const isSeen = now.viewer.key === state.player && document.visibilityState === 'visible'
      const open = now.channels.find(({ id }) => id === state.channel)
      const messages = state.channel === 'dm' ? now.directMessages : (open?.messages ?? [])
      if (isSeen) unread.read(`${state.player}/${state.channel}`, messages)
      view.draw(state, now, at)
      side.draw(state, now, unread)
      dialogs.draw(now)
    },
  }
}
