import { cut, type Part, type Text } from '../../text.ts'

/** What ids are called, where a mention would ring somebody's bell, or show nothing to those who aren't in it. */
export interface Names {
  role?(id: string): Named | undefined
  user?(id: string): Named | undefined
}

/** A name with its `#` or `@`, and where it leads. */
export interface Named {
  name: string
  url?: string
}

// Slack has no escape for its markup: a character that can't stand at a word's edge formats nothing.
const apart = '\u200b'

/** A text that Slack shows letter by letter in mrkdwn: no markup, no mention, no emoji by name. */
export function escapeMrkdwn(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/^>/gm, `${apart}>`)
    .replaceAll('>', '&gt;')
    .replaceAll(/[*_~`]/g, mark => apart + mark + apart)
    .replaceAll(/:(?=[\w+'-]+:)/g, `:${apart}`)
    .replaceAll(/@(?=here|channel|everyone)/g, `@${apart}`)
}

/** Renders parts as Slack's mrkdwn, to at most `most` characters; what doesn't fit is cut at a part or between letters. */
export function mrkdwn(text: Text, most: number, names: Names = {}): string {
  const whole = join(text, names)
  if (whole.length <= most) return whole
  let kept = ''
  for (const part of text) {
    const rendered = word(part, names)
    if (kept.length + rendered.length < most) {
      kept += rendered
      continue
    }
    if (typeof part === 'string') kept += cutPlain(part, most - kept.length - 1)
    break
  }
  return `${kept}…`
}

/** Cuts `words` so that they take at most `room` characters once escaped, never within an escape. */
function cutPlain(words: string, room: number): string {
  let [low, high] = [0, words.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (escapeMrkdwn(words.slice(0, middle)).length <= room) low = middle
    else high = middle - 1
  }
  return escapeMrkdwn(cut(words, low + 1).slice(0, -1))
}

const join = (text: Text, names: Names): string => text.map(part => word(part, names)).join('')

function word(part: Part, names: Names): string {
  if (typeof part === 'string') return escapeMrkdwn(part)
  if ('bold' in part) return bold(part.bold, names)
  if ('code' in part) return code(part.code)
  if ('link' in part) return `<${address(part.link)}|${escapeMrkdwn(part.label).replaceAll('|', '¦')}>`
  if ('role' in part) return role(part.role, names)
  if ('user' in part) return user(part.user, names)
  if ('channel' in part) return `<#${part.channel}>`
  return date(part)
}

// Markup ends with its line, and doesn't begin or end with a space.
function bold(inner: Text, names: Names): string {
  return join(inner, names)
    .split('\n')
    .map(line =>
      line.replace(/^(\s*)(.*?)(\s*)$/, (_, before, words, after) =>
        words ? `${before}*${words}*${after}` : line,
      ),
    )
    .join('\n')
}

const code = (words: string): string => {
  const shown = words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('`', 'ˋ')
  return shown.trim() ? `\`${shown.replaceAll(/\s+/g, ' ')}\`` : shown
}

const address = (url: string) => url.replaceAll('&', '&amp;').replaceAll('>', '%3E').replaceAll('|', '%7C')

function role(id: string, names: Names): string {
  const named = names.role?.(id)
  if (named) return called(named)
  if (/^S[A-Z0-9]+$/.test(id)) return `<!subteam^${id}>`
  return /^[CG][A-Z0-9]+$/.test(id) ? `<#${id}>` : escapeMrkdwn(id)
}

function user(id: string, names: Names): string {
  const named = names.user?.(id)
  if (named) return called(named)
  return /^[UW][A-Z0-9]+$/.test(id) ? `<@${id}>` : escapeMrkdwn(id)
}

function called({ name, url }: Named): string {
  const words = escapeMrkdwn(name).replaceAll('|', '¦')
  return url ? `<${address(url)}|${words}>` : `*${words.replace(/^@/, `@${apart}`)}*`
}

// docs.slack.dev/messaging/formatting-message-text#date-formatting
const dateFormats = {
  date: '{date_short}',
  moment: '{date_short_pretty} {time}',
  relative: '{date_short_pretty} {time}',
} as const

function date({ date: at, style }: Extract<Part, { date: number }>): string {
  const iso = new Date(at).toISOString()
  const fallback = style === 'date' ? iso.slice(0, 10) : `${iso.slice(0, 16).replace('T', ' ')} UTC`
  return `<!date^${Math.floor(at / 1000)}^${dateFormats[style]}|${fallback}>`
}
