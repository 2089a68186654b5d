import type { types } from '@slack/bolt'
import { type Button, type Card, distinct, type Reply, type Select } from '../../reply.ts'
import { cut, joinText, type Part, plain, type Text } from '../../text.ts'
import { mrkdwn, type Names } from './mrkdwn.ts'

/** What Slack is told to show: blocks, and the words for notifications and for clients that can't show blocks. */
export interface SlackMessage {
  text: string
  blocks: types.KnownBlock[]
}

export interface RenderOptions {
  names?: Names
  /** How many blocks there is room for; a message has 50. */
  room?: number
  /** Tells buttons of several replies in one place apart. */
  prefix?: string
  /** Slack refuses a whole message whose picture it can't fetch. */
  withoutImages?: boolean
}

// docs.slack.dev/reference/block-kit/blocks
const most = {
  blocks: 50,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  buttons: 25,
  label: 75,
  value: 2000,
  url: 3000,
  options: 100,
  optionValue: 150,
  placeholder: 150,
  fallback: 3000,
}

/** Renders a reply within Slack's limits; what doesn't fit is cut at its end, never refused. */
export function renderSlack(reply: Reply, options: RenderOptions = {}): SlackMessage {
  const { names = {}, room = most.blocks, prefix = '' } = options
  const numbered = numbering(prefix)
  const head = [
    ...(reply.title ? header(reply.title, names) : []),
    ...(reply.text ? sections(reply.text, names) : []),
  ]
  const cards = (reply.cards ?? []).map(card => cardBlocks(card, options, numbered))
  const tail = [
    ...actions((reply.selects ?? []).filter(hasOptions).map(select => selectOf(select, numbered))),
    ...actions((reply.buttons ?? []).map(button => buttonOf(button, numbered))),
  ]
  const blocks = [
    ...fitted([head.slice(0, Math.max(1, room - tail.length - 1)), ...cards], room - tail.length),
    ...tail,
  ].slice(0, room)
  return { text: fallback(reply, names), blocks }
}

/** Cards are shown whole or not at all; the last line says how many are left out. */
function fitted(groups: types.KnownBlock[][], room: number): types.KnownBlock[] {
  const total = groups.reduce((sum, { length }) => sum + length, 0)
  if (total <= room) return groups.flat()
  const kept: types.KnownBlock[] = []
  let shown = 0
  for (const group of groups) {
    if (kept.length + group.length > room - 1) break
    kept.push(...group)
    shown += 1
  }
  const left = groups.length - shown
  return [
    ...kept,
    { type: 'context', elements: [plainText(`… and ${left} more that don't fit here.`, most.field)] },
  ]
}

// A header shows letters only; a title that names a channel or a person is a line in bold.
function header(title: Text, names: Names): types.KnownBlock[] {
  if (!title.every(part => typeof part === 'string')) return sections([{ bold: title }], names)
  const words = plainText(title.join('').trim(), most.header)
  return words.text ? [{ type: 'header', text: words }] : []
}

// A long text is as many sections as it takes, cut between lines.
function sections(text: Text, names: Names): types.KnownBlock[] {
  const blocks: types.KnownBlock[] = []
  let waiting: Part[] = []
  let length = 0
  const flush = () => {
    const words = textOf(waiting, most.section, names)
    if (words.text.trim()) blocks.push({ type: 'section', text: words })
    waiting = []
    length = 0
  }
  for (const line of linesOf(text)) {
    const size = mrkdwn(line, most.section, names).length + 1
    if (length + size > most.section) flush()
    if (waiting.length) waiting.push('\n')
    waiting.push(...line)
    length += size
  }
  flush()
  return blocks
}

function linesOf(text: Text): Part[][] {
  const lines: Part[][] = [[]]
  for (const part of text) {
    if (typeof part !== 'string') {
      lines.at(-1)?.push(part)
      continue
    }
    part.split('\n').forEach((words, index) => {
      if (index) lines.push([])
      if (words) lines.at(-1)?.push(words)
    })
  }
  return lines
}

function cardBlocks(card: Card, options: RenderOptions, numbered: () => string): types.KnownBlock[] {
  const { names = {}, withoutImages = false } = options
  const title: Text = [{ bold: card.title.length ? card.title : ['…'] }]
  const words = mrkdwn(card.text?.length ? [...title, '\n', ...card.text] : title, most.section, names)
  const image = withoutImages ? undefined : pictureOf(card)
  const fields = (card.fields ?? []).map(({ name, value }) =>
    textOf(value.length ? [{ bold: name }, '\n', ...value] : [{ bold: name }], most.field, names),
  )
  const blocks: types.KnownBlock[] = [
    {
      type: 'section',
      text: { type: 'mrkdwn', text: words.trim() || '…', verbatim: true },
      ...(image && { accessory: image }),
    },
  ]
  for (let start = 0; start < fields.length; start += most.fields)
    blocks.push({ type: 'section', fields: fields.slice(start, start + most.fields).map(nonEmpty) })
  return [...blocks, ...actions((card.buttons ?? []).map(button => buttonOf(button, numbered)))]
}

const pictureOf = ({ image, title }: Card): types.ImageElement | undefined =>
  image && image.length <= most.url && /^https?:\/\//.test(image)
    ? { type: 'image', image_url: image, alt_text: cut(plain(title), 200).trim() || 'picture' }
    : undefined

function actions(elements: (types.Button | types.StaticSelect)[]): types.KnownBlock[] {
  const blocks: types.KnownBlock[] = []
  for (let start = 0; start < elements.length; start += most.buttons)
    blocks.push({ type: 'actions', elements: elements.slice(start, start + most.buttons) })
  return blocks
}

function buttonOf(button: Button, numbered: () => string): types.Button {
  const text = plainText(button.label.trim() || '…', most.label)
  const look = button.style ? { style: button.style } : {}
  return 'url' in button
    ? { type: 'button', action_id: `open:${numbered()}`, text, url: button.url.slice(0, most.url), ...look }
    : {
        type: 'button',
        action_id: `run:${numbered()}`,
        text,
        value: button.run.slice(0, most.value),
        ...look,
      }
}

const hasOptions = ({ options }: Select) => options.length > 0

function selectOf(select: Select, numbered: () => string): types.StaticSelect {
  const offered = distinct(select.options, ({ run }) => run).slice(0, most.options)
  const options = offered.map(
    ({ label, hint, run }): types.PlainTextOption => ({
      text: plainText(label.trim() || '…', most.label),
      value: run.slice(0, most.optionValue),
      ...(hint && { description: plainText(hint, most.label) }),
    }),
  )
  const chosen = options[offered.findIndex(option => option.chosen)]
  return {
    type: 'static_select',
    action_id: `run:${numbered()}`,
    placeholder: plainText(select.placeholder.trim() || '…', most.placeholder),
    options,
    ...(chosen && { initial_option: chosen }),
  }
}

// Slack wants the action ids of a block to differ; two buttons may well run the same line.
function numbering(prefix: string): () => string {
  let count = 0
  return () => `${prefix}${count++}`
}

const plainText = (words: string, length: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: cut(words, length),
  emoji: false,
})

// Where nothing is marked up Slack can be told so, and shows every letter as it is.
function textOf(text: Text, length: number, names: Names): types.PlainTextElement | types.MrkdwnElement {
  return text.every(part => typeof part === 'string')
    ? plainText(text.join(''), length)
    : { type: 'mrkdwn', text: mrkdwn(text, length, names), verbatim: true }
}

const nonEmpty = <Words extends types.TextObject>(words: Words): Words =>
  words.text.trim() ? words : { ...words, text: '…' }

// Notifications read this aloud; a message must say something even where a reply is empty.
function fallback({ title, text, cards = [] }: Reply, names: Names): string {
  const words = joinText([title, text, ...cards.map(card => card.title)], '\n')
  return mrkdwn(words, most.fallback, names).trim() || '…'
}
