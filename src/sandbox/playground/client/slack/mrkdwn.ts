import { h, safeLink } from '../dom.ts'
import { slackDate } from './date.ts'

/** What mentions and times are written with, and where links within the workspace lead. */
export interface Names {
  user(id: string): string | undefined
  channel(id: string): { name: string; isPrivate: boolean } | undefined
  group(id: string): string | undefined
  /** Whose mention is marked as one's own. */
  me: string
  now: number
  open(channel: string): void
}

/** Slack's mrkdwn as elements; whatever isn't markup stays text (docs.slack.dev/messaging/formatting-message-text). */
export function mrkdwn(text: string, names: Names): Node[] {
  const nodes: Node[] = []
  const parts = text.split('```')
  for (const [index, part] of parts.entries()) {
    const isFence = index % 2 === 1 && index < parts.length - 1
    if (isFence) nodes.push(h('pre', { class: 'sl-pre' }, decoded(part.replace(/^\n|\n$/g, ''))))
    else nodes.push(...lines(part, names))
  }
  return nodes
}

function lines(text: string, names: Names): Node[] {
  const nodes: Node[] = []
  const all = text.split('\n')
  for (const [index, line] of all.entries()) {
    const quote = /^&gt; ?(.*)$/.exec(line)?.[1]
    if (quote !== undefined) nodes.push(h('blockquote', { class: 'sl-quote' }, inline(quote, names)))
    else {
      nodes.push(...inline(line, names))
      if (index < all.length - 1) nodes.push(h('br'))
    }
  }
  return nodes
}

// A mark formats at a word's edge only, and never beside a blank within; a zero-width space counts as neither.
const marked = (mark: string) =>
  `(?<![\\p{L}\\p{N}\\u200b${mark}])${mark}(?![\\s\\u200b${mark}])([^${mark}\\n]*[^${mark}\\s\\u200b])${mark}(?![\\p{L}\\p{N}\\u200b${mark}])`
const pattern = new RegExp(
  `<([^<>\\n]+)>|${marked('`')}|${marked('\\*')}|${marked('_')}|${marked('~')}`,
  'gu',
)

function inline(text: string, names: Names): Node[] {
  const nodes: Node[] = []
  let at = 0
  for (const found of text.matchAll(pattern)) {
    if (found.index > at) nodes.push(document.createTextNode(decoded(text.slice(at, found.index))))
    at = found.index + found[0].length
    const [, angle, code, bold, italic, struck] = found
    if (angle !== undefined) nodes.push(reference(angle, names))
    else if (code !== undefined) nodes.push(h('code', { class: 'sl-code' }, decoded(code)))
    else if (bold !== undefined) nodes.push(h('strong', {}, inline(bold, names)))
    else if (italic !== undefined) nodes.push(h('em', {}, inline(italic, names)))
    else nodes.push(h('s', {}, inline(struck ?? '', names)))
  }
  if (at < text.length) nodes.push(document.createTextNode(decoded(text.slice(at))))
  return nodes
}

function reference(inside: string, names: Names): Node {
  const bar = inside.indexOf('|')
  const target = bar < 0 ? inside : inside.slice(0, bar)
  const label = bar < 0 ? '' : decoded(inside.slice(bar + 1))
  const [kind] = target
  if (kind === '@') return person(target.slice(1), label, names)
  if (kind === '#') return channel(target.slice(1), label, names)
  if (kind !== '!') return link(decoded(target), label, names)
  const [command = '', first = '', second = '', url = ''] = target.slice(1).split('^')
  if (command === 'subteam') return mention(names.group(first) ?? (label || '@group'))
  if (command === 'date') {
    const words = slackDate(Number(first), second, names.now) ?? label
    return url ? link(decoded(url), words, names) : h('time', { class: 'sl-time', title: label }, words)
  }
  return mention(label || `@${command}`)
}

const person = (id: string, label: string, names: Names): Node => {
  const element = mention(`@${names.user(id) ?? (label || 'someone')}`)
  if (id === names.me) element.classList.add('me')
  return element
}

function channel(id: string, label: string, names: Names): Node {
  const known = names.channel(id)
  if (!known && !label) return mention('🔒private-channel')
  const words = `${known?.isPrivate ? '🔒' : '#'}${known?.name ?? label}`
  return h('button', { type: 'button', class: 'sl-mention', onClick: () => names.open(id) }, words)
}

const mention = (words: string) => h('span', { class: 'sl-mention' }, words)

/** A link into the workspace stays on the page: the workspace has no other place. */
function link(url: string, label: string, names: Names): Node {
  const room = /\/archives\/([A-Z0-9]+)$/.exec(url)?.[1]
  const words = label || url
  if (room)
    return h('button', { type: 'button', class: 'sl-mention', onClick: () => names.open(room) }, words)
  if (/\/team\/[A-Z0-9]+$/.test(url)) return mention(words)
  const href = safeLink(url)
  if (!href) return document.createTextNode(words)
  return h('a', { class: 'sl-link', href, target: '_blank', rel: 'noopener noreferrer' }, words)
}

const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }
const decoded = (text: string): string =>
  text.replaceAll(/&(?:lt|gt|amp);/g, entity => entities[entity] ?? '')
