import type { ActResult } from '../view.ts'
import { createDiscordClient } from './discord/client.ts'
import { h } from './dom.ts'
import { actAs, actInStripe, listen } from './server.ts'
import { createStore, recall, remember } from './state.ts'
import { createStripePanel } from './stripe/panel.ts'
import { createTopBar } from './top-bar.ts'

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

const toasts = h('div', { class: 'toasts', role: 'status' })
function toast(words: string): void {
  const element = h('p', { class: 'toast' }, words)
  toasts.append(element)
  window.setTimeout(() => element.remove(), 6000)
}

const act = (wanted: object): Promise<ActResult> => actAs(store.get(), wanted)
const be = (player: string) => store.set({ player })
const stripe = createStripePanel(actInStripe)
const top = createTopBar(store, be)
const discord = createDiscordClient({ store, act, toast, be, moveClock: stripe.moveClock })
const floor = h('main', { class: 'floor' }, discord.elements, stripe.element)
const skip = h('a', { class: 'skip', href: '#line' }, 'Skip to the command box')
const app = document.getElementById('app')

let listeningAs = ''
let stopListening = () => {}
function connect(): void {
  const { chat, player } = store.get()
  if (listeningAs === `${chat}/${player}`) return
  listeningAs = `${chat}/${player}`
  stopListening()
  stopListening = listen(store.get(), {
    part: (name, value) => store.set({ [name]: value }),
    connection: connection => store.set({ connection }),
  })
}

store.watch(() => {
  const state = store.get()
  const { room, connection } = state
  connect()
  remember('player', state.player)
  remember('channel', state.channel)
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
  discord.draw(state, room, Date.now() + (state.stripe?.ahead ?? 0))
})
light.addEventListener('change', () => store.set({ isLight: light.matches }))
// As in Discord, a slash typed anywhere begins a command.
document.addEventListener('keydown', event => {
  const isTyping = event.target instanceof HTMLInputElement || document.querySelector('dialog[open]')
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
  store.set({ panel: 'chat' })
  queueMicrotask(() => document.getElementById('line')?.focus())
})
document.addEventListener('visibilitychange', () => store.set({}))
connect()
