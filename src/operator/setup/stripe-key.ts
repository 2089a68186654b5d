import type { Billing } from '../../billing/billing.ts'
import type { KeyReport } from '../../billing/permissions.ts'
import { openBilling } from '../terminal.ts'
import { type Guide, settle } from './answers.ts'
import { NotThis, prompts } from './prompts.ts'

/** The Stripe account that sells. */
export interface Account {
  billing: Billing
  report: KeyReport
  close: () => Promise<void>
}

const keys = 'https://dashboard.stripe.com/apikeys'

/** Stripe's secret key, checked against the account. */
export async function setUpStripeKey(guide: Guide): Promise<Account> {
  const { env } = guide
  const look = (key: string) => inspect(guide, key)
  let report = await settle(guide, {
    name: 'STRIPE_SECRET_KEY',
    message: 'Paste the secret key',
    guide: () =>
      prompts.note(
        'A key for Stripe',
        `1. Open ${keys} (while you try it out: in a sandbox)`,
        '2. Copy the Secret key, or make a restricted one with the permissions that SECURITY.md lists',
      ),
    look,
    describe,
    accepts: async ({ isLive }) =>
      !isLive ||
      (await prompts.confirm('This is a live key: members will pay real money. Go on with it?', false)),
  })
  if (report.isLive) prompts.warn('The key is live: members pay real money.')
  while (report.missing.length) {
    prompts.note(
      'The restricted key lacks permissions',
      ...report.missing,
      `Give it these at ${keys}, Edit key.`,
    )
    const next = await prompts.choose('When it is done', { again: 'Check again', leave: 'Go on as it is' })
    if (next === 'leave') break
    report = await prompts.work('Asking Stripe again', () => look(env.get('STRIPE_SECRET_KEY') ?? ''))
  }
  const { billing, close } = await open(guide, env.get('STRIPE_SECRET_KEY') ?? '')
  return { billing, report, close }
}

const open = ({ env, apiBases }: Guide, key: string) =>
  openBilling({
    STRIPE_SECRET_KEY: key,
    STRIPE_API_BASE: apiBases.stripe,
    PUBLIC_URL: env.get('PUBLIC_URL'),
  })

async function inspect(guide: Guide, key: string): Promise<KeyReport> {
  if (key.startsWith('pk_'))
    throw new NotThis('That is the publishable key. The secret one starts with sk_ or rk_.')
  if (key.startsWith('whsec_'))
    throw new NotThis('That is a webhook’s signing secret. The key starts with sk_ or rk_.')
  if (!/^(sk|rk)_(test|live)_\S+$/.test(key))
    throw new NotThis('A secret key starts with sk_test_, sk_live_, rk_test_ or rk_live_.')
  const { billing, close } = await open(guide, key)
  try {
    return await billing.inspectKey()
  } finally {
    await close()
  }
}

const describe = ({ account, isLive, isRestricted }: KeyReport) =>
  `Stripe knows a ${isLive ? 'live' : 'test'} ${isRestricted ? 'restricted ' : ''}key${account ? ` of ${account}` : ''}`
