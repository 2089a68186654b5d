import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  becomeMember,
  buttonsOf,
  linkOf,
  press,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

const form = 'application/x-www-form-urlencoded'
let world: SlackWorld
beforeAll(async () => {
  world = await startSlackWorld()
  await say(world, world.owner, '/premium role #lounge')
})
afterAll(() => world.close())

const endpoint = () => `${world.app.url}/slack/events`
const commandBody = (text: string, user = world.ada) =>
  new URLSearchParams({
    command: '/plans',
    text,
    team_id: world.team,
    user_id: user,
    channel_id: 'C1',
    response_url: `${world.slack.url}/commands/none`,
    api_app_id: world.slack.appId,
  }).toString()
/** Everything the bot asked of Slack since. */
const asked = (since: number) => world.slack.requests().slice(since)

function signedAt(body: string, seconds: number, secret = world.slack.signingSecret) {
  const hash = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${hash}` }
}
const now = () => Math.floor(Date.now() / 1000)

describe('a request to Slack’s endpoint', () => {
  it.each([
    ['without a signature', () => ({})],
    ['with a forged signature', (body: string) => signedAt(body, now(), 'somebody else’s secret')],
    ['signed an hour ago', (body: string) => signedAt(body, now() - 3600)],
    ['with another body’s signature', () => signedAt('other', now())],
    ['with a signature that is none', () => ({ ...signedAt('', now()), 'x-slack-signature': 'v0' })],
    [
      'with a time that is none',
      (body: string) => ({ ...signedAt(body, now()), 'x-slack-request-timestamp': 'x' }),
    ],
  ])('%s gets 401 and has no effect', async (_, headers) => {
    const before = world.slack.requests().length
    const body = commandBody('')
    expect((await world.slack.post(endpoint(), body, form, headers(body))).status).toBe(401)
    expect(asked(before)).toEqual([])
  })

  it('that comes a second time gets 401 and has no effect, however its headers are dressed', async () => {
    await say(world, world.ada, '/plans')
    const [delivery] = world.slack
      .deliveries()
      .filter(({ kind }) => kind === 'slash_commands')
      .slice(-1)
    if (!delivery) throw new Error('no delivery')
    const before = world.slack.requests().length
    expect((await world.slack.replay(delivery)).status).toBe(401)
    const { 'x-slack-signature': signature = '', ...headers } = delivery.headers
    for (const dressed of [
      { ...headers, 'x-slack-signature': `${signature}=junk` },
      { ...headers, 'x-slack-signature': signature, 'x-slack-retry-num': '1' },
    ])
      expect((await world.slack.post(endpoint(), delivery.body, form, dressed)).status).toBe(401)
    expect(asked(before)).toEqual([])
  })

  it.each([
    ['nothing', '', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a number', '7', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['half a JSON', '{"type":', 'application/json'],
    ['an event that is none', '{"type":"event_callback","event":null}', 'application/json'],
    ['an event of no type', '{"type":"event_callback","team_id":"T1","event":{}}', 'application/json'],
    ['a press of nothing', `payload=${encodeURIComponent('{"type":"block_actions","actions":[]}')}`, form],
    ['a payload that is no JSON', 'payload=%7B', form],
    ['a command of nobody', 'command=%2Fplans', form],
    ['bytes', '\u0000\u0001\ufffd', 'application/octet-stream'],
  ])('that is signed but carries %s crashes nothing', async (_, body, contentType) => {
    const { status } = await world.slack.post(endpoint(), body, contentType)
    // What can't even be told apart is left unanswered, and Slack gives up on it.
    expect([200, 400, undefined]).toContain(status)
    expect(read(await say(world, world.ada, '/plans'))).toContain('$10.00')
  })

  it('of more than a megabyte is refused as too large', async () => {
    expect((await world.slack.post(endpoint(), 'x'.repeat(1_100_000), form)).status).toBe(413)
  })

  it('for a workspace the bot is not in is taken and has no effect', async () => {
    const before = world.slack.requests().length
    const body = commandBody('').replace(world.team, 'T0SOMEWHERE')
    expect((await world.slack.post(endpoint(), body, form)).status).toBe(200)
    expect(asked(before)).toEqual([])
  })

  it.each(['view_submission', 'view_closed', 'shortcut', 'message_action', 'block_suggestion'])(
    'with a %s that nobody asked for is acknowledged at once',
    async type => {
      const view = { id: 'V1', callback_id: 'unknown', type: 'modal', state: { values: {} } }
      const payload = {
        type,
        view,
        callback_id: 'unknown',
        action_id: 'unknown',
        user: { id: world.ada, team_id: world.team },
        team: { id: world.team },
      }
      const ack = await world.slack.post(
        endpoint(),
        `payload=${encodeURIComponent(JSON.stringify(payload))}`,
        form,
      )
      expect(ack.status).toBe(200)
      expect(ack.ms).toBeLessThan(1000)
    },
  )
})

describe('what is typed or pressed', () => {
  it('may be 3,000 characters long, in any place', async () => {
    const long = 'x'.repeat(3000)
    expect(read(await say(world, world.ada, `/subscribe ${long}`))).toContain('There is no plan')
    expect(read(await say(world, world.ada, `/plans ${long}`))).toContain("don't know what to do with")
    expect(read(await say(world, world.owner, `/premium ${long}`))).toContain('Say what to do')
    expect(read(await say(world, world.owner, `/premium role ${long}`))).toContain("I can't find")
    expect(read(await say(world, world.owner, `/premium role #lounge ${long}`))).toContain('no active plan')
    expect(read(await say(world, world.owner, `/premium role "${'<@'.repeat(1500)}`))).toContain(
      "I can't find",
    )
  })

  it('is shown back letter by letter, and rings nobody’s bell', async () => {
    const reply = await say(world, world.ada, '/subscribe *<!here>_@channel`~&', { escape: false })
    expect(read(reply)).toContain('There is no plan `*<!here>_@channelˋ~&` here')
    expect(JSON.stringify(reply.blocks)).not.toContain('<!here>')
  })

  it('with a command that a forged button carries runs with the presser’s own rights', async () => {
    const plans = await say(world, world.ada, '/plans')
    const payload = {
      type: 'block_actions',
      user: { id: world.ada, team_id: world.team },
      team: { id: world.team },
      response_url: 'http://127.0.0.1:9/',
      container: { type: 'message', channel_id: plans.channelId },
      actions: [
        {
          type: 'button',
          action_id: 'run:0',
          value: `premium role ${world.lounge} also:yes`,
          action_ts: '1',
        },
      ],
    }
    const settings = await world.app.access.settings.of(`slack:${world.team}`)
    await world.slack.post(endpoint(), `payload=${encodeURIComponent(JSON.stringify(payload))}`, form)
    // Its response URL is dead, so the answer comes another way.
    await until('the answer', () =>
      world.slack.dms(world.team, world.ada).map(read).join().includes('Only admins'),
    )
    expect(await world.app.access.settings.of(`slack:${world.team}`)).toEqual(settings)
  })

  it('is acknowledged at once when Stripe takes four seconds, and answered when it comes', async () => {
    const ben = world.slack.as(world.ben)
    world.stripe.faults.current = ({ path }) =>
      path.includes('/checkout/sessions') ? { delayMs: 2_000 } : undefined
    const said = await ben.command('/subscribe basic_monthly')
    expect(said.ackStatus).toBe(200)
    expect(said.ackMs).toBeLessThan(1000)
    expect(said.replies()).toEqual([])
    expect(linkOf(await said.waitFor(undefined, 20_000))).toContain('/c/pay/')
    world.stripe.faults.current = undefined
  })

  it('opens a page without the bot running anything', async () => {
    const offer = await say(world, world.ada, '/subscribe basic_monthly')
    const before = world.slack.requests().length
    const pressed = await world.slack.as(world.ada).press(offer, 'Pay on Stripe')
    expect(pressed.ackStatus).toBe(200)
    expect(asked(before)).toEqual([])
    expect(buttonsOf(offer)[0]?.url).toContain('/c/pay/')
  })

  it('is answered by direct message when the response URL fails', async () => {
    const before = world.slack.dms(world.team, world.ada).length
    world.slack.faults.current = ({ method }) => (method === 'response_url' ? { status: 500 } : undefined)
    await world.slack.as(world.ada).command('/plans')
    await until('the message', () => world.slack.dms(world.team, world.ada).length === before + 1)
    world.slack.faults.current = undefined
    expect(read(world.slack.dms(world.team, world.ada).at(-1) ?? { blocks: [] })).toContain('$10.00')
  })

  it('is answered without pictures when Slack refuses one', async () => {
    const [product] = world.stripe.objects.products
    await world.sdk.products.update(product?.id ?? '', { images: ['https://images.example/tier.png'] })
    await until('the picture', async () =>
      JSON.stringify((await say(world, world.ada, '/plans')).blocks).includes('tier.png'),
    )
    world.slack.faults.current = ({ method, body }) =>
      method === 'response_url' && JSON.stringify(body).includes('tier.png') ? { status: 400 } : undefined
    const plans = await say(world, world.ada, '/plans')
    world.slack.faults.current = undefined
    expect(read(plans)).toContain('$10.00')
    expect(JSON.stringify(plans.blocks)).not.toContain('tier.png')
  })

  it('works from the buttons of a direct message', async () => {
    await becomeMember(world, world.ben)
    await until('the welcome', () => world.slack.dms(world.team, world.ben).length === 1)
    const [welcome] = world.slack.dms(world.team, world.ben)
    if (!welcome) throw new Error('no welcome')
    expect(read(await press(world, world.ben, welcome, 'Billing'))).toContain('Active, renews on')
  })
})
