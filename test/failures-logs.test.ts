import { expect, it } from 'vitest'
import { invoiceOf, nameOf } from './support/failures.ts'
import { startProcess } from './support/process.ts'
import * as slack from './support/slack-world.ts'
import { until } from './support/until.ts'
import { holds, linkOf, say, startWorld } from './support/world.ts'

it('a whole run that logs everything it can tells no secret, no link and no card, whatever fails', async () => {
  const world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
  const bot = await startProcess(world.environment, 'trace')
  const { ada, ben, admin, stripe, discord } = world
  await world.sdk.webhookEndpoints.update(stripe.objects.endpoints[0]?.id ?? '', {
    url: `${bot.url}/stripe/webhook`,
  })
  await say(world, admin, '/premium role role:@Premium')
  const links: string[] = []
  const link = async (user: string, line: string) => {
    links.push(linkOf(await say(world, user, line)))
    return links.at(-1) ?? ''
  }

  const pay = await link(ada, '/subscribe plan:basic_monthly')
  stripe.pay(pay, { email: 'ada@example.com', name: 'Ada Lovelace' })
  await until('the role', () => holds(world, ada))
  const session = /cs_test_\w+/.exec(pay)?.[0] ?? ''
  await fetch(`${bot.url}/checkout/success?session_id=${session}`)
  await link(ada, '/billing')
  await link(ada, '/subscribe plan:pro_monthly')

  for (const fault of [
    { status: 500 },
    'reset',
    { status: 401 },
    { status: 403 },
    { status: 429 },
    // Stripe repeats in its words what it was sent.
    { status: 400, message: 'Not a valid URL: https://checkout.stripe.com/c/pay/x' },
  ] as const) {
    stripe.faults.current = () => fault
    for (const line of ['/billing', '/subscribe plan:pro_monthly', '/plans']) await say(world, ben, line)
    stripe.faults.current = undefined
  }
  await link(ben, '/subscribe plan:basic_monthly')
  for (const fault of [{ status: 500 }, 'reset', { status: 403 }] as const) {
    let failures = 3
    discord.faults.current = ({ path }) =>
      !path.includes('/interactions/') && failures-- > 0 ? fault : undefined
    // An edit that fails is nobody's answer, and the error that it leaves carries the whole reply.
    await discord.as(ben, world.guild).command('/billing')
    await until('the fault to be met', () => failures < 3)
    discord.faults.current = undefined
  }
  for (const headers of [{}, { 'stripe-signature': 't=1,v1=0' }])
    await fetch(`${bot.url}/stripe/webhook`, { method: 'POST', body: '{"url":"/c/pay/x"}', headers })
  stripe.refund(invoiceOf(world, ada).id)
  await until('the role to go', () => !holds(world, ada))
  expect(await bot.terminate()).toBe(0)

  const written = bot.output() + bot.errors()
  const secrets = {
    'the Stripe key': stripe.secretKey,
    'the webhook secret': world.environment.STRIPE_WEBHOOK_SECRET ?? '',
    'the bot token': discord.token,
    'an email address': 'ada@example.com',
    'a name': 'Lovelace',
    'a card': '4242',
    'a link to Checkout': '/c/pay/',
    'a link to the portal': '/p/session/',
    'a Checkout session': session,
    ...Object.fromEntries(links.map((each, index) => [`link ${index}`, each])),
    ...Object.fromEntries(discord.interactions().map(({ token }, index) => [`interaction ${index}`, token])),
  }
  expect(written).toContain(nameOf(world, ada))
  expectNone(written, secrets)
  await world.close()
})

it.each([
  ['by HTTP', slack.byHttp],
  ['by Socket Mode', slack.bySocket],
  ['in any workspace', slack.byOAuth],
])('and neither does a run in Slack %s', async (_, way) => {
  const isInstalled = way !== slack.byOAuth
  const world = await slack.startSlackWorld({
    start: false,
    environment: way,
    slack: { team: { name: 'The Lounge', installed: isInstalled } },
  })
  const { owner, ada, ben, stripe, team, lounge, environment } = world
  const bot = await startProcess(environment, 'trace')
  await world.sdk.webhookEndpoints.update(stripe.objects.endpoints[0]?.id ?? '', {
    url: `${bot.url}/stripe/webhook`,
  })
  const secrets: Record<string, string> = {
    'the Stripe key': stripe.secretKey,
    'a link to Checkout': '/c/pay/',
    'a link to the portal': '/p/session/',
  }
  for (const [name, value] of Object.entries(environment))
    if (/SECRET|TOKEN/.test(name)) secrets[name] = value
  if (!isInstalled) {
    world.slack.redirectUrls.push(`${bot.url.replace('127.0.0.1', 'localhost')}/slack/oauth_redirect`)
    const { url } = await slack.install(world, bot.url, team, owner)
    for (const [name, value] of new URL(url).searchParams) secrets[name] = value
    await fetch(
      `${bot.url}/slack/oauth_redirect?${new URLSearchParams({ code: 'a-code', state: 'a-state' })}`,
    )
    world.slack.inviteBot(team, lounge)
  }
  secrets['the bot token'] = world.slack.botToken
  if (!environment.SLACK_APP_TOKEN) await world.slack.connect({ requestUrl: `${bot.url}/slack/events` })

  await slack.say(world, owner, '/premium role #lounge')
  stripe.pay(slack.linkOf(await slack.say(world, ada, '/subscribe basic_monthly')))
  await until('the channel', () => slack.holds(world, ada))
  for (const fault of [{ error: 'invalid_auth' }, { status: 500 }, 'reset', { status: 403 }] as const) {
    let failures = 2
    world.slack.faults.current = () => (failures-- > 0 ? fault : undefined)
    for (const user of [ada, ben]) {
      const { responseUrl = '' } = await world.slack.as(user).command('/billing')
      secrets[responseUrl] = responseUrl
    }
    await until('the fault to be met', () => failures <= 0)
    world.slack.faults.current = undefined
  }
  stripe.faults.current = () => ({ status: 403 })
  await slack.say(world, ben, '/subscribe basic_monthly')
  expect(await bot.terminate()).toBe(0)

  const written = bot.output() + bot.errors()
  expect(written).toContain(`slack:${team}:${ada}`)
  expectNone(written, { ...secrets, 'a forged code': 'a-code', 'a forged state': 'a-state' })
  await world.close()
})

/** Fails with what stands around a secret where it was written. */
function expectNone(written: string, secrets: Record<string, string>) {
  for (const [what, secret] of Object.entries(secrets)) {
    expect(secret.length, what).toBeGreaterThan(3)
    const at = written.indexOf(secret)
    expect(at < 0 ? '' : written.slice(Math.max(0, at - 200), at + 50), what).toBe('')
  }
}
