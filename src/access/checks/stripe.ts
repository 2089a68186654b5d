import { stripeApiVersion } from '../../billing/stripe.ts'
import type { CommunityId } from '../../member.ts'
import { code, relative, text } from '../../text.ts'
import { bad, type Check, type CheckDeps, good, open, safely } from './check.ts'
import { list } from './offer.ts'

type StripeDeps = Pick<CheckDeps, 'billing' | 'access' | 'lastDelivery'> & { community?: CommunityId }

/** The Stripe account: the key, the way that events take, the portal. Whose members pay is `community`'s alone, if given. */
export async function checkStripe(deps: StripeDeps): Promise<Check[]> {
  const checks = await Promise.all([
    safely("Stripe's key", () => checkKey(deps)),
    safely('The webhook endpoint', () => checkEndpoint(deps)),
    safely('The last webhook', () => checkDelivery(deps)),
    safely('The customer portal', () => checkPortal(deps)),
  ])
  return checks.flat()
}

async function checkKey({ billing }: StripeDeps): Promise<Check[]> {
  const { isLive, account, missing } = await billing.account.key()
  if (missing.length)
    return [
      bad(
        text`Stripe's restricted key lacks ${missing.length === 1 ? 'a permission' : 'permissions'}: ${missing.join('; ')}.`,
        text`Edit the key in the Stripe dashboard, under Developers, API keys, and turn them on.`,
      ),
    ]
  return [
    good(
      text`Stripe's key works${account ? ` (${account})` : ''}: ${isLive ? 'live mode, payments are real' : 'test mode, no money moves'}.`,
    ),
  ]
}

async function checkEndpoint({ billing }: StripeDeps): Promise<Check[]> {
  const { url, isLocal, endpoint, hasSecret } = await billing.account.endpoint()
  if (!endpoint)
    return isLocal
      ? [
          open(
            text`Stripe can't reach ${code(url)}, which is this machine: ${code('stripe listen')} has to bring the events here.`,
          ),
        ]
      : [
          bad(
            text`Stripe has no webhook endpoint for ${code(url)}, so it tells the bot nothing.`,
            bySetup('makes it'),
          ),
        ]
  const checks: Check[] = []
  if (!endpoint.isEnabled)
    checks.push(
      bad(
        text`The webhook endpoint ${code(endpoint.id)} is turned off.`,
        text`Turn it on in the Stripe dashboard, under Developers, Webhooks. ${bySetup('does it too')}`,
      ),
    )
  if (endpoint.missing.length)
    checks.push(
      bad(
        text`The webhook endpoint ${code(endpoint.id)} is not sent ${list(endpoint.missing)}.`,
        bySetup('adds what is missing'),
      ),
    )
  if (!endpoint.isPinned)
    checks.push(
      bad(
        text`The webhook endpoint ${code(endpoint.id)} has the API version ${endpoint.version ?? 'of the account'}, not ${stripeApiVersion}.`,
        bySetup('replaces it by one that has'),
      ),
    )
  if (hasSecret === false)
    checks.push(
      bad(
        text`STRIPE_WEBHOOK_SECRET is not the signing secret of the webhook endpoint ${code(endpoint.id)}.`,
        text`Copy it from the Stripe dashboard, under Developers, Webhooks, the endpoint, Signing secret; then start the bot again.`,
      ),
    )
  return checks.length
    ? checks
    : [good(text`Stripe sends every event that is needed to ${code(url)}, as of ${stripeApiVersion}.`)]
}

const bySetup = (does: string) => text`${code('npm run setup')} ${does}.`

async function checkDelivery({ access, community, lastDelivery }: StripeDeps): Promise<Check[]> {
  const last = await lastDelivery()
  if (last !== undefined) return [good(text`The last signed webhook came ${relative(last)}.`)]
  for await (const [, { plans }] of access.memberships.entries(community ? `${community}:` : ''))
    if (plans.length)
      return [
        bad(
          text`No signed webhook ever came, though people pay.`,
          text`See in the Stripe dashboard, under Developers, Webhooks, how deliveries are answered: 400 means that STRIPE_WEBHOOK_SECRET is another endpoint's, no answer that PUBLIC_URL doesn't lead here.`,
        ),
      ]
  return [open(text`No signed webhook came yet. The first payment brings one.`)]
}

async function checkPortal({ billing }: StripeDeps): Promise<Check[]> {
  const portal = await billing.account.portal()
  if (!portal)
    return [
      bad(
        text`The customer portal is not configured.`,
        text`${code('npm run setup')} or ${code('npm run seed')} configures it; the first member who opens ${code('/billing')} makes the bot do it, too.`,
      ),
    ]
  const can = [
    portal.canCancel && 'cancel',
    portal.canChangeCard && 'change their card',
    portal.canSeeInvoices && 'see their invoices',
  ].filter(each => each !== false)
  const cannot = [!portal.canCancel && 'cancel', !portal.canChangeCard && 'change their card'].filter(
    each => each !== false,
  )
  if (cannot.length)
    return [
      bad(
        text`In the customer portal members can't ${cannot.join(' or ')}.`,
        text`Turn that on in the Stripe dashboard, under Settings, Billing, Customer portal.`,
      ),
    ]
  return [good(text`In the customer portal members can ${can.join(', ')}.`)]
}
