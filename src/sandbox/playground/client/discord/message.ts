import './components.ts'
import type { ComponentView, EmbedView, MessageView } from '../../discord/room.ts'
import { avatar } from '../avatar.ts'
import { h, safeLink, safePicture } from '../dom.ts'
import { chatTime } from '../time.ts'
import { markdown, type Names } from './markdown.ts'
import { menuElement } from './menu.ts'
import { restyle, whenDrawn } from './restyle.ts'

/** What drawing a message needs to know of the room, and what it can start. */
export interface MessageContext {
  names: Names
  isLight: boolean
  colorOf(user: string): string
  press(message: string, button: string): Promise<unknown>
  choose(message: string, menu: string, values: string[]): Promise<unknown>
  dismiss(message: string): void
}

/** A message as Discord's client shows it. */
export function messageElement(message: MessageView, context: MessageContext): HTMLElement {
  const { author, command } = message
  const { isLight, names } = context
  const element = h(
    'discord-message',
    {
      author: author.name,
      avatar: avatar(author.name, author.isBot),
      bot: author.isBot,
      verified: author.isBot,
      ephemeral: message.isPrivate && !message.isThinking,
      edited: message.isEdited,
      'role-color': context.colorOf(author.id) || undefined,
      timestamp: chatTime(message.at, names.now),
      'light-theme': isLight,
      'data-message': message.id,
    },
    command && commandElement(command, context),
    message.isThinking ? thinking(author.name) : markdown(message.text, names),
    message.embeds.map(embed => embedElement(embed, context)),
    message.files.length > 0 &&
      h(
        'discord-attachments',
        { slot: 'attachments' },
        message.files.map(({ name, size, url }) =>
          h('discord-file-attachment', { name, bytes: size, 'bytes-unit': 'B', href: url, target: '_blank' }),
        ),
      ),
    message.rows.length > 0 &&
      h(
        'discord-attachments',
        { slot: 'components' },
        message.rows.map(row =>
          h(
            'discord-action-row',
            {},
            row.map(component => componentElement(message.id, component, context)),
          ),
        ),
      ),
  )
  restyle(element, messageRules)
  if (message.isPrivate) makeDismissable(element, () => context.dismiss(message.id))
  return element
}

// A menu would push the message out of a phone; and the library's greys are too faint to read.
const messageRules = `
.discord-message-content { min-width: 0 }
:host .discord-message-timestamp.discord-message-timestamp, .discord-message-edited, :host .discord-message-ephemeral.discord-message-ephemeral { color: var(--soft) }
.discord-message-ephemeral .discord-message-ephemeral-link { color: var(--link); display: inline-block; padding: 6px 4px; margin: -6px -4px; border-radius: 4px }
.discord-message-ephemeral-link:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px }
`
// Long labels wrap on a phone.
const buttonRules = `
:host > *:first-child { height: auto; padding: 4px 16px; box-sizing: border-box; min-height: 36px }
:host > :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px }
`
const commandRules = (isLight: boolean) => `
:host .discord-slash-command-name { color: ${isLight ? '#3c45a5' : '#dee0fc'} !important; background: ${isLight ? '#e3e6fd' : '#3c4270'} }
:host .discord-replied-message-username { opacity: 1 }
`

const thinking = (name: string) =>
  h(
    'span',
    { class: 'thinking' },
    h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    ` ${name} is thinking…`,
  )

function commandElement({ by, byId, name }: NonNullable<MessageView['command']>, context: MessageContext) {
  const element = h('discord-command', {
    slot: 'reply',
    author: by,
    avatar: avatar(by),
    'role-color': context.colorOf(byId) || undefined,
    command: name,
    'light-theme': context.isLight,
  })
  // The library knows this mark in dark only, and faint.
  restyle(element, commandRules(context.isLight))
  return element
}

function embedElement(embed: EmbedView, { names, isLight }: MessageContext): HTMLElement {
  let inlineIndex = 0
  return h(
    'discord-embed',
    {
      slot: 'embeds',
      'embed-title': plain(embed.title) || undefined,
      url: safeLink(embed.url),
      color: embed.color || undefined,
      image: safePicture(embed.image),
      thumbnail: safePicture(embed.thumbnail),
      'light-theme': isLight,
    },
    embed.text && h('discord-embed-description', { slot: 'description' }, markdown(embed.text, names)),
    embed.fields.length > 0 &&
      h(
        'discord-embed-fields',
        { slot: 'fields' },
        embed.fields.map(({ name, value, isInline }) => {
          const index = isInline ? (inlineIndex++ % 3) + 1 : undefined
          return h(
            'discord-embed-field',
            { 'field-title': plain(name), inline: isInline, 'inline-index': index, 'light-theme': isLight },
            markdown(value, names),
          )
        }),
      ),
    embed.footer && h('discord-embed-footer', { slot: 'footer' }, embed.footer),
  )
}

// The library draws titles as plain text: what the bot escaped for Discord would show its backslashes.
const plain = (text: string) => text.replaceAll(/\\([^A-Za-z0-9\s])/g, '$1').replaceAll('**', '')

function componentElement(message: string, component: ComponentView, context: MessageContext): HTMLElement {
  if (component.kind === 'menu')
    return menuElement(
      component,
      context.isLight,
      values => void context.choose(message, component.id, values),
    )
  if (component.kind === 'link') {
    const url = safeLink(component.url)
    const link = h(
      'discord-button',
      { url, disabled: component.isDisabled || !url },
      `${component.label}\u00a0`,
    )
    restyle(link, buttonRules)
    return link
  }
  const { id, label, style, isDisabled } = component
  const button = h(
    'discord-button',
    { type: style, disabled: isDisabled, 'data-key': `${message}:${id}` },
    label,
  )
  restyle(button, buttonRules)
  button.addEventListener('click', async () => {
    // Until the bot has answered, a second press would be a second question.
    if (isDisabled || button.ariaBusy === 'true') return
    button.ariaBusy = 'true'
    await context.press(message, id)
    button.ariaBusy = 'false'
  })
  return button
}

// The library's "Dismiss message" answers a mouse only, and to nobody.
function makeDismissable(element: HTMLElement, dismiss: () => void): void {
  const wire = () => {
    const link = element.shadowRoot?.querySelector<HTMLElement>('.discord-message-ephemeral-link')
    if (!link || link.tabIndex === 0) return
    link.tabIndex = 0
    link.addEventListener('click', dismiss)
    link.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      dismiss()
    })
  }
  whenDrawn(element, wire)
}
