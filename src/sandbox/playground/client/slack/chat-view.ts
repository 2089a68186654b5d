import type { ChannelView, MessageView, SlackRoom } from '../../slack/room.ts'
import type { CommandBox } from '../command-box.ts'
import { type Child, createList, createSlot, h } from '../dom.ts'
import { createFirstVisit } from '../hint.ts'
import { icon } from '../icons.ts'
import type { State } from '../state.ts'
import { blockElements } from './blocks.ts'
import type { Known } from './completion.ts'
import { slackHint } from './hint.ts'
import { type MessageContext, messageElement } from './message.ts'
import type { Names } from './mrkdwn.ts'

/** What the chat can start. */
export interface ChatActions extends Pick<MessageContext, 'press' | 'choose' | 'dismiss'> {
  open(place: string): void
  tryLine(player: string, line: string): void
  moveClock(): void
  hideHint(): void
  activate(): void
}

/** Within this many pixels of the end, new messages pull the view along. */
const nearEnd = 120

/** The open channel, or the app with its two tabs: a head, messages or the Home, and the command box at the foot. */
export function createChatView(box: CommandBox<Known>, actions: ChatActions) {
  const head = h('header', { class: 'chat-head' })
  const top = h('div', { class: 'chat-top' })
  const messages = h('div', { class: 'messages sl-messages', role: 'log', 'aria-label': 'Messages' })
  const home = h('div', { class: 'sl-home', hidden: true })
  const scroll = h(
    'div',
    { class: 'scroll', tabindex: 0, 'aria-label': 'Messages', role: 'region' },
    top,
    messages,
    home,
  )
  const element = h(
    'section',
    { class: 'chat slack', id: 'chat', 'aria-label': 'Chat' },
    head,
    scroll,
    box.element,
  )
  const slots = { head: createSlot(head), top: createSlot(top), home: createSlot(home) }
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

  const draw = (state: State, room: SlackRoom, now: number) => {
    const { channel: wanted, dismissed } = state
    const channel = room.channels.find(({ id }) => id === wanted)
    const isHome = wanted === 'home'
    const isApp = isHome || wanted === 'dm'
    const place = `${state.player}/${wanted}`
    const all = isApp ? room.directMessages : (channel?.messages ?? [])
    const shown = isHome ? [] : all.filter(({ id }) => !dismissed.has(id))
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < nearEnd
    const names = namesOf(room, now, actions.open)
    const drawnWith = [new Date(now).toDateString(), room.people, room.channels.map(({ name }) => name)]
    context = { ...actions, dismiss, names }

    slots.head([channel?.name, channel?.isPrivate, channel?.members.length, wanted, room.bot], () =>
      headOf(room, channel, wanted, actions.open),
    )
    slots.top(
      [state.isHintHidden, state.progress, wanted, room.viewer.isPresent, channel?.name, shown.length === 0],
      () => [
        !room.viewer.isPresent && deactivated(room, actions.activate),
        !state.isHintHidden && !isApp && slackHint(state.progress, actions),
        !isHome && shown.length === 0 && room.viewer.isPresent && empty(room, channel, isApp),
      ],
    )
    list(shown, drawnWith)
    messages.hidden = isHome
    home.hidden = !isHome
    if (isHome)
      slots.home([room.home, drawnWith], () =>
        room.home
          ? blockElements(room.home, {
              names,
              key: 'home',
              press: action => actions.press('home', action),
              choose: (action, value) => actions.choose('home', action, value),
            })
          : [h('p', { class: 'nothing', role: 'status' }, `${room.bot.name} is getting this ready…`)],
      )
    const isOpen = room.viewer.isPresent && channel !== undefined && !channel.isArchived
    box.draw(room, { label: labelOf(room, channel, isApp), isOpen })
    box.element.hidden = isHome
    scroll.setAttribute('aria-label', isHome ? 'Home' : 'Messages')
    element.setAttribute('aria-label', isApp ? room.bot.name : `#${channel?.name ?? ''}`)
    // A first visit begins at the top, with what to try.
    const isBeginning = openPlace === '' && !isApp && !state.isHintHidden && !state.progress.isRoleSet
    const isAtTop = isFirstVisit(isBeginning, place, shown.length)
    if (isHome) {
      if (place !== openPlace) scroll.scrollTo({ top: 0 })
    } else if (!isAtTop && (isAtEnd || place !== openPlace)) toEnd()
    openPlace = place
  }

  const toEnd = () => scroll.scrollTo({ top: scroll.scrollHeight })
  return { element, draw, toEnd }
}

function labelOf({ bot, viewer }: SlackRoom, channel: ChannelView | undefined, isApp: boolean): string {
  if (!viewer.isPresent) return 'Your account is deactivated'
  // As in Slack where an app's Messages tab is read-only.
  if (isApp) return `Sending messages to ${bot.name} is turned off; its buttons work`
  if (!channel) return 'You are in no channel'
  return channel.isArchived
    ? `#${channel.name} is archived`
    : `Message #${channel.name}, or type / for commands`
}

function headOf(
  room: SlackRoom,
  channel: ChannelView | undefined,
  place: string,
  open: (place: string) => void,
): Child[] {
  const isApp = place === 'dm' || place === 'home'
  const offline =
    !room.bot.isInstalled && h('p', { class: 'offline', role: 'status' }, `${room.bot.name} is not installed`)
  if (!isApp)
    return [
      icon(channel?.isPrivate ? 'lock' : 'hash'),
      h('h2', {}, channel?.name ?? 'nowhere'),
      h(
        'p',
        { class: 'topic' },
        channel?.isPrivate ? 'Private channel · ' : '',
        `${channel?.members.length ?? 0} members`,
      ),
      offline,
    ]
  const tab = (name: string, label: string) =>
    h(
      'button',
      {
        type: 'button',
        class: 'sl-tab',
        'aria-current': place === name ? 'page' : undefined,
        'data-key': `app-${name}`,
        onClick: () => open(name),
      },
      label,
    )
  return [
    h('h2', {}, room.bot.name),
    h('nav', { class: 'sl-tabs', 'aria-label': room.bot.name }, tab('home', 'Home'), tab('dm', 'Messages')),
    offline,
  ]
}

const deactivated = (room: SlackRoom, activate: () => void) =>
  h(
    'div',
    { class: 'empty' },
    h('h3', {}, 'Your account is deactivated'),
    h(
      'p',
      {},
      `Somebody who pays gets what they paid for as soon as they are back in ${room.workspace.name}.`,
    ),
    h('button', { type: 'button', class: 'main', 'data-key': 'activate', onClick: activate }, 'Come back'),
  )

const empty = (room: SlackRoom, channel: ChannelView | undefined, isApp: boolean) =>
  h(
    'div',
    { class: 'empty' },
    h('h3', {}, isApp ? 'No messages yet' : `This is the very beginning of #${channel?.name ?? ''}`),
    h(
      'p',
      {},
      isApp
        ? `${room.bot.name} writes here when something happens to a membership: a welcome, a failed payment, an end.`
        : 'Type / to see what the bot can do.',
    ),
  )

const namesOf = (room: SlackRoom, now: number, open: (place: string) => void): Names => ({
  user: id => room.people.find(person => person.id === id)?.name,
  channel: id => room.channels.find(channel => channel.id === id),
  group: id => room.doors.find(door => door.id === id && door.kind === 'group')?.name,
  me: room.viewer.id,
  now,
  open,
})
