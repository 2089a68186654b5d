import { createHmac } from 'node:crypto'
import type { APIInteraction } from 'discord.js'
import { loadCommands } from '../../src/commands.ts'
import { createDispatch } from '../../src/dispatch.ts'
import { createLog } from '../../src/log.ts'
import { answerInteraction } from '../../src/platforms/discord/interactions.ts'
import type { DiscordMessage } from '../../src/platforms/discord/render.ts'
import { createSlackStandIn } from '../../src/sandbox/slack/index.ts'
import { type Chance, createChance } from '../chaos/random.ts'
import { linkFor } from '../support/failures.ts'
import { byHttp } from '../support/slack-world.ts'
import { until } from '../support/until.ts'
import { holds, say, startWorld, type World } from '../support/world.ts'
import { wildText, wildValue } from './words.ts'

export interface FuzzReport {
  inputs: number
  /** How often each door answered what. */
  answers: Record<string, number>
  /** Answers that no door may give; empty when all is well. */
  wrong: string[]
  /** Megabytes of the heap after a collection, at a tenth of the way and at the end. */
  heap: [early: number, late: number]
}

/** Throws nonsense at every door of one bot: the webhook, Slack's endpoint, command arguments and button ids. */
export async function runFuzz(plan: {
  seed: number
  inputs: number
  say?: (line: string) => void
}): Promise<FuzzReport> {
  const chance = createChance(plan.seed)
  const slack = await createSlackStandIn()
  const world = await startWorld({ environment: { SWEEP_MINUTES: '0', ...byHttp(slack) } })
  const answers: Record<string, number> = {}
  const wrong: string[] = []
  let early = 0
  const doors = await doorsOf(world, chance, slack.signingSecret)
  const running = new Set<Promise<void>>()
  await say(world, world.admin, '/premium role role:@Premium')

  for (let count = 0; count < plan.inputs; count++) {
    const [name, knock] = chance.one(doors)
    const done: Promise<void> = knock()
      .then(
        answer => {
          const line = `${name} ${answer}`
          answers[line] = (answers[line] ?? 0) + 1
          if (/5\d\d|failed|went wrong|lost/.test(answer)) wrong.push(`${count}: ${line}`)
        },
        (error: unknown) => void wrong.push(`${count}: ${name} ${String(error)}`),
      )
      .finally(() => running.delete(done))
    running.add(done)
    // Slack's library takes three seconds to decide that nobody answers something.
    if (running.size >= 256) await Promise.race(running)
    if (count === Math.floor(plan.inputs / 10)) early = heapNow()
    if (count % 5_000 === 0) plan.say?.(`${count} of ${plan.inputs}`)
  }
  await Promise.all(running)
  const heap: FuzzReport['heap'] = [early, heapNow()]
  const payer = world.discord.addMember(world.guild, { username: 'payer' }).user.id
  world.stripe.pay(await linkFor(world, payer))
  await until('the role', () => holds(world, payer)).catch(error => wrong.push(`after it all: ${error}`))
  const alive = await fetch(`${world.app.url}/readyz`)
  if (!alive.ok) wrong.push(`after it all, /readyz answers ${alive.status}`)
  await world.close()
  await slack.close()
  return { inputs: plan.inputs, answers, wrong, heap }
}

type Door = [name: string, knock: () => Promise<string>]

async function doorsOf(world: World, chance: Chance, slackSecret: string): Promise<Door[]> {
  const secret = world.environment.STRIPE_WEBHOOK_SECRET ?? ''
  const seconds = () => Math.floor(Date.now() / 1000)
  const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex')
  const body = () => {
    if (chance.is(0.2)) return wildText(chance, 40)
    const event = {
      id: 'evt_1',
      type: chance.one(types),
      livemode: false,
      data: { object: wildValue(chance) },
    }
    return JSON.stringify(chance.is(0.5) ? event : wildValue(chance))
  }
  const post = async (path: string, payload: string, headers: Record<string, string>) => {
    const response = await fetch(`${world.app.url}${path}`, { method: 'POST', body: payload, headers })
    await response.arrayBuffer()
    return String(response.status)
  }

  const webhook = () => {
    const [payload, at] = [body(), seconds()]
    const v1 = chance.is(0.8) ? hmac(secret, `${at}.${payload}`) : wildHeader(chance)
    return post('/stripe/webhook', payload, { 'stripe-signature': `t=${at},v1=${v1}` })
  }
  const slackEndpoint = () => {
    const at = String(seconds())
    const isForm = chance.is(0.7)
    const fields = Object.fromEntries(slackFields.map(name => [name, wildText(chance, 5)]))
    const payload = isForm
      ? new URLSearchParams(chance.is(0.5) ? fields : { payload: body() }).toString()
      : body()
    return post('/slack/events', payload, {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      'x-slack-request-timestamp': at,
      'x-slack-signature': chance.is(0.8)
        ? `v0=${hmac(slackSecret, `v0:${at}:${payload}`)}`
        : wildHeader(chance),
    })
  }
  const pages = async () => {
    const query = encodeURIComponent(wildText(chance).replaceAll(/\p{Surrogate}/gu, '?'))
    const path = chance.one([
      `/checkout/success?session_id=${query}`,
      `/checkout/cancel?community=${query}`,
      `/${query}`,
    ])
    const response = await fetch(`${world.app.url}${path}`, { redirect: 'manual' })
    await response.arrayBuffer()
    return String(response.status)
  }
  const log = createLog('silent')
  const { access, billing } = world.app
  const dispatch = createDispatch({
    commands: await loadCommands(),
    billing,
    access,
    log,
    now: world.clock.now,
  })

  // Straight into the one function behind every carrier of interactions, as fast as it goes.
  const interact = async (parts: object) => {
    const interaction = {
      id: '1',
      application_id: '1',
      token: 'token',
      locale: chance.one(['en-US', 'de', 'xx', '']),
      ...(chance.is(0.9) && { guild_id: world.guild }),
      member: {
        user: { id: chance.one([world.ada, world.ben, world.admin]) },
        permissions: chance.is(0.3) ? '8' : '0',
      },
      ...parts,
    }
    // Malformed on purpose: the edge takes what Discord's JSON says.
    const answered = await answerInteraction(
      interaction as unknown as APIInteraction,
      dispatch,
      async () => () => undefined,
    )
    let last: DiscordMessage | undefined
    await answered?.work?.(async message => {
      last = message
    })
    const text = JSON.stringify(last ?? answered?.first ?? '')
    return text.includes('Something went wrong') ? `failed at ${JSON.stringify(parts)}` : 'answered'
  }
  const option = (type: number) => ({
    type,
    name: chance.one(['plan', 'page', 'role', 'also', 'days', wildText(chance, 2)]),
    value: chance.one([wildText(chance), chance.below(1e6), chance.is(0.5), world.premium, 'basic_monthly']),
  })
  const typed = () => {
    const options = Array.from({ length: chance.below(4) }, () => option(3))
    const name = chance.one([...commands, wildText(chance, 2)])
    const sub = chance.one(['role', 'status', 'why', wildText(chance, 2)])
    const data =
      name === 'premium'
        ? { type: 1, name, options: [{ type: 1, name: sub, options }] }
        : { type: 1, name, options }
    return interact({ type: chance.is(0.8) ? 2 : 4, data })
  }
  const button = () => {
    const custom_id = wildText(chance, 6).slice(0, 100)
    const data = chance.is(0.8)
      ? { component_type: 2, custom_id }
      : { component_type: 3, custom_id, values: [wildText(chance, 4)] }
    return interact({ type: 3, data })
  }
  return [
    ['webhook', webhook],
    ['slack', slackEndpoint],
    ['pages', pages],
    ['arguments', typed],
    ['button', button],
  ]
}

const commands = ['plans', 'subscribe', 'billing', 'premium']
const slackFields = ['command', 'text', 'team_id', 'user_id', 'channel_id', 'response_url', 'trigger_id']
const types = ['invoice.paid', 'customer.updated', 'charge.refunded', 'price.updated', 'galaxy.collapsed', '']

const wildHeader = (chance: Chance) => wildText(chance, 3).replaceAll(/[^\x20-\x7e]/g, '?')

function heapNow(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 1_048_576)
}
