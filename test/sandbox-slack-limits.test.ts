import { beforeEach, describe, expect, it } from 'vitest'
import type { SlackStandIn } from '../src/sandbox/slack/index.ts'
import { client, standIn } from './sandbox-slack-app.ts'

let slack: SlackStandIn
let user: string

beforeEach(async () => {
  slack = await standIn()
  user = slack.addUser(slack.team.id, { name: 'ada' }).id
})

const long = (length: number) => 'x'.repeat(length)
const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at))
const section = (text = 'hi') => ({ type: 'section', text: mrkdwn(text) })
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const option = (text = 'One', value = '1') => ({ text: plain(text), value })
const select = (options: object[]) => ({ type: 'static_select', action_id: 's', options })

async function post(blocks: unknown): Promise<{ ok: boolean; error?: string; errors?: string[] }> {
  const answer = await fetch(`${slack.apiBase}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: user, text: 'x', blocks }),
  })
  return answer.json()
}

describe('blocks within the limits', () => {
  it.each([
    ['50 blocks', many(50, () => section())],
    ['a header of 150', [{ type: 'header', text: plain(long(150)) }]],
    ['a section of 3000', [section(long(3000))]],
    ['10 fields of 2000', [{ type: 'section', fields: many(10, () => mrkdwn(long(2000))) }]],
    ['25 buttons', [actions(...many(25, index => button({ action_id: `b${index}` })))]],
    [
      'a button full to the brim',
      [actions(button({ text: plain(long(75)), value: long(2000), action_id: long(255) }))],
    ],
    ['100 options of 75', [actions(select(many(100, index => option(long(75), String(index)))))]],
    [
      'the same action in two blocks',
      [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
    ],
  ])('are taken: %s', async (_, blocks) => {
    expect(await post(blocks)).toMatchObject({ ok: true })
  })
})

describe('blocks past the limits', () => {
  it.each([
    ['51 blocks', many(51, () => section()), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [
      'a header of 151',
      [{ type: 'header', text: plain(long(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header with mrkdwn',
      [{ type: 'header', text: mrkdwn('x') }],
      'must be plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a section of 3001',
      [section(), section(long(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/1/text/text]',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      '11 fields',
      [{ type: 'section', fields: many(11, () => mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2001',
      [{ type: 'section', fields: [mrkdwn(long(2001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'a section of nothing',
      [{ type: 'section' }],
      'must define either `text` or `fields` [json-pointer:/blocks/0]',
    ],
    [
      '26 buttons',
      [actions(...many(26, index => button({ action_id: `b${index}` })))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['no buttons', [actions()], 'must provide at least 1 item [json-pointer:/blocks/0/elements]'],
    [
      'a label of 76',
      [actions(button({ text: plain(long(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a url of 3001',
      [actions(button({ url: `https://x.test/${long(3001)}` }))],
      'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      'a value of 2001',
      [actions(button({ value: long(2001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'an action id of 256',
      [actions(button({ action_id: long(256) }))],
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'an action twice in a block',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      '`action_id` a already exists for block_id [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a block id twice',
      [
        { ...section(), block_id: 'b' },
        { ...section(), block_id: 'b' },
      ],
      '`block_id` b already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      '101 options',
      [actions(select(many(101, index => option('x', String(index)))))],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'an option of 76',
      [actions(select([option(long(76))]))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
    ],
    [
      'an unknown block',
      [{ type: 'constructor' }],
      'unsupported type: constructor [json-pointer:/blocks/0/type]',
    ],
    ['a string for a block', ['x'], 'must be an object [json-pointer:/blocks/0]'],
  ])('are refused by name: %s', async (_, blocks, problem) => {
    expect(await post(blocks)).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      errors: [problem],
      response_metadata: { messages: [`[ERROR] ${problem}`] },
    })
    expect(slack.dms(slack.team.id, user)).toEqual([])
  })

  it('that are no list at all are a format error', async () => {
    expect(await post('{"type":"divider"}')).toMatchObject({ ok: false, error: 'invalid_blocks_format' })
  })
})

describe('views', () => {
  const publish = (blocks: object[]) =>
    client(slack).views.publish({ user_id: user, view: { type: 'home', blocks: blocks as [] } })

  it('hold 100 blocks, and are kept as the user’s Home', async () => {
    await publish(many(100, () => section()))
    expect(slack.home(slack.team.id, user)?.blocks).toHaveLength(100)
    await expect(publish(many(101, () => section()))).rejects.toMatchObject({
      data: {
        error: 'invalid_arguments',
        response_metadata: {
          messages: ['[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]'],
        },
      },
    })
  })

  it('are refused where the Home tab is off, and by a stale hash', async () => {
    await publish([section()])
    const view = { type: 'home' as const, blocks: [] }
    const stale = client(slack).views.publish({ user_id: user, hash: '1.1', view })
    await expect(stale).rejects.toMatchObject({ data: { error: 'hash_conflict' } })
    slack.team.preferences.homeTab = false
    await expect(publish([section()])).rejects.toMatchObject({ data: { error: 'not_enabled' } })
  })
})
