import type { APIMessage } from 'discord.js'
import { readCustomId, renderDiscord } from '../../src/platforms/discord/render.ts'
import { renderSlack } from '../../src/platforms/slack/render.ts'
import type { Reply } from '../../src/reply.ts'
import { readMessageForm } from '../../src/sandbox/discord/message-form.ts'
import { checkBlocks } from '../../src/sandbox/slack/block-limits.ts'
import { buttonsOf as slackButtons } from './slack-world.ts'
import { buttonsOf as discordButtons } from './world.ts'

/** What a platform makes of a reply, so that one suite can hold every renderer to the same promises. */
export interface Rendered {
  /** What the platform itself would refuse about it. */
  problems: string[]
  /** Every text that is shown as markup, as it is sent. */
  markup: string[]
  /** Every text, as its reader sees it. */
  seen: string
  buttons: { label: string; url: string | undefined; run: string | undefined }[]
  choices: string[]
  /** Ids that have to differ. */
  ids: string[]
}

export interface Renderer {
  render(reply: Reply): Rendered
  /** What no name may become in this platform's markup. */
  forbidden: RegExp[]
}

export const renderers: [name: string, renderer: Renderer][] = [
  [
    'Discord',
    {
      render: forDiscord,
      forbidden: [/(?<!\\)<[@#!]/, /(?<!\\)\[[^\]]*\]\(/, /@(?:here|everyone)/, /(?<!\\)[*~`](?!\*)\w/],
    },
  ],
  [
    'Slack',
    {
      render: forSlack,
      forbidden: [
        /<[^>]*(?:evil|here|channel|U0|C0|now)[^>]*>/,
        /@(?:here|everyone|channel)/,
        /(?<!\u200b)[~`]/,
        /^&gt;/m,
      ],
    },
  ],
]

function forDiscord(reply: Reply): Rendered {
  const body = renderDiscord(reply)
  const problems: string[] = []
  try {
    readMessageForm(body, [], '', { isNew: true })
  } catch (error) {
    problems.push(JSON.stringify(error))
  }
  const markup = [
    body.content,
    ...body.embeds.flatMap(({ title, description, fields = [] }) => [
      title,
      description,
      ...fields.flatMap(({ name, value }) => [name, value]),
    ]),
  ].filter(text => text !== undefined)
  // The edge where a body becomes a message.
  const message = { ...body, components: body.components } as unknown as APIMessage
  const menus = body.components.flatMap(row =>
    row.components.flatMap(component => ('options' in component ? component.options : [])),
  )
  return {
    problems,
    markup,
    seen: markup
      .join('\n')
      .replaceAll(/\\([\W_])/g, '$1')
      .replaceAll('\u200b', ''),
    buttons: discordButtons(message).map(({ label, url, id }) => ({
      label,
      url,
      run: id === undefined ? undefined : readCustomId(id).run,
    })),
    choices: menus.flatMap(option => ('value' in option ? [option.value] : [])),
    ids: body.components.flatMap(row =>
      row.components.flatMap(component => ('custom_id' in component ? [component.custom_id] : [])),
    ),
  }
}

function forSlack(reply: Reply): Rendered {
  const { text, blocks } = renderSlack(reply)
  let ids = 0
  const { problems } = checkBlocks(blocks, 'message', () => `block${ids++}`)
  if (text.trim() === '') problems.push('no_text')
  const objects = JSON.stringify(blocks).matchAll(
    /\{"type":"(mrkdwn|plain_text)","text":("(?:[^"\\]|\\.)*")/g,
  )
  const texts = [...objects].map(([, type, words = '""']) => ({ type, words: String(JSON.parse(words)) }))
  const elements = blocks.flatMap(block => (block.type === 'actions' ? block.elements : []))
  const menus = elements.flatMap(element => ('options' in element && element.options ? element.options : []))
  return {
    problems,
    markup: [text, ...texts.filter(({ type }) => type === 'mrkdwn').map(({ words }) => words)],
    seen: texts
      .map(({ type, words }) =>
        type === 'plain_text'
          ? words
          : words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
      )
      .join('\n')
      .replaceAll('\u200b', ''),
    buttons: slackButtons({ blocks }),
    choices: menus.flatMap(option => ('value' in option && option.value ? [option.value] : [])),
    ids: elements.flatMap(element =>
      'action_id' in element && element.action_id ? [element.action_id] : [],
    ),
  }
}
