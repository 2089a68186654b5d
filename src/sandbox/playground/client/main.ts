import { createCommandBox } from './command-box.ts'
import { createChatView } from './discord/chat-view.ts'
import { createDialogs } from './discord/dialogs.ts'
import { createServerView } from './discord/server-view.ts'
import { h } from './dom.ts'
import { act, actInStripe, listen } from './server.ts'
import { createStore, recall, remember } from './state.ts'
import { createStripePanel } from './stripe-panel.ts'
import { createTopBar } from './top-bar.ts'
import { createUnread, type Unread } from './unread.ts'

const start = JSON.parse(document.body.dataset.start ?? '{}') as { chats: { name: string; label: string }[] }
const light = window.matchMedia('(prefers-color-scheme: light)')

const store = createStore({
  chats: start.chats,
  chat: start.chats[0]?.name ?? 'discord',
  player: recall('player') || 'vera',
  channel: recall('channel'),
  panel: 'chat',
  connection: 'connecting',
  progress: { isRoleSet: false, isPaid: false, isClockMoved: false },
  isHintHidden: recall('hint') === 'hidden',
  dismissed: new Set(),
  isLight: light.matches,
})
light.addEventListener('change', () => store.set({ isLight: light.matches }))

const who = () => ({ chat: store.get().chat, player: store.get().player })
const now = () => Date.now() + (store.get().stripe?.ahead ?? 0)
const inChannel = () => store.get().channel

let stopListening = () => {}
function connect(): void {
  stopListening()
  stopListening = listen(who(), {
    part: (name, value) => store.set({ [name]: value }),
    connection: connection => store.set({ connection }),
  })
}

function be(player: string): void {
  if (player === store.get().player) return
  remember('player', player)
  store.set({ player })
  connect()
}

function open(channel: string): void {
  remember('channel', channel)
  store.set({ channel, panel: 'chat' })
}

const box = createCommandBox({
  async send(line) {
    const result = await act(
      who(),
      line.startsWith('/')
        ? { act: 'command', line, channel: inChannel() }
        : { act: 'say', text: line, channel: inChannel() },
    )
    chat.toEnd()
    return result
  },
  complete: line => act(who(), { act: 'complete', line, channel: inChannel() }),
})

/** Acts, and says what went wrong where everybody looks. */
async function doThis(wanted: object): Promise<void> {
  const { problem } = await act(who(), wanted)
  if (problem) toast(problem)
}

const toasts = h('div', { class: 'toasts', role: 'status' })
function toast(words: string): void {
  const element = h('p', { class: 'toast' }, words)
  toasts.append(element)
  window.setTimeout(() => element.remove(), 6000)
}

const chat = createChatView(box, {
  press: (message, button) => void doThis({ act: 'press', message, button }),
  choose: (message, menu, values) => void doThis({ act: 'choose', message, menu, values }),
  dismiss: message => store.set({ dismissed: new Set([...store.get().dismissed, message]) }),
  tryLine(player, line) {
    be(player)
    store.set({ panel: 'chat' })
    box.fill(line)
  },
  moveClock: () => void stripe.moveClock(),
  hideHint() {
    remember('hint', 'hidden')
    store.set({ isHintHidden: true })
    box.focus()
  },
  join: () => void doThis({ act: 'join', member: store.get().room?.viewer.id }),
})
const stripe = createStripePanel(actInStripe)
const dialogs = createDialogs({
  setRoles: (member, roles) => void doThis({ act: 'set roles', member, roles }),
  kick: member => void doThis({ act: 'kick', member }),
  moveRole: (role, by) => void doThis({ act: 'move role', role, by }),
})
const server = createServerView({
  open,
  profile(member) {
    const { room } = store.get()
    if (room) dialogs.profile(member, room)
  },
  settings() {
    const { room } = store.get()
    if (room) dialogs.roles(room)
  },
  join: member => void doThis({ act: 'join', member }),
})
const top = createTopBar(store, be)
const floor = h('main', { class: 'floor' }, server.element, chat.element, stripe.element)
const app = document.getElementById('app')

let unread: Unread | undefined
let unreadOf = ''

store.watch(() => {
  const state = store.get()
  const { room } = state
  top.draw(state)
  floor.dataset.panel = state.panel
  if (state.stripe) stripe.draw(state.stripe)
  if (!room) return
  if (!floor.isConnected) app?.replaceChildren(top.element, floor, dialogs.element, toasts)
  const isKnown = state.channel === 'dm' || room.channels.some(({ id }) => id === state.channel)
  const first = room.channels[0]
  if (!isKnown && first) return open(first.id)
  if (!unread || unreadOf !== room.server.id) unread = createUnread(room.server.id)
  unreadOf = room.server.id
  const messages =
    state.channel === 'dm'
      ? room.directMessages
      : room.channels.find(({ id }) => id === state.channel)?.messages
  const isSeen = room.viewer.key === state.player && document.visibilityState === 'visible'
  if (isSeen) unread.read(`${state.player}/${state.channel}`, messages ?? [])
  chat.draw(state, room, now())
  server.draw(state, room, unread)
  dialogs.draw(room)
})
document.addEventListener('visibilitychange', () => store.set({}))
connect()
