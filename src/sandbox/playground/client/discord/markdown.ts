import { h, safeLink } from '../dom.ts'
import { chatTime, relative, shortDate } from '../time.ts'

/** What mentions and times are written with. */
export interface Names {
  user(id: string): string
  role(id: string): { name: string; color: string } | undefined
  channel(id: string): string
  now: number
}

/** Discord's markup as elements; whatever isn't markup stays text. */
export function markdown(text: string, names: Names): Node[] {
  const nodes: Node[] = []
  const lines = text.split('\n')
  let isFence = false
  let fence: string[] = []
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('```')) {
      if (isFence) nodes.push(h('discord-code', { multiline: true }, fence.join('\n')))
      isFence = !isFence
      fence = []
      continue
    }
    if (isFence) {
      fence.push(line)
      continue
    }
    const [, mark = '', rest = line] = /^(#{1,3} |-# |[-*] |> )(.*)$/.exec(line) ?? []
    const content = inline(rest, names)
    if (mark.startsWith('#')) nodes.push(h('p', { class: 'md-heading' }, content))
    else if (mark === '-# ') nodes.push(h('p', { class: 'md-small' }, content))
    else if (mark === '> ') nodes.push(h('discord-quote', {}, content))
    else if (mark) nodes.push(h('p', { class: 'md-item' }, '• ', content))
    else {
      nodes.push(...content)
      if (index < lines.length - 1) nodes.push(h('br'))
    }
  }
  if (isFence) nodes.push(h('discord-code', { multiline: true }, fence.join('\n')))
  return nodes
}

const pattern =
  /\\([^A-Za-z0-9\s])|`([^`]+)`|\*\*([\s\S]+?)\*\*|__([\s\S]+?)__|~~([\s\S]+?)~~|\*([^*\s][^*]*)\*|(?<![A-Za-z0-9])_([^_\s][^_]*)_(?![A-Za-z0-9])|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|<@!?(\d+)>|<@&(\d+)>|<#(\d+)>|<t:(-?\d+)(?::([tTdDfFR]))?>|<?(https?:\/\/[^\s<>]+)>?/

function inline(text: string, names: Names): Node[] {
  const nodes: Node[] = []
  let rest = text
  let plain = ''
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain))
    plain = ''
  }
  for (let found = pattern.exec(rest); found; found = pattern.exec(rest)) {
    plain += rest.slice(0, found.index)
    rest = rest.slice(found.index + found[0].length)
    const [, escaped] = found
    if (escaped !== undefined) {
      plain += escaped
      continue
    }
    flush()
    nodes.push(element(found, names))
  }
  plain += rest
  flush()
  return nodes
}

function element(found: RegExpExecArray, names: Names): Node {
  const [
    whole,
    ,
    code,
    bold,
    underlined,
    struck,
    italic,
    leaned,
    label,
    target,
    user,
    role,
    channel,
    time,
    style,
    url,
  ] = found
  if (code !== undefined) return h('discord-code', {}, code)
  if (bold !== undefined) return h('strong', {}, inline(bold, names))
  if (underlined !== undefined) return h('u', {}, inline(underlined, names))
  if (struck !== undefined) return h('s', {}, inline(struck, names))
  if (italic !== undefined || leaned !== undefined) return h('em', {}, inline(italic ?? leaned ?? '', names))
  if (label !== undefined) return link(target ?? '', inline(label, names))
  if (user !== undefined) return h('discord-mention', { type: 'user' }, names.user(user))
  if (role !== undefined) {
    const known = names.role(role)
    return h(
      'discord-mention',
      { type: 'role', color: known?.color || undefined },
      known?.name ?? 'deleted-role',
    )
  }
  if (channel !== undefined) return h('discord-mention', { type: 'channel' }, names.channel(channel))
  if (time !== undefined) return moment(Number(time) * 1000, style ?? 'f', names.now)
  if (url !== undefined) return link(url, [document.createTextNode(url)])
  return document.createTextNode(whole)
}

function link(url: string, content: Node[]): Node {
  const href = safeLink(url)
  if (!href) return h('span', {}, content)
  return h('a', { class: 'md-link', href, target: '_blank', rel: 'noopener noreferrer' }, content)
}

function moment(at: number, style: string, now: number): Node {
  const date = new Date(at)
  const words: Record<string, string> = {
    R: relative(at, now),
    t: date.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }),
    T: date.toLocaleTimeString('en-US'),
    d: date.toLocaleDateString('en-US'),
    D: date.toLocaleDateString('en-US', { dateStyle: 'long' }),
    F: date.toLocaleString('en-US', { dateStyle: 'full', timeStyle: 'short' }),
  }
  const text = words[style] ?? `${shortDate(at)} ${words.t}`
  return h('discord-time', { title: chatTime(at, now) }, text)
}
