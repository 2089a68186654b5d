import { describe, expect, it } from 'vitest'
import { runFirstChecks } from '../src/access/checks.ts'
import { stripeApiVersion } from '../src/billing/stripe.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import { text } from '../src/text.ts'
import { aCommunity, linesOf } from './support/checked.ts'

const url = 'https://bot.example/stripe/webhook'

describe('what the status says of Stripe', () => {
  it('is one line for each thing while all is well', async () => {
    const { look } = await aCommunity()
    expect(await look('Stripe')).toEqual([
      "✓ Stripe's key works: test mode, no money moves.",
      `✓ Stripe sends every event that is needed to ${url}, as of ${stripeApiVersion}.`,
      '✓ The last signed webhook came 2026-01-02 12:00.',
      '✓ In the customer portal members can cancel, change their card, see their invoices.',
    ])
  })

  it('names the account, and that its payments are real', async () => {
    const { world, key, look } = await aCommunity()
    world.key = { ...key, isLive: true, account: 'Velvet' }
    expect((await look('Stripe'))[0]).toBe("✓ Stripe's key works (Velvet): live mode, payments are real.")
  })

  it.each([
    [['Disputes: Read'], 'a permission: Disputes: Read'],
    [['Disputes: Read', 'Prices: Read'], 'permissions: Disputes: Read; Prices: Read'],
  ])('names what a restricted key lacks: %s', async (missing, named) => {
    const { world, key, look } = await aCommunity()
    world.key = { ...key, missing }
    expect((await look('Stripe')).slice(0, 2)).toEqual([
      `✗ Stripe's restricted key lacks ${named}.`,
      '→ Edit the key in the Stripe dashboard, under Developers, API keys, and turn them on.',
    ])
  })

  it('says that there is no endpoint, and on a machine of its own what takes its place', async () => {
    const { world, look } = await aCommunity()
    world.endpoint = undefined
    expect((await look('Stripe')).slice(1, 3)).toEqual([
      `✗ Stripe has no webhook endpoint for ${url}, so it tells the bot nothing.`,
      '→ npm run setup makes it.',
    ])
    world.isLocal = true
    expect((await look('Stripe'))[1]).toBe(
      `– Stripe can't reach ${url}, which is this machine: stripe listen has to bring the events here.`,
    )
  })

  it('says everything that is wrong with an endpoint, each with its fix', async () => {
    const { world, endpoint, look } = await aCommunity()
    world.endpoint = { ...endpoint, isEnabled: false, missing: ['invoice.paid', 'a.b'], isPinned: false }
    world.hasSecret = false
    const seen = (await look('Stripe')).slice(1, -2)
    expect(seen).toEqual([
      '✗ The webhook endpoint we_1 is turned off.',
      '→ Turn it on in the Stripe dashboard, under Developers, Webhooks. npm run setup does it too.',
      '✗ The webhook endpoint we_1 is not sent invoice.paid, a.b.',
      '→ npm run setup adds what is missing.',
      `✗ The webhook endpoint we_1 has the API version 2024-06-20, not ${stripeApiVersion}.`,
      '→ npm run setup replaces it by one that has.',
      '✗ STRIPE_WEBHOOK_SECRET is not the signing secret of the webhook endpoint we_1.',
      '→ Copy it from the Stripe dashboard, under Developers, Webhooks, the endpoint, Signing secret; then start the bot again.',
    ])
    world.hasSecret = undefined
    world.endpoint = { ...endpoint, version: undefined, isPinned: false }
    expect((await look('Stripe')).slice(1, -2)).toEqual([
      `✗ The webhook endpoint we_1 has the API version of the account, not ${stripeApiVersion}.`,
      '→ npm run setup replaces it by one that has.',
    ])
  })

  it('misses a webhook only where somebody of this community pays', async () => {
    const { world, look, remember } = await aCommunity()
    world.lastDelivery = undefined
    await remember('discord:1:2', [])
    await remember('discord:10:2', ['basic'])
    expect((await look('Stripe'))[2]).toBe('– No signed webhook came yet. The first payment brings one.')
    await remember('discord:1:3', ['basic'])
    expect((await look('Stripe')).slice(2, 4)).toEqual([
      '✗ No signed webhook ever came, though people pay.',
      "→ See in the Stripe dashboard, under Developers, Webhooks, how deliveries are answered: 400 means that STRIPE_WEBHOOK_SECRET is another endpoint's, no answer that PUBLIC_URL doesn't lead here.",
    ])
  })

  it('says that there is no customer portal', async () => {
    const { world, look } = await aCommunity()
    world.portal = undefined
    expect((await look('Stripe')).slice(3)).toEqual([
      '✗ The customer portal is not configured.',
      '→ npm run setup or npm run seed configures it; the first member who opens /billing makes the bot do it, too.',
    ])
  })

  it.each([
    [{ canCancel: false }, 'cancel'],
    [{ canChangeCard: false }, 'change their card'],
    [{ canCancel: false, canChangeCard: false, canSeeInvoices: false }, 'cancel or change their card'],
  ])("says what members can't do in the portal: %o", async (change, named) => {
    const { world, portal, look } = await aCommunity()
    world.portal = { ...portal, ...change }
    expect((await look('Stripe')).slice(3)).toEqual([
      `✗ In the customer portal members can't ${named}.`,
      '→ Turn that on in the Stripe dashboard, under Settings, Billing, Customer portal.',
    ])
  })

  it('is well though the portal shows no invoices', async () => {
    const { world, portal, look } = await aCommunity()
    world.portal = { ...portal, canSeeInvoices: false }
    expect((await look('Stripe')).slice(3)).toEqual([
      '✓ In the customer portal members can cancel, change their card.',
    ])
  })
})

describe('the status before any community is set up', () => {
  it('says the next step, and how Stripe and the chat are', async () => {
    const { deps, platform } = await aCommunity()
    const groups = await runFirstChecks(deps, platform)
    expect(groups.map(({ name }) => name)).toEqual(['What is for sale', 'Stripe', 'The bot'])
    const all = linesOf(groups)
    expect(all[0]).toBe('– Nothing is set up in any community yet: /premium setup there is the next step.')
    expect(all.slice(-1)).toEqual(['✓ All is well.'])
    expect(all).toHaveLength(6)
  })

  it('misses a webhook where anybody pays', async () => {
    const { world, deps, platform, remember } = await aCommunity()
    world.lastDelivery = undefined
    await remember('slack:T1:U1', ['basic'])
    expect(linesOf(await runFirstChecks(deps, platform))).toContain(
      '✗ No signed webhook ever came, though people pay.',
    )
  })

  it('says what stops the chat, or that it could not be asked', async () => {
    const { world, deps, platform } = await aCommunity()
    world.broken.set('problems', new RetryLater('discord is down'))
    expect(linesOf(await runFirstChecks(deps, platform)).slice(-2)).toEqual([
      "✗ The chat can't be checked now: discord is down.",
      '→ Look again in a minute; until then the bot waits and tries again.',
    ])
    platform.problems = async () => [
      { id: 'discord', what: text`The token is refused.`, fix: text`Put a new one.` },
      { id: 'discord', what: text`The intent is off.`, fix: text`Turn it on.` },
    ]
    expect(linesOf(await runFirstChecks(deps, platform)).slice(-4)).toEqual([
      '✗ The token is refused.',
      '→ Put a new one.',
      '✗ The intent is off.',
      '→ Turn it on.',
    ])
  })

  it('says a refused key once', async () => {
    const { world, deps, platform } = await aCommunity()
    const problem = { id: 'stripe:key', what: text`Stripe refuses the key.`, fix: text`Put a valid one.` }
    const refused = new OperatorError(problem, async () => false)
    for (const what of ['key', 'endpoint', 'portal']) world.broken.set(what, refused)
    const [, stripe] = await runFirstChecks(deps, platform)
    expect(linesOf(stripe ? [stripe] : [])).toEqual([
      '✗ Stripe refuses the key.',
      '→ Put a valid one.',
      '✓ The last signed webhook came 2026-01-02 12:00.',
    ])
  })
})
