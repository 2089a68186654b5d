import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { View } from '../src/sandbox/slack/index.ts'
import {
  becomeMember,
  buttonsOf,
  linkOf,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

let world: SlackWorld
beforeAll(async () => {
  world = await startSlackWorld()
  await say(world, world.owner, '/premium role #lounge')
})
afterAll(() => world.close())

/** Opens the Home tab and waits for what it shows. */
async function open(user: string, wanted: string): Promise<View> {
  await world.slack.as(user).openHome()
  return shown(user, wanted)
}

async function shown(user: string, wanted: string): Promise<View> {
  let view: View | undefined
  await until(`a Home with ${wanted}`, () => {
    view = world.slack.home(world.team, user)
    return view && read(view).includes(wanted)
  })
  if (!view) throw new Error('no Home')
  return view
}

describe('the App Home', () => {
  it('shows the billing, with the plans below', async () => {
    const words = read(await open(world.ada, 'You have no membership here yet'))
    expect(words.indexOf('Your billing')).toBeGreaterThan(-1)
    expect(words.indexOf('Memberships')).toBeGreaterThan(words.indexOf('Your billing'))
    expect(words).toContain('$10.00 / month')
  })

  it('answers a press in place, with a way back', async () => {
    const home = await open(world.ada, '$10.00')
    const pressed = await world.slack.as(world.ada).press(home, 'Subscribe: Basic, $10.00 / month')
    expect(pressed.ackStatus).toBe(200)
    const answer = await shown(world.ada, 'Almost there')
    expect(linkOf(answer)).toContain('/c/pay/')
    expect(buttonsOf(answer).map(({ label }) => label)).toContain('Back to overview')
    await world.slack.as(world.ada).press(answer, 'Back to overview')
    expect(read(await shown(world.ada, 'Your billing'))).not.toContain('Almost there')
  })

  it('shows a membership once there is one', async () => {
    await becomeMember(world, world.ada)
    const home = await open(world.ada, 'Active, renews on')
    expect(read(home)).toContain('Basic (yours)')
    expect(linkOf(home)).toContain('/p/session/')
  })

  it('is shown without pictures when Slack refuses one', async () => {
    const [product] = world.stripe.objects.products
    await world.sdk.products.update(product?.id ?? '', { images: ['https://images.example/tier.png'] })
    await until('the picture', async () =>
      JSON.stringify((await say(world, world.ben, '/plans')).blocks).includes('tier.png'),
    )
    world.slack.faults.current = ({ method, body }) =>
      method === 'views.publish' && JSON.stringify(body).includes('tier.png')
        ? { error: 'invalid_arguments' }
        : undefined
    const home = await open(world.ben, '$10.00')
    world.slack.faults.current = undefined
    expect(JSON.stringify(home.blocks)).not.toContain('tier.png')
  })

  it('that is turned off harms nothing: a press there is answered by message', async () => {
    const home = await open(world.ben, '$10.00')
    world.slack.team.preferences.homeTab = false
    await world.slack.as(world.ben).press(home, 'Subscribe: Basic, $10.00 / month')
    await until('the message', () =>
      world.slack.dms(world.team, world.ben).map(read).join().includes('Almost there'),
    )
    world.slack.team.preferences.homeTab = true
  })
})
