import type { types } from '@slack/bolt'
import type { Message } from '../../slack/index.ts'
import type { BlockView, ElementView, MessageView, PictureView, WordsView } from './room.ts'

/** A message as the page draws it. `nameOf` gives what a user is called. */
export function messageView(message: Message, nameOf: (id: string) => string): MessageView {
  return {
    id: message.ts,
    author: { id: message.user, name: nameOf(message.user), isBot: message.botId !== undefined },
    at: Number(message.ts) * 1000,
    text: message.text,
    blocks: blockViews(message.blocks),
    // What answers a command is put in place of "working on it": nobody edited anything.
    isEdited: message.edited && message.ephemeralTo === undefined,
    isPrivate: message.ephemeralTo !== undefined,
    files: message.files.map(({ id, title, length }) => ({
      name: title,
      size: length,
      url: `/playground/slack/files/${id}`,
    })),
  }
}

/** Blocks as the page draws them; the few kinds that no part of the bot uses are named instead. */
export const blockViews = (blocks: types.KnownBlock[]): BlockView[] => blocks.map(blockView)

function blockView(block: types.KnownBlock): BlockView {
  switch (block.type) {
    case 'header':
      return { kind: 'header', text: block.text.text }
    case 'divider':
      return { kind: 'divider' }
    case 'section': {
      const accessory = block.accessory && accessoryView(block.accessory)
      return {
        kind: 'section',
        fields: (block.fields ?? []).map(words),
        ...(block.text && { text: words(block.text) }),
        ...(accessory && { accessory }),
      }
    }
    case 'actions':
      return { kind: 'actions', elements: block.elements.flatMap(element => elementView(element) ?? []) }
    case 'context':
      return {
        kind: 'context',
        parts: block.elements.map(part => (part.type === 'image' ? picture(part) : words(part))),
      }
    case 'image':
      return { kind: 'image', picture: picture(block), title: block.title?.text ?? '' }
    default:
      return { kind: 'context', parts: [{ kind: 'words', text: `(${block.type})`, isMarkup: false }] }
  }
}

const accessoryView = (element: types.SectionBlockAccessory): ElementView | PictureView | undefined =>
  element.type === 'image' ? picture(element) : elementView(element)

/** Slack's types name every element there is; the two that the page draws. */
function elementView(element: { type: string }): ElementView | undefined {
  if (isButton(element))
    return {
      kind: 'button',
      id: element.action_id ?? element.text.text,
      label: element.text.text,
      style: element.style ?? 'plain',
      url: element.url ?? '',
    }
  if (!isMenu(element)) return undefined
  return {
    kind: 'menu',
    id: element.action_id ?? '',
    placeholder: element.placeholder?.text ?? 'Select an item',
    chosen: element.initial_option?.value ?? '',
    options: (element.options ?? []).map(({ text, value, description }) => ({
      value: value ?? '',
      label: text.text,
      hint: description?.text ?? '',
    })),
  }
}

const isButton = (element: { type: string }): element is types.Button => element.type === 'button'
const isMenu = (element: { type: string }): element is types.StaticSelect => element.type === 'static_select'

const words = ({ type, text }: types.TextObject): WordsView => ({
  kind: 'words',
  text,
  isMarkup: type === 'mrkdwn',
})

const picture = (image: types.ImageElement | types.ImageBlock): PictureView => ({
  kind: 'picture',
  url: 'image_url' in image ? (image.image_url ?? '') : '',
  alt: image.alt_text,
})
