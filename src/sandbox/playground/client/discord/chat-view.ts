import type { ChannelView, DiscordRoom, MessageView } from '../../discord/room.ts'
import type { CommandBox } from '../command-box.ts'
import type { Known } from '../completion.ts'
import { type Child, createList, createSlot, h } from '../dom.ts'
import { createFirstVisit } from '../hint.ts'
import { icon } from '../icons.ts'
import type { State } from '../state.ts'
import { discordHint } from './hint.ts'
import type { Names } from './markdown.ts'
import { type MessageContext, messageElement } from './message.ts'

/** What the chat can start. */
export interface ChatActions extends Pick<MessageContext, 'press' | 'choose' | 'dismiss'> {
  tryLine(player: string, line: string): void
  moveClock(): void
  hideHint(): void
  join(): void
}

/** Within this many pixels of the end, new messages pull the view along. */
const nearEnd = 120

/** The open channel: its head, its messages, and the command box at its foot. */
export function createChatView(box: CommandBox<Known>, actions: ChatActions) {
  const head = h('header', { class: 'chat-head' })
  const top = h('div', { class: 'chat-top' })
  const messages = h('discord-messages', {
    'no-background': true,
    class: 'messages',
    role: 'log',
    'aria-label': 'Messages',
  })
  const scroll = h(
    'div',
    { class: 'scroll', tabindex: 0, 'aria-label': 'Messages', role: 'region' },
    top,
    messages,
  )
  const element = h('section', { class: 'chat', id: 'chat', 'aria-label': 'Chat' }, head, scroll, box.element)
  const slots = { head: createSlot(head), top: createSlot(top) }
  let context: MessageContext | undefined
  const list = createList<MessageView>(
    messages,
    ({ id }) => id,
    message => (context ? messageElement(message, context) : h('div')),
  )
  let openPlace = ''
  const isFirstVisit = createFirstVisit()

  // The focus would go with the message.
  const dismiss = (message: string) => {
    actions.dismiss(message)
    scroll.focus({ preventScroll: true })
  }

  const draw = (state: State, room: DiscordRoom, now: number) => {
    const { channel: wanted, isLight, dismissed } = state
    const channel = room.channels.find(({ id }) => id === wanted)
    const isDm = wanted === 'dm'
    const place = `${state.player}/${wanted}`
    const all = isDm ? room.directMessages : (channel?.messages ?? [])
    const shown = all.filter(({ id }) => !dismissed.has(id))
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < nearEnd

    slots.head([channel?.name, channel?.topic, channel?.isPrivate, isDm, room.bot], () =>
      headOf(room, channel, isDm),
    )
    slots.top(
      [state.isHintHidden, state.progress, isDm, room.viewer.isPresent, channel?.name, shown.length === 0],
      () => [
        !room.viewer.isPresent && absent(room, actions.join),
        !state.isHintHidden && !isDm && discordHint(state.progress, actions),
        shown.length === 0 && room.viewer.isPresent && empty(room, channel, isDm),
      ],
    )
    messages.toggleAttribute('light-theme', isLight)
    const names = namesOf(room, now)
    context = {
      ...actions,
      dismiss,
      names,
      isLight,
      colorOf: user => legible(room.members.find(({ id }) => id === user)?.color ?? '', isLight),
    }
    // Words about time and names are drawn into messages: they are drawn anew when those change.
    list(room.viewer.isPresent || isDm ? shown : [], [
      isLight,
      new Date(now).toDateString(),
      room.roles,
      room.members,
    ])
    const isOpen = room.viewer.isPresent && !isDm && channel !== undefined
    const label = isDm
      ? `${room.bot.name} doesn't read direct messages; its buttons work`
      : isOpen
        ? `Message #${channel.name}, or type / for commands`
        : 'You are not in this server'
    box.draw(room, { label, isOpen })
    element.setAttribute(
      'aria-label',
      isDm ? `Direct messages with ${room.bot.name}` : `#${channel?.name ?? ''}`,
    )
    // A first visit begins at the top, with what to try.
    const isBeginning = openPlace === '' && !isDm && !state.isHintHidden && !state.progress.isRoleSet
    if (!isFirstVisit(isBeginning, place, shown.length) && (isAtEnd || place !== openPlace)) toEnd()
    openPlace = place
  }

  // The components draw themselves a moment later and grow.
  const toEnd = () => {
    const down = () => scroll.scrollTo({ top: scroll.scrollHeight })
    down()
    requestAnimationFrame(() => requestAnimationFrame(down))
    window.setTimeout(down, 120)
  }
  return { element, draw, toEnd }
}

function headOf(room: DiscordRoom, channel: ChannelView | undefined, isDm: boolean): Child[] {
  return [
    icon(isDm ? 'at' : channel?.isPrivate ? 'lock' : 'hash'),
    h('h2', {}, isDm ? room.bot.name : (channel?.name ?? 'nowhere')),
    h('p', { class: 'topic' }, isDm ? 'Direct messages' : (channel?.topic ?? '')),
    !room.bot.isOnline && h('p', { class: 'offline', role: 'status' }, `${room.bot.name} is not connected`),
  ]
}

const absent = (room: DiscordRoom, join: () => void) =>
  h(
    'div',
    { class: 'empty' },
    h('h3', {}, 'You are not in this server'),
    h('p', {}, `Somebody who pays gets what they paid for as soon as they join ${room.server.name} again.`),
    h(
      'button',
      { type: 'button', class: 'main', 'data-key': 'join', onClick: join },
      `Join ${room.server.name}`,
    ),
  )

function empty(room: DiscordRoom, channel: ChannelView | undefined, isDm: boolean): HTMLElement {
  if (isDm)
    return h(
      'div',
      { class: 'empty' },
      h('h3', {}, 'No direct messages yet'),
      h(
        'p',
        {},
        `${room.bot.name} writes here when something happens to a membership: a welcome, a failed payment, an end.`,
      ),
    )
  return h(
    'div',
    { class: 'empty' },
    h('h3', {}, channel ? `This is the beginning of #${channel.name}` : 'Nothing is open'),
    h('p', {}, 'Type / to see what the bot can do.'),
  )
}

// As in the member list, a role's colour is turned towards the ink, or some names could not be read.
const legible = (color: string, isLight: boolean) =>
  color && `color-mix(in oklab, ${color} ${isLight ? '62%, #14080c' : '68%, #ffffff'})`

const namesOf = (room: DiscordRoom, now: number): Names => ({
  user: id =>
    room.members.find(member => member.id === id)?.name ??
    room.away.find(each => each.id === id)?.name ??
    'unknown-user',
  role: id => room.roles.find(role => role.id === id),
  channel: id => room.channels.find(channel => channel.id === id)?.name ?? 'no-access',
  now,
})
