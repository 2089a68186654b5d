import type { BlockView, ElementView, PictureView, WordsView } from '../../slack/room.ts'
import { h, safeLink, safePicture } from '../dom.ts'
import { mrkdwn, type Names } from './mrkdwn.ts'

/** What blocks are drawn with, and what their elements can start. */
export interface BlockContext {
  names: Names
  /** Tells the elements of several messages apart. */
  key: string
  press(action: string): Promise<unknown>
  choose(action: string, value: string): Promise<unknown>
}

/** Blocks as Slack's client shows them. */
export const blockElements = (blocks: BlockView[], context: BlockContext): HTMLElement[] =>
  blocks.map(block => blockElement(block, context))

function blockElement(block: BlockView, context: BlockContext): HTMLElement {
  switch (block.kind) {
    case 'header':
      return h('h3', { class: 'sl-header' }, block.text)
    case 'divider':
      return h('hr', { class: 'sl-divider' })
    case 'section':
      return h(
        'div',
        { class: 'sl-section' },
        h(
          'div',
          { class: 'sl-section-words' },
          block.text && h('div', { class: 'sl-words' }, wordsOf(block.text, context)),
          block.fields.length > 0 &&
            h(
              'div',
              { class: 'sl-fields' },
              block.fields.map(field => h('div', { class: 'sl-words' }, wordsOf(field, context))),
            ),
        ),
        block.accessory && accessory(block.accessory, context),
      )
    case 'actions':
      return h(
        'div',
        { class: 'sl-actions' },
        block.elements.map(element => elementOf(element, context)),
      )
    case 'context':
      return h(
        'div',
        { class: 'sl-context' },
        block.parts.map(part =>
          part.kind === 'picture' ? picture(part, 'sl-tiny') : h('span', {}, wordsOf(part, context)),
        ),
      )
    case 'image':
      return h(
        'figure',
        { class: 'sl-image' },
        block.title && h('figcaption', {}, block.title),
        picture(block.picture, 'sl-large'),
      )
  }
}

const wordsOf = ({ text, isMarkup }: WordsView, { names }: BlockContext): (Node | string)[] =>
  isMarkup ? mrkdwn(text, names) : [text]

const accessory = (element: ElementView | PictureView, context: BlockContext) =>
  element.kind === 'picture'
    ? picture(element, 'sl-thumb')
    : h('div', { class: 'sl-accessory' }, elementOf(element, context))

/** The page reaches no other machine: a picture from elsewhere is named, not shown. */
function picture({ url, alt }: PictureView, name: string): HTMLElement {
  const src = safePicture(url)
  return src
    ? h('img', { class: name, src, alt })
    : h('span', { class: `${name} sl-unseen`, role: 'img', 'aria-label': alt, title: alt }, alt)
}

function elementOf(element: ElementView, context: BlockContext): HTMLElement {
  if (element.kind === 'menu') return menu(element, context)
  const { id, label, style, url } = element
  const href = safeLink(url)
  const key = `${context.key}:${id}`
  if (url) {
    const link = h(
      'a',
      { class: `sl-button ${style}`, href, target: '_blank', rel: 'noopener noreferrer', 'data-key': key },
      label,
    )
    // Slack tells the app of a link's press too.
    link.addEventListener('click', () => void context.press(id))
    return link
  }
  const button = h('button', { type: 'button', class: `sl-button ${style}`, 'data-key': key }, label)
  button.addEventListener('click', async () => {
    // Until the bot has answered, a second press would be a second question.
    if (button.ariaBusy === 'true') return
    button.ariaBusy = 'true'
    await context.press(id)
    button.ariaBusy = 'false'
  })
  return button
}

/** A native menu: worked by mouse, keyboard and thumb alike. */
function menu(element: Extract<ElementView, { kind: 'menu' }>, context: BlockContext): HTMLElement {
  const { id, placeholder, chosen, options } = element
  const select = h(
    'select',
    { class: 'sl-select', 'aria-label': placeholder, 'data-key': `${context.key}:${id}` },
    h('option', { value: '', disabled: true, selected: chosen === '' }, placeholder),
    options.map(({ value, label, hint }) =>
      h('option', { value, selected: value === chosen }, hint ? `${label} — ${hint}` : label),
    ),
  )
  select.addEventListener('change', () => void context.choose(id, select.value))
  return select
}
