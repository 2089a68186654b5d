import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  type APIEmbed,
  ButtonStyle,
  ComponentType,
} from 'discord.js'
import type { CommunityId } from '../../member.ts'
import { type Button, type Card, distinct, type Reply, type Select } from '../../reply.ts'
import { bold, cut, lines, link, type Part, type Text } from '../../text.ts'

/** A message's body as Discord's API takes it. */
export interface DiscordMessage {
  content: string
  embeds: APIEmbed[]
  components: APIActionRowComponent<APIComponentInMessageActionRow>[]
  /** A reply names people and roles; it never rings their bell. */
  allowed_mentions: { parse: [] }
}

export interface RenderOptions {
  /** Put in front of the buttons' command lines where the channel doesn't say the community: in a DM. */
  community?: CommunityId
  /** A DM can't show another server's roles by mention. */
  roleName?: (id: string) => string | undefined
}

// discord.com/developers/docs/resources/message#embed-object-embed-limits
const most = {
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  embeds: 10,
  all: 6000,
  content: 2000,
  imageUrl: 2048,
  // docs.discord.com/developers/components/reference#button: Stripe's Checkout links are about as long as that.
  buttonUrl: 512,
}
const mostRows = 5
const rowLength = 5

/** Renders a reply within Discord's limits; what doesn't fit is cut at its end, never refused. */
export function renderDiscord(reply: Reply, options: RenderOptions = {}): DiscordMessage {
  const all = [...(reply.cards ?? []).flatMap(card => card.buttons ?? []), ...(reply.buttons ?? [])]
  const buttons = all.filter(button => !isTooLong(button))
  const links = longLinks(all.filter(isTooLong), options)
  const title = reply.title ?? []
  const text = reply.text ?? []
  const isTextThere = links !== '' || words(text, options).trim() !== ''
  const cards = (reply.cards ?? []).map(card => embedOf(card, options))
  const hasHead = words(title, options).trim() !== '' || (isTextThere && cards.length > 0)
  const content = !hasHead && isTextThere ? withLinks(words(text, options), links, most.content) : ''
  const embeds = hasHead
    ? embedsUnder(headed(title, text, options), links, cards)
    : fitted(cards.slice(0, most.embeds), most.all)
  const selects = (reply.selects ?? []).filter(select => select.options.length > 0).slice(0, mostRows)
  const rows = [
    ...selects.map((select, index) => selectRow(select, index, options)),
    ...buttonRows(buttons, options).slice(0, mostRows - selects.length),
  ]
  const isEmpty = content === '' && embeds.length === 0
  return { content: isEmpty ? blank : content, embeds, components: rows, allowed_mentions: { parse: [] } }
}

const color = 0x8b1e3f
// Discord takes no empty text where it wants one.
const blank = '\u200b'

function embedOf(card: Card, options: RenderOptions): APIEmbed {
  const { title, description } = headed(card.title, card.text ?? [], options)
  return {
    color,
    ...((title || !description) && { title: title ?? blank }),
    ...(description && { description }),
    ...(isPicture(card.image) && { thumbnail: { url: card.image } }),
    ...(card.fields && {
      fields: card.fields.slice(0, most.fields).map(({ name, value }) => ({
        name: cut(words(name, options), most.fieldName).trim() || blank,
        value: cut(words(value, options), most.fieldValue).trim() || blank,
        inline: true,
      })),
    }),
  }
}

// A title shows no mention, no date and no link (discordjs.guide, Embeds, Notes): one that has any is a line in bold.
function headed(title: Text, text: Text, options: RenderOptions): Pick<APIEmbed, 'title' | 'description'> {
  const isPlain = title.every(part => typeof part === 'string')
  const shown = isPlain ? cut(words(title, options), most.title).trim() : ''
  const said = cut(words(isPlain ? text : lines([bold(title)], text), options), most.description)
  return {
    ...(shown && { title: shown }),
    ...(said.trim() && { description: said }),
  }
}

const isPicture = (image: string | undefined): image is string =>
  image !== undefined && image.length <= most.imageUrl && /^https?:\/\//.test(image) && URL.canParse(image)

// Such a link is of no use when it is cut, so what is said beside it gives way.
function longLinks(buttons: Extract<Button, { url: string }>[], options: RenderOptions): string {
  let links = ''
  for (const { label, url } of buttons) {
    const shown = `${links && '\n'}${words([bold([link(labelOf(label).replaceAll(/\s+/g, ' '), url)])], options)}`
    if (links.length + shown.length < most.content - 100) links += shown
  }
  return links
}

const withLinks = (said: string, links: string, room: number): string =>
  links ? `${cut(said, room - links.length - 2)}\n\n${links}` : cut(said, room)

function embedsUnder(head: APIEmbed, links: string, cards: APIEmbed[]): APIEmbed[] {
  const spare = links ? most.all - links.length - 2 : most.all
  const [first, ...rest] = fitted([{ ...head, color }, ...cards].slice(0, most.embeds), spare)
  const description = withLinks(first?.description ?? '', links, most.description)
  return [{ ...first, ...(description && { description }) }, ...rest]
}

const labelOf = (label: string): string => cut(label.trim() || '…', 80)

const isTooLong = (button: Button): button is Extract<Button, { url: string }> =>
  'url' in button && button.url.length > most.buttonUrl

// All embeds of a message share 6,000 characters: titles and fields, which hold names and prices, come first, and the
// descriptions share what is left.
function fitted(embeds: APIEmbed[], all: number): APIEmbed[] {
  const fitting: APIEmbed[] = []
  let spare = all
  for (const embed of embeds) {
    const size = sizeWithoutDescription(embed)
    if (size > spare) break
    spare -= size
    fitting.push(embed)
  }
  let wanted = fitting.reduce((sum, { description = '' }) => sum + description.length, 0)
  return fitting.map(({ description = '', ...others }, index) => {
    wanted -= description.length
    const room = Math.max(spare - wanted, Math.floor(spare / (fitting.length - index)))
    const shown = room > 0 ? cut(description, room) : ''
    spare -= shown.length
    return shown ? { ...others, description: shown } : others
  })
}

const sizeWithoutDescription = ({ title = '', fields = [] }: APIEmbed): number =>
  fields.reduce((sum, { name, value }) => sum + name.length + value.length, title.length)

function buttonRows(buttons: Button[], options: RenderOptions) {
  const rendered = buttons
    .slice(0, mostRows * rowLength)
    .map((button, index) => buttonOf(button, index, options))
  const rows: APIActionRowComponent<APIComponentInMessageActionRow>[] = []
  for (let start = 0; start < rendered.length; start += rowLength)
    rows.push({ type: ComponentType.ActionRow, components: rendered.slice(start, start + rowLength) })
  return rows
}

function buttonOf(button: Button, index: number, options: RenderOptions): APIButtonComponent {
  const label = labelOf(button.label)
  if ('url' in button) return { type: ComponentType.Button, style: ButtonStyle.Link, label, url: button.url }
  const style =
    button.style === 'primary'
      ? ButtonStyle.Primary
      : button.style === 'danger'
        ? ButtonStyle.Danger
        : ButtonStyle.Secondary
  return { type: ComponentType.Button, style, label, custom_id: customId(button.run, index, options) }
}

function selectRow(
  select: Select,
  index: number,
  options: RenderOptions,
): APIActionRowComponent<APIComponentInMessageActionRow> {
  return {
    type: ComponentType.ActionRow,
    components: [
      {
        type: ComponentType.StringSelect,
        custom_id: `select:${index}`,
        placeholder: cut(select.placeholder.trim() || '…', 150),
        options: distinct(select.options, option => option.run)
          .slice(0, 25)
          .map(({ label, hint, run, chosen }) => ({
            label: cut(label.trim() || '…', 100),
            value: addressed(run, options),
            ...(hint && { description: cut(hint, 100) }),
            ...(chosen && { default: true }),
          })),
      },
    ],
  }
}

// Discord wants every custom_id of a message to differ; two buttons may well run the same line.
const customId = (run: string, index: number, options: RenderOptions) => `${index}|${addressed(run, options)}`

const addressed = (run: string, { community }: RenderOptions) => (community ? `${community}|${run}` : run)

/** Takes a button's `custom_id` or a menu's value apart; ids from outside are forged until dispatch says otherwise. */
export function readCustomId(id: string): { community: CommunityId | undefined; run: string } {
  const [, community, run = ''] = /^(?:\d{1,2}\|)?(?:(discord:\d{1,20})\|)?([\s\S]*)$/.exec(id) ?? []
  const [platform, group] = community?.split(':') ?? []
  return { community: platform && group ? `${platform}:${group}` : undefined, run }
}

function words(text: Text, options: RenderOptions): string {
  return text.map(part => word(part, options)).join('')
}

function word(part: Part, options: RenderOptions): string {
  if (typeof part === 'string') return escapeText(part)
  if ('bold' in part) return `**${words(part.bold, options)}**`
  if ('code' in part) return `\`${part.code.replaceAll('`', 'ˋ')}\``
  if ('link' in part) return `[${escapeText(part.label)}](${part.link.replaceAll(')', '%29')})`
  if ('role' in part) return roleWord(part.role, options)
  if ('user' in part) return `<@${part.user}>`
  if ('channel' in part) return `<#${part.channel}>`
  const style = { date: 'D', moment: 'f', relative: 'R' }[part.style]
  return `<t:${Math.floor(part.date / 1000)}:${style}>`
}

function roleWord(id: string, { roleName }: RenderOptions): string {
  if (!roleName) return /^\d{1,20}$/.test(id) ? `<@&${id}>` : escapeText(id)
  return `**@${escapeText(roleName(id) ?? 'a role')}**`
}

// docs.discord.com/developers/reference#message-formatting: a backslash before any punctuation takes its meaning away.
const markup = /[\\*_~`|<[\]]|^\s*(?:[#>+-]|\d+(?=\.))/gm

/** A text that Discord shows letter by letter: no markup, no mention. */
export const escapeText = (text: string): string =>
  text
    .replaceAll(markup, found => (/\d$/.test(found) ? `${found}\\` : found.replace(/\S$/, '\\$&')))
    .replaceAll(/@(?=everyone|here)/g, '@\u200b')
