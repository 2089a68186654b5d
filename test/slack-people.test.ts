import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  becomeMember,
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

const newcomer = (name: string, realName = name) => world.slack.addUser(world.team, { name, realName }).id
const customerOf = (user: string) =>
  world.stripe.objects.customers.find(
    ({ metadata }) => metadata.chat_member === `slack:${world.team}:${user}`,
  )?.id ?? ''
const portalsOf = (user: string) =>
  world.stripe.objects.portalSessions.filter(({ customer }) => customer === customerOf(user))

/** Every text that Slack would read as markup, the words for notifications included. */
function markupOf(message: { text: string; blocks: readonly object[] }): string[] {
  const found = [message.text]
  JSON.stringify(message.blocks, (_, value: unknown) => {
    const { type, text } = Object(value)
    if (type === 'mrkdwn' && typeof text === 'string') found.push(text)
    return value
  })
  return found
}

describe('somebody in a workspace', () => {
  it("reaches nobody else's billing, by no argument, no button and no press sent again", async () => {
    const [victim, thief] = [newcomer('victim'), newcomer('thief')]
    await becomeMember(world, victim)
    await becomeMember(world, thief)
    await until('the welcome', () => world.slack.dms(world.team, victim).length === 1)
    const [welcome] = world.slack.dms(world.team, victim)
    if (!welcome) throw new Error('no welcome')
    expect(linkOf(await press(world, victim, welcome, 'Billing'))).toContain('/p/session/')
    const before = portalsOf(victim).length
    const pressed = world.slack
      .deliveries()
      .filter(({ kind }) => kind === 'interactive')
      .at(-1)
    if (!pressed) throw new Error('nothing was sent')
    expect((await world.slack.replay(pressed)).status).toBe(401)
    for (const words of [`<@${victim}>`, `slack:${world.team}:${victim}`, `member:${victim}`])
      await say(world, thief, `/billing ${words}`)
    const told = () => world.slack.dms(world.team, thief).length
    for (const value of ['billing', `slack:${world.team}:${victim}|billing`, `billing member:${victim}`]) {
      const already = told()
      const payload = {
        type: 'block_actions',
        user: { id: thief, team_id: world.team },
        team: { id: world.team },
        response_url: 'http://127.0.0.1:9/',
        container: { type: 'message', channel_id: welcome.channelId },
        actions: [{ type: 'button', action_id: 'run:0', value, action_ts: '1' }],
      }
      await world.slack.post(
        `${world.app.url}/slack/events`,
        `payload=${encodeURIComponent(JSON.stringify(payload))}`,
        form,
      )
      await until('the answer', () => told() > already)
    }
    expect(portalsOf(thief).length).toBeGreaterThan(0)
    expect(portalsOf(victim)).toHaveLength(before)
  })

  it('may be called anything, and so may a plan: every letter is shown, and no bell rung', async () => {
    const bold = '<!channel> *x* <https://evil.example|y> @here'
    const user = newcomer('bold', bold)
    const log = world.slack.addChannel(world.team, { name: 'log', members: [world.owner] }).id
    world.slack.inviteBot(world.team, log)
    await say(world, world.owner, '/premium log #log')
    const price = world.stripe.objects.prices.find(({ lookup_key }) => lookup_key === 'patron_monthly')
    await world.sdk.products.update(String(price?.product ?? ''), { name: bold, description: bold })
    await world.sdk.prices.update(price?.id ?? '', { nickname: bold })
    world.app.billing.catalog.refresh()
    const offer = await say(world, user, '/subscribe patron_monthly')
    const plans = await say(world, user, '/plans')
    expect(read(plans)).toContain(bold)
    await world.stripe.pay(linkOf(offer), {})
    await until('the welcome', () => world.slack.dms(world.team, user).length === 1)
    const messages = [
      offer,
      plans,
      ...world.slack.dms(world.team, user),
      ...world.slack.messages(world.team, log),
      await say(world, user, '/billing'),
      await say(world, world.owner, '/premium members'),
      await say(world, world.owner, `/premium why <@${user}|bold>`),
    ]
    expect(messages.flatMap(markupOf).join('\n')).not.toMatch(
      /<!(?!date)|<https:\/\/evil|@(?:here|channel)|\*x\*/,
    )
  })
})
