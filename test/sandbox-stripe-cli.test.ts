import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createStripeStandIn, type StripeStandIn } from '../src/sandbox/stripe/index.ts'

const CLI = resolve('node_modules/.bin/stripe')
const run = promisify(execFile)

const isLeftOut = !answers()
if (isLeftOut)
  process.stderr.write(`left out: the Stripe CLI against the Stripe stand-in, since ${CLI} does not run\n`)

function answers(): boolean {
  try {
    execFileSync(CLI, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let home: string
let standIn: StripeStandIn

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'stripe-cli-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(async () => {
  standIn = await createStripeStandIn()
})
afterEach(() => standIn.close())

async function stripe(...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    STRIPE_CLI_TELEMETRY_OPTOUT: '1',
  }
  const { stdout } = await run(CLI, [...args, '--api-base', standIn.url, '--api-key', standIn.secretKey], {
    env,
  })
  return stdout
}

const types = () => standIn.objects.events.map(event => event.type)

test
  .skipIf(isLeftOut)
  .each([
    'invoice.paid',
    'customer.subscription.deleted',
    'customer.subscription.updated',
    'checkout.session.completed',
    'invoice.payment_failed',
    'invoice.payment_action_required',
    'charge.dispute.created',
    'charge.refunded',
    'customer.subscription.paused',
    'checkout.session.expired',
    'checkout.session.async_payment_succeeded',
  ])('stripe trigger %s makes that event', async type => {
  expect(await stripe('trigger', type)).toContain('Trigger succeeded!')
  if (type.includes('async')) await standIn.advance(5 * 86_400_000)
  expect(types()).toContain(type)
})

test.skipIf(isLeftOut)(
  'an invoice that the CLI pays has no subscription, and its session is a payment',
  async () => {
    await stripe('trigger', 'invoice.paid')
    expect(standIn.objects.invoices).toMatchObject([
      { status: 'paid', parent: null, billing_reason: 'manual' },
    ])
    await stripe('trigger', 'checkout.session.completed')
    expect(standIn.objects.sessions).toMatchObject([
      { status: 'complete', mode: 'payment', payment_status: 'paid', subscription: null },
    ])
  },
)

test.skipIf(isLeftOut)('stripe post and get make and read its objects', async () => {
  const made = JSON.parse(
    await stripe('post', '/v1/customers', '-d', 'name=Ada', '-d', 'metadata[chat_member]=discord:1:2'),
  )
  expect(made).toMatchObject({ object: 'customer', name: 'Ada', metadata: { chat_member: 'discord:1:2' } })
  expect(JSON.parse(await stripe('get', made.id))).toMatchObject({ id: made.id })
  expect(JSON.parse(await stripe('get', '/v1/customers', '--limit', '1'))).toMatchObject({
    object: 'list',
    data: [{ id: made.id }],
    has_more: false,
  })
})
