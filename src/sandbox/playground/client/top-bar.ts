import { avatar } from './avatar.ts'
import { createSlot, h } from './dom.ts'
import type { Panel, State, Store } from './state.ts'

const panels: [Panel, string][] = [
  ['chat', 'Chat'],
  ['server', ''],
  ['stripe', 'Stripe'],
]

/** The head of the page: who the player is, which chat is open, and a phone's tabs. */
export function createTopBar(
  store: Store,
  { be, open }: { be(player: string): void; open(chat: string): void },
) {
  const players = h('div', { class: 'players', role: 'radiogroup', 'aria-label': 'You are' })
  const tabs = h('nav', { class: 'tabs', 'aria-label': 'Parts of the page' })
  const chats = h('nav', { class: 'chats', 'aria-label': 'Chats' })
  const connection = h('p', { class: 'connection', role: 'status' })
  const element = h(
    'header',
    { class: 'top' },
    h(
      'div',
      { class: 'brand' },
      h('img', { src: avatar('Velvet Rope', true), alt: '', width: 30, height: 30 }),
      h('h1', {}, 'Velvet Rope'),
      h(
        'span',
        { class: 'unreal', title: 'Discord, Slack and Stripe are stand-ins on this machine' },
        'playground · nothing here is real',
      ),
    ),
    chats,
    connection,
    players,
    tabs,
  )
  const slots = { players: createSlot(players), tabs: createSlot(tabs), chats: createSlot(chats) }

  // A radio group is one stop for Tab; the arrows move within it.
  players.addEventListener('keydown', event => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const everybody = store.get().room?.players ?? []
    const at = everybody.findIndex(({ key }) => key === store.get().player)
    const next = by === undefined ? undefined : everybody[(at + by + everybody.length) % everybody.length]
    if (!next) return
    event.preventDefault()
    be(next.key)
    players.querySelector<HTMLElement>(`[data-key="player-${next.key}"]`)?.focus()
  })

  const draw = ({ room, player, panel, connection: now, chats: all, chat }: State) => {
    slots.players([room?.players, player], () =>
      (room?.players ?? []).map(({ key, name, part }) =>
        h(
          'button',
          {
            type: 'button',
            role: 'radio',
            class: 'player',
            'aria-checked': String(key === player),
            tabindex: key === player ? 0 : -1,
            'data-key': `player-${key}`,
            onClick: () => be(key),
          },
          h('img', { src: avatar(name), alt: '', width: 26, height: 26 }),
          h('span', { class: 'player-name' }, name),
          h('span', { class: 'player-part' }, part),
        ),
      ),
    )
    slots.tabs([panel, chat], () =>
      panels.map(([name, label]) =>
        h(
          'button',
          {
            type: 'button',
            class: 'tab',
            'aria-current': name === panel ? 'page' : undefined,
            'data-key': `tab-${name}`,
            onClick: () => store.set({ panel: name }),
          },
          label || (chat === 'slack' ? 'Workspace' : 'Server'),
        ),
      ),
    )
    chats.hidden = all.length < 2
    slots.chats([all, chat], () =>
      all.map(({ name, label }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'tab',
            'aria-current': name === chat ? 'page' : undefined,
            'data-key': `chat-${name}`,
            onClick: () => open(name),
          },
          label,
        ),
      ),
    )
    connection.textContent = now === 'lost' ? 'Connection lost, trying again…' : ''
    connection.hidden = now !== 'lost'
  }
  return { element, draw }
}
