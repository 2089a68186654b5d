import type { MessageView } from '../../slack/room.ts'
import { avatar } from '../avatar.ts'
import { h } from '../dom.ts'
import { icon } from '../icons.ts'
import { chatTime } from '../time.ts'
import { blockElements } from './blocks.ts'
import { mrkdwn, type Names } from './mrkdwn.ts'

/** What drawing a message needs to know of the workspace, and what it can start. */
export interface MessageContext {
  names: Names
  press(message: string, action: string): Promise<unknown>
  choose(message: string, action: string, value: string): Promise<unknown>
  dismiss(message: string): void
}

/** A message as Slack's client shows it. */
export function messageElement(message: MessageView, context: MessageContext): HTMLElement {
  const { id, author, at, text, blocks, files, isPrivate, isEdited } = message
  const { names } = context
  return h(
    'article',
    { class: isPrivate ? 'sl-message private' : 'sl-message', 'data-message': id },
    isPrivate &&
      h(
        'p',
        { class: 'sl-only-you' },
        icon('eye'),
        h('span', {}, 'Only visible to you'),
        h(
          'button',
          {
            type: 'button',
            class: 'sl-dismiss',
            'data-key': `dismiss-${id}`,
            onClick: () => context.dismiss(id),
          },
          'Dismiss',
          h('span', { class: 'visually-hidden' }, ' this message'),
        ),
      ),
    h('img', {
      class: 'sl-avatar',
      src: avatar(author.name, author.isBot),
      alt: '',
      width: 36,
      height: 36,
    }),
    h(
      'div',
      { class: 'sl-body' },
      h(
        'p',
        { class: 'sl-by' },
        h('strong', {}, author.name),
        author.isBot && h('span', { class: 'sl-app' }, 'APP'),
        h('time', { datetime: new Date(at).toISOString() }, chatTime(at, names.now)),
      ),
      blocks.length > 0
        ? blockElements(blocks, {
            names,
            key: id,
            press: action => context.press(id, action),
            choose: (action, value) => context.choose(id, action, value),
          })
        : h('div', { class: 'sl-words' }, mrkdwn(text, names)),
      isEdited && h('span', { class: 'sl-edited' }, '(edited)'),
      files.map(({ name, size, url }) =>
        h(
          'a',
          { class: 'sl-file', href: url, target: '_blank', rel: 'noopener noreferrer' },
          icon('file'),
          h('span', {}, h('strong', {}, name), h('span', { class: 'soft' }, ` ${size} bytes`)),
        ),
      ),
    ),
  )
}
