import Stripe from 'stripe'
import { OperatorError } from '../errors.ts'
import { type CommunityId, communityOf, type MemberId, parseMember } from '../member.ts'
import type { Plan, Tier } from '../plan.ts'
import { code, text } from '../text.ts'
import { underKey } from './attempts.ts'
import type { Customers } from './customers.ts'
import { blocksAnother, isForPlan, type Subscription } from './entitlement.ts'
import type { Portal } from './portal.ts'
import type { Ask } from './stripe.ts'
import type { Subscriptions } from './subscriptions.ts'

/** What somebody who wants a plan gets. A `url` is a bearer secret: for that member's eyes only. */
export type Offer =
  | { kind: 'checkout'; url: string }
  | { kind: 'change'; url: string; subscription: Subscription }
  | { kind: 'held'; subscription: Subscription }
  | { kind: 'unchangeable'; url: string | undefined; subscription: Subscription }

/** How a Checkout Session stands, for the page that the payer comes back to. */
export interface CheckoutState {
  member: MemberId
  customer: string | undefined
  isComplete: boolean
  isPaid: boolean
}

export interface Checkout {
  /**
   * The way to `plan`: a Checkout link, or for a subscriber the portal's page that confirms the change. Never a second
   * subscription; however many ask at once, in any process, there is one open session.
   */
  offer(member: MemberId, tier: Tier, plan: Plan): Promise<Offer>
  /** The session of that id; `undefined` where Stripe knows none that is ours. */
  state(sessionId: string): Promise<CheckoutState | undefined>
}

// A link that is about to die would fail while its owner types a card number.
const shortestLifeMs = 30 * 60_000
const mostTries = 8

// A price below Stripe's least amount, or one that the account can't take money for yet: trying again doesn't help.
function unsold(error: unknown, plan: Plan): unknown {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return error
  const problem = {
    id: `stripe:sale:${plan.priceId}`,
    what: text`Stripe won't sell ${code(plan.lookupKey)}: ${error.message}`,
    fix: text`Change the price or the account in the Stripe dashboard.`,
  }
  return new OperatorError(problem, async () => 'perhaps', { cause: error })
}

const holdsPrice = ({ items }: Subscription, { priceId }: Plan) =>
  items.some(each => each.priceId === priceId)

export function createCheckout(deps: {
  stripe: Stripe
  ask: Ask
  customers: Customers
  subscriptions: Subscriptions
  portal: Portal
  publicUrl: string
  now: () => number
}): Checkout {
  const { stripe, ask, customers, subscriptions, portal, publicUrl, now } = deps
  const isFor = (session: Stripe.Checkout.Session, { priceId }: Plan) =>
    session.metadata?.chat_price === priceId &&
    session.success_url === successUrl &&
    session.expires_at * 1000 - now() > shortestLifeMs
  const successUrl = `${publicUrl}/checkout/success?session_id={CHECKOUT_SESSION_ID}`
  const cancelUrl = (community: CommunityId) =>
    `${publicUrl}/checkout/cancel?community=${encodeURIComponent(community)}`

  /** Closes sessions; `false` where one can't be any more: it was paid, or another process was quicker. */
  const close = async (sessions: readonly Stripe.Checkout.Session[]): Promise<boolean> => {
    let areClosed = true
    for (const { id } of sessions)
      try {
        await stripe.checkout.sessions.expire(id)
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError))
          return ask(() => Promise.reject(error))
        areClosed = false
      }
    return areClosed
  }

  const open = async (member: MemberId, customer: string, plan: Plan, newest: string | undefined) => {
    const key = ['session', customer, plan.priceId, 'auto', newest ?? 'first'].join(':')
    const params: Stripe.Checkout.SessionCreateParams = {
      mode: 'subscription',
      customer,
      client_reference_id: member,
      line_items: [{ price: plan.priceId, quantity: 1 }],
      allow_promotion_codes: true,
      locale: 'auto',
      metadata: { chat_member: member, chat_price: plan.priceId },
      subscription_data: { metadata: { chat_member: member } },
      success_url: successUrl,
      cancel_url: cancelUrl(communityOf(member)),
    }
    await ask(() => underKey(key, options => stripe.checkout.sessions.create(params, options))).catch(
      (error: unknown) => {
        throw unsold(error, plan)
      },
    )
  }

  const change = async (
    member: MemberId,
    subscription: Subscription,
    tier: Tier,
    plan: Plan,
  ): Promise<Offer> => {
    if (holdsPrice(subscription, plan)) return { kind: 'held', subscription }
    try {
      const url = await portal.changeLink(member, subscription, { ...plan, productId: tier.productId })
      return { kind: 'change', url, subscription }
    } catch (error) {
      // Several items, a schedule, another currency: the portal can't change those, so its front page has to do.
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
      return { kind: 'unchangeable', url: await portal.link(member), subscription }
    }
  }

  const offer: Checkout['offer'] = async (member, tier, plan) => {
    const customer = await customers.ensure(member)
    for (let tries = 0; tries < mostTries; tries++) {
      const { data: newestFirst } = await ask(() => stripe.checkout.sessions.list({ customer, limit: 20 }))
      // Asked after the sessions: what was paid before that is a subscription here, and can't be sold twice.
      const all = (await subscriptions.of(await customers.of(member))).filter(blocksAnother)
      // Of several the one that is the plan already, and rather a membership than what else they pay for.
      const blocking = all.find(each => holdsPrice(each, plan)) ?? all.find(isForPlan) ?? all[0]
      if (blocking) return change(member, blocking, tier, plan)
      const [newest, ...older] = newestFirst.filter(({ status }) => status === 'open')
      if (newest?.url && isFor(newest, plan)) {
        if (await close(older)) return { kind: 'checkout', url: newest.url }
      } else if (await close(newest ? [newest, ...older] : [])) {
        // Made, and then found by the next turn, unless somebody who wanted another plan at the same time came last.
        await open(member, customer, plan, newestFirst[0]?.id)
      }
    }
    throw new Error('checkout sessions kept closing while a link was made')
  }

  return {
    offer,
    async state(sessionId) {
      if (!/^cs_[A-Za-z0-9_]{1,250}$/.test(sessionId)) return undefined
      let found: Stripe.Checkout.Session
      try {
        found = await stripe.checkout.sessions.retrieve(sessionId)
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return undefined
        return ask(() => Promise.reject(error))
      }
      const member = parseMember(found.client_reference_id)?.member
      if (!member) return undefined
      return {
        member,
        customer: typeof found.customer === 'string' ? found.customer : found.customer?.id,
        isComplete: found.status === 'complete',
        isPaid: found.payment_status !== 'unpaid',
      }
    },
  }
}
