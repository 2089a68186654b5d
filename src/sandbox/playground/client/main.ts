import type { ActResult, Room } from '../view.ts'
import { createDiscordClient } from './discord/client.ts'
import { h } from './dom.ts'
import { actAs, actInStripe, listen } from './server.ts'
import { createSlackClient } from './slack/client.ts'
import { createStore, recall, remember, type State } from './state.ts'
import { createStripePanel } from './stripe/panel.ts'
import { createTopBar } from './top-bar.ts'

const start = JSON.parse(document.body.dataset.start ?? '{}') as { chats: { name: string; label: string }[] }
const light = window.matchMedia('(prefers-color-scheme: light)')

const remembered = start.chats.find(({ name }) => name === recall('chat'))
const firstChat = (remembered ?? start.chats[0])?.name ?? 'discord'

const store = createStore({
  chats: start.chats,
  chat: firstChat,
  player: recall('player') || 'vera',
  channel: recall(`channel.${firstChat}`),
  panel: 'chat',
  connection: 'connecting',
  progress: { isRoleSet: false, isPaid: false, isClockMoved: false },
  isHintHidden: recall('hint') === 'hidden',
  dismissed: new Set(recall('dismissed').split(',')),
  isLight: light.matches,
})

const toasts = h('div', { class: 'toasts', role: 'status' })
function toast(words: string): void {
  const element = h('p', { class: 'toast' }, words)
  toasts.append(element)
  window.setTimeout(() => element.remove(), 6000)
}

const act = (wanted: object): Promise<ActResult> => actAs(store.get(), wanted)
const be = (player: string) => store.set({ player })
const stripe = createStripePanel(actInStripe)
const top = createTopBar(store, {
  be,
  // Each chat has its own channels: the one that was open there is open again.
  open: chat => store.set({ chat, channel: recall(`channel.${chat}`), panel: 'chat' }),
})
const deps = { store, act, toast, be, moveClock: stripe.moveClock }
const discord = createDiscordClient(deps)
const slack = createSlackClient(deps)
const floor = h('main', { class: 'floor' })
const skip = h('a', { class: 'skip', href: '#line' }, 'Skip to the command box')
const app = document.getElementById('app')

function drawRoom(state: State, room: Room, at: number): void {
  if (floor.dataset.chat !== room.chat) {
    floor.dataset.chat = room.chat
    floor.replaceChildren(...(room.chat === 'slack' ? slack : discord).elements, stripe.element)
  }
  if (room.chat === 'slack') slack.draw(state, room, at)
  else discord.draw(state, room, at)
}

let listeningAs = ''
let isBroken = false
let stopListening = () => {}
function connect(): void {
  const { chat, player } = store.get()
  if (listeningAs === `${chat}/${player}`) return
  listeningAs = `${chat}/${player}`
  stopListening()
  stopListening = listen(store.get(), {
    part: (name, value) => store.set({ [name]: value }),
    connection(connection) {
      if (connection === 'live' && isBroken) stripe.forgive()
      if (connection !== 'connecting') isBroken = connection === 'lost'
      store.set({ connection })
    },
  })
}

store.watch(() => {
  const state = store.get()
  const { room, connection } = state
  connect()
  remember('player', state.player)
  remember('chat', state.chat)
  remember(`channel.${state.chat}`, state.channel)
  remember('dismissed', [...state.dismissed].slice(-200).join(','))
  remember('hint', state.isHintHidden ? 'hidden' : '')
  if (!room) {
    const words = app?.querySelector('.loading')
    if (words && connection === 'lost') words.textContent = 'The sandbox does not answer. Trying again…'
    return
  }
  if (!floor.isConnected) app?.replaceChildren(skip, top.element, floor, toasts)
  floor.dataset.panel = state.panel
  top.draw(state)
  if (state.stripe) stripe.draw(state.stripe)
  // What was there before the other chat was opened is not drawn as if it were that chat's.
  if (room.chat === state.chat) drawRoom(state, room, Date.now() + (state.stripe?.ahead ?? 0))
})
light.addEventListener('change', () => store.set({ isLight: light.matches }))
// As in both chats, a slash typed anywhere begins a command.
document.addEventListener('keydown', event => {
  const isTyping = event.target instanceof HTMLInputElement || document.querySelector('dialog[open]')
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
  store.set({ panel: 'chat' })
  queueMicrotask(() => document.getElementById('line')?.focus())
})
document.addEventListener('visibilitychange', () => store.set({}))
connect()
