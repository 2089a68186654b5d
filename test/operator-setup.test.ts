import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStripe, stripeApiVersion } from '../src/billing/stripe.ts'
import { webhookEvents } from '../src/billing/webhook.ts'
import { createDiscordStandIn, type DiscordStandIn } from '../src/sandbox/discord/index.ts'
import { createSlackStandIn, type SlackStandIn } from '../src/sandbox/slack/index.ts'
import { createStripeStandIn, type StripeStandIn } from '../src/sandbox/stripe/index.ts'
import { type Guided, keys, startGuide } from './support/guide.ts'
import { ownFolder } from './support/store.ts'

const address = 'https://bot.example.com'

// Each of them starts the guide once or more often, and loads a chat's SDK in it.
describe('npm run setup', { timeout: 90_000 }, () => {
  let discord: DiscordStandIn
  let stripe: StripeStandIn
  let slack: SlackStandIn
  let folder: string
  let environment: Record<string, string>

  const open = async (options: Parameters<typeof createStripeStandIn>[0] = {}) => {
    stripe = await createStripeStandIn({ hasPortalSettings: false, ...options })
    environment = {
      DISCORD_API_BASE: discord.apiBase,
      SLACK_API_BASE: slack.apiBase,
      STRIPE_API_BASE: stripe.url,
    }
    return createStripe({ secretKey: stripe.secretKey, apiBase: stripe.url })
  }
  beforeEach(async () => {
    folder = await ownFolder()
    discord = await createDiscordStandIn()
    slack = await createSlackStandIn()
  })
  afterEach(() => Promise.all([discord.close(), slack.close(), stripe.close()]))

  const start = () => startGuide(folder, environment)
  const file = () => readFile(join(folder, '.env'), 'utf8')
  const env = async () => parseEnv(await file())
  const write = (content: string) => writeFile(join(folder, '.env'), content, { mode: 0o644 })
  const secrets = async () => [discord.token, stripe.secretKey, (await env()).STRIPE_WEBHOOK_SECRET ?? '-']

  /** Everything up to the Stripe key. */
  const toStripe = async (guide: Guided) => {
    await guide.answer('Set up Discord?')
    await guide.answer('Paste the bot token', discord.token)
    await guide.answer('What is its address?', address)
    await guide.answer('Set up Slack as well?')
  }

  it('leads from nothing to a bot that can start: keys checked, endpoint and portal made, plans for sale', async () => {
    const sdk = await open()
    const guide = start()
    await toStripe(guide)
    await guide.answer('Paste the secret key', stripe.secretKey)
    await guide.answer('Make three example plans')
    await guide.answer('In which currency?')
    await guide.sees('npm start')
    expect(await guide.ends()).toBe(0)

    const { data } = await sdk.webhookEndpoints.list()
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ url: `${address}/stripe/webhook`, api_version: stripeApiVersion })
    expect(data[0]?.enabled_events).toEqual([...webhookEvents])
    expect((await sdk.billingPortal.configurations.list()).data).toHaveLength(1)
    expect((await sdk.prices.list({ lookup_keys: ['basic_monthly'] })).data).toHaveLength(1)
    expect(await env()).toEqual({
      DISCORD_TOKEN: discord.token,
      PUBLIC_URL: address,
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: expect.stringMatching(/^whsec_/),
    })
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    const screen = guide.screen().replaceAll(/\s/g, '')
    expect(screen).toContain(
      `client_id=${discord.applicationId}&scope=bot+applications.commands&permissions=268454912`,
    )
    expect(screen).toContain('testkeyofStand-inforStripe')
    for (const secret of await secrets()) expect(screen).not.toContain(secret)
  })

  it('goes on where it was left, keeping lines it doesn’t know', async () => {
    const sdk = await open()
    await write('# mine\nSWEEP_MINUTES=60\n#PUBLIC_URL=https://here\nDISCORD_TOKEN=\n')
    const first = start()
    await first.answer('Set up Discord?')
    await first.answer('Paste the bot token', discord.token)
    await first.answer('What is its address?', address)
    expect(await first.leave('Set up Slack as well?')).toBe(0)
    await first.sees('npm run setup goes on from there')
    expect(await file()).toBe(
      `# mine\nSWEEP_MINUTES=60\nPUBLIC_URL=${address}\nDISCORD_TOKEN=${discord.token}\n`,
    )
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)

    const second = start()
    await second.answer('.env has DISCORD_TOKEN, PUBLIC_URL already')
    await second.answer('Set up Slack as well?')
    await second.answer('Paste the secret key', stripe.secretKey)
    await second.leave('Make three example plans')
    expect(second.screen()).not.toContain('Paste the bot token')
    const secret = (await env()).STRIPE_WEBHOOK_SECRET
    expect(secret).toMatch(/^whsec_/)

    const third = start()
    await third.answer('already')
    await third.answer('Set up Slack as well?')
    await third.answer('Make three example plans', 'n')
    expect(await third.ends()).toBe(0)
    expect((await sdk.webhookEndpoints.list()).data).toHaveLength(1)
    expect((await env()).STRIPE_WEBHOOK_SECRET).toBe(secret)
    expect((await file()).startsWith('# mine\nSWEEP_MINUTES=60\n')).toBe(true)
  })

  it('takes no token that Discord refuses, and none that is something else', async () => {
    await open()
    const guide = start()
    await guide.answer('Set up Discord?')
    await guide.answer('Paste the bot token', discord.applicationId)
    await guide.sees('That is an id')
    guide.press(`${keys.clear}0123456789abcdef0123456789abcdef\r`)
    await guide.sees('two dots in it')
    guide.press(`${keys.clear}a.b.c\r`)
    await guide.sees('Discord refuses this token')
    await expect(file()).rejects.toThrow('ENOENT')
    guide.press(`${keys.clear}${discord.token}\r`)
    await guide.sees('Discord knows the bot Velvet Rope')
    await guide.leave('What is its address?')
    expect((await env()).DISCORD_TOKEN).toBe(discord.token)
  })

  it('replaces a token that is refused by now, and waits for the Server Members intent', async () => {
    await open()
    await write(`DISCORD_TOKEN=${discord.token}\n`)
    const token = discord.resetToken()
    discord.allowIntent('GuildMembers', false)
    const guide = start()
    await guide.answer('.env has DISCORD_TOKEN already')
    await guide.sees("DISCORD_TOKEN in .env won't do: Discord refuses this token")
    await guide.answer('Paste the bot token', token)
    await guide.sees('The Server Members intent is off')
    await guide.answer('When it is done')
    await guide.sees('The Server Members intent is off')
    discord.allowIntent('GuildMembers', true)
    await guide.answer('When it is done')
    await guide.sees('Discord tells the bot everything now')
    await guide.sees('What is its address?')
    expect((await env()).DISCORD_TOKEN).toBe(token)
  })

  it('asks twice before it takes a live key', async () => {
    await open({ secretKey: 'sk_live_stand_in' })
    const guide = start()
    await toStripe(guide)
    await guide.answer('Paste the secret key', 'pk_live_1')
    await guide.sees('publishable key')
    guide.press(`${keys.clear}sk_live_stand_in\r`)
    await guide.answer('This is a live key: members will pay real money')
    await guide.sees('Paste the secret key')
    expect((await env()).STRIPE_SECRET_KEY).toBeUndefined()
    await guide.answer('', 'sk_live_stand_in')
    await guide.answer('This is a live key', 'y')
    await guide.answer('really for sale?')
    expect(await guide.ends()).toBe(0)
    expect(stripe.objects.prices).toEqual([])
  })

  it('names the permissions that a restricted key lacks', async () => {
    await open({ secretKey: 'rk_test_stand_in' })
    const refused = { status: 403, message: 'The provided key does not have the required permissions.' }
    stripe.faults.current = ({ method, path }) =>
      path === '/v1/account' ||
      path === '/v1/disputes' ||
      (method === 'POST' && path.startsWith('/v1/customers/'))
        ? refused
        : undefined
    const guide = start()
    await toStripe(guide)
    await guide.answer('Paste the secret key', 'rk_test_stand_in')
    await guide.sees('The restricted key lacks permissions')
    await guide.sees('Customers: Write')
    await guide.sees('Disputes: Read')
    expect(guide.screen()).not.toContain('Subscriptions: Write')
    stripe.faults.current = undefined
    await guide.answer('When it is done')
    await guide.sees('Stripe sends events to')
  })

  it('mends an endpoint that is there, and makes a new one where nobody knows its secret', async () => {
    const sdk = await open()
    const { id } = await sdk.webhookEndpoints.create({
      url: `${address}/stripe/webhook`,
      enabled_events: ['invoice.paid', 'payout.paid'],
      api_version: stripeApiVersion,
    })
    await sdk.webhookEndpoints.update(id, { disabled: true })
    const old = stripe.objects.endpoints[0]
    await write(
      `DISCORD_TOKEN=${discord.token}\nPUBLIC_URL=${address}\nSTRIPE_SECRET_KEY=${stripe.secretKey}\nSTRIPE_WEBHOOK_SECRET=whsec_mine\n`,
    )
    const guide = start()
    await guide.answer('already')
    await guide.answer('Set up Slack as well?')
    await guide.answer('Its signing secret')
    await guide.sees('turned off and without')
    await guide.sees('Stripe sends events to')
    await guide.leave('Make three example plans')
    const [mended] = (await sdk.webhookEndpoints.list()).data
    expect(mended).toMatchObject({ id: old?.id, status: 'enabled' })
    expect(new Set(mended?.enabled_events)).toEqual(new Set(['payout.paid', ...webhookEvents]))

    // What .env has by now is another endpoint's.
    await write((await file()).replace('whsec_mine', 'whsec_other'))
    const again = start()
    await again.answer('already')
    await again.answer('Set up Slack as well?')
    await again.sees('is not the one of Stripe')
    await again.answer('Its signing secret')
    await again.sees('the signing secret is saved')
    await again.leave('Make three example plans')
    const made = (await sdk.webhookEndpoints.list()).data
    expect(made).toHaveLength(1)
    expect(made[0]?.id).not.toBe(id)
    expect((await env()).STRIPE_WEBHOOK_SECRET).toMatch(/^whsec_(?!other|mine)/)
  })

  it('replaces an endpoint of another API version only when told to', async () => {
    const sdk = await open()
    const { id, secret } = await sdk.webhookEndpoints.create({
      url: `${address}/stripe/webhook`,
      enabled_events: ['*'],
      api_version: '2025-03-31.basil' as typeof stripeApiVersion,
    })
    await write(
      `DISCORD_TOKEN=${discord.token}\nPUBLIC_URL=${address}\nSTRIPE_SECRET_KEY=${stripe.secretKey}\nSTRIPE_WEBHOOK_SECRET=${secret}\n`,
    )
    const run = async (isReplaced: 'y' | 'n') => {
      const guide = start()
      await guide.answer('already')
      await guide.answer('Set up Slack as well?')
      await guide.answer('Replace it by one with the version', isReplaced)
      if (isReplaced === 'n') await guide.answer('Its signing secret')
      await guide.answer('Make three example plans', 'n')
      expect(await guide.ends()).toBe(0)
      return (await sdk.webhookEndpoints.list()).data
    }
    expect(await run('n')).toMatchObject([{ id, enabled_events: ['*'] }])
    expect(await run('y')).toMatchObject([{ api_version: stripeApiVersion }])
    expect((await env()).STRIPE_WEBHOOK_SECRET).not.toBe(secret)
  })

  it('sets up Slack alone, for a machine that Stripe and Slack can’t reach', async () => {
    await open()
    const guide = start()
    await guide.answer('Set up Discord?', 'n')
    await guide.answer('What is its address?', 'http://localhost:3000')
    await guide.answer('Set up Slack?')
    await guide.answer('Paste the Bot User OAuth Token', slack.appToken)
    await guide.sees('starts with xoxb-')
    guide.press(`${keys.clear}xoxb-wrong\r`)
    await guide.sees('Slack refuses this token (invalid_auth)')
    guide.press(`${keys.clear}${slack.botToken}\r`)
    await guide.answer('Paste the Signing Secret', slack.signingSecret)
    await guide.answer('Paste the App-Level Token', slack.appToken)
    await guide.sees('Slack opens a socket')
    await guide.answer('Paste the secret key', stripe.secretKey)
    await guide.sees('stripe listen --forward-to localhost:3000/stripe/webhook')
    await guide.answer('Paste the signing secret', 'whsec_of_the_tool')
    await guide.answer('Make three example plans', 'n')
    expect(await guide.ends()).toBe(0)
    expect(await env()).toEqual({
      PUBLIC_URL: 'http://localhost:3000',
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_APP_TOKEN: slack.appToken,
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: 'whsec_of_the_tool',
    })
    for (const secret of [slack.botToken, slack.signingSecret, slack.appToken, 'whsec_of_the_tool'])
      expect(guide.screen()).not.toContain(secret)
  })

  it('leaves a .env alone when told to, and asks before it replaces a single line', async () => {
    await open()
    const before = `DISCORD_TOKEN=${discord.token}\r\nPUBLIC_URL=${address}\r\n`
    await write(before)
    const left = start()
    await left.answer('already', `${keys.down}${keys.down}`)
    expect(await left.ends()).toBe(0)
    expect(await file()).toBe(before)

    const all = start()
    await all.answer('already', keys.down)
    await all.answer('Keep DISCORD_TOKEN as it is?', 'n')
    await all.leave('Paste the bot token')
    expect(await file()).toBe(before)
  })

  it('waits for a Stripe that is away', async () => {
    await open()
    await write(
      `DISCORD_TOKEN=${discord.token}\nPUBLIC_URL=${address}\nSTRIPE_SECRET_KEY=${stripe.secretKey}\n`,
    )
    stripe.faults.current = () => 'reset'
    const guide = start()
    await guide.answer('already')
    await guide.answer('Set up Slack as well?')
    await guide.sees("stripe can't be reached")
    stripe.faults.current = undefined
    await guide.answer('Try again?')
    await guide.sees('Stripe knows a test key')
    expect((await env()).STRIPE_SECRET_KEY).toBe(stripe.secretKey)
  })
})
