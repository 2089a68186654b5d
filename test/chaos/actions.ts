import type Stripe from 'stripe'
import { linkOf, say, type World } from '../support/world.ts'
import { ownKey } from './faults.ts'
import type { Oracle, Person } from './oracle.ts'
import type { Chance } from './random.ts'

/** One thing that somebody does; answers its name, or `undefined` where there was nothing to do. */
export type Act = (person: Person) => Promise<string | undefined>

/** Everything that people, their banks and moderators do, one at random at each call. */
export function createActions(deps: {
  world: World
  chance: Chance
  oracle: Oracle
  /** Roles that the bot never sells. */
  foreign: readonly string[]
  sold: readonly string[]
}): Act {
  const { world, chance, oracle, foreign, sold } = deps
  const { stripe, discord, sdk, guild } = world
  const refunded = new Set<string>()
  let keys = 0
  const own = (): Stripe.RequestOptions => ({ idempotencyKey: `${ownKey}:${chance.seed}:${++keys}` })
  const nameOf = ({ id }: Person) => `discord:${guild}:${id}`
  const isHere = ({ id }: Person) => discord.member(guild, id) !== undefined
  const plans = ['basic_monthly', 'pro_monthly', 'patron_monthly']
  const prices = new Map(stripe.objects.prices.map(({ lookup_key, id }) => [lookup_key, id]))
  const aPrice = () => prices.get(chance.one(plans)) ?? ''

  const customersOf = (person: Person) =>
    stripe.objects.customers.filter(({ metadata }) => metadata.chat_member === nameOf(person))
  const liveOf = (person: Person) => {
    const theirs = customersOf(person).map(({ id }) => id)
    return stripe.objects.subscriptions.filter(
      ({ customer, status }) => theirs.includes(customer) && /^(active|past_due)$/.test(status),
    )
  }
  const paidInvoiceOf = (subscription: string) =>
    stripe.objects.invoices.find(
      ({ parent, status }) =>
        parent?.subscription_details?.subscription === subscription && status === 'paid',
    )

  const acts: Record<string, Act> = {
    // By hand in the dashboard, as operators do.
    async 'subscribed elsewhere'(person) {
      if (liveOf(person).length > 1) return undefined
      const metadata = { chat_member: nameOf(person) }
      const [known] = customersOf(person)
      const customer =
        known ??
        (await sdk.customers.create(
          {
            metadata,
            payment_method: 'pm_card_visa',
            invoice_settings: { default_payment_method: 'pm_card_visa' },
          },
          own(),
        ))
      stripe.changeCard(customer.id, 'pm_card_visa')
      await sdk.subscriptions.create({ customer: customer.id, items: [{ price: aPrice() }], metadata }, own())
      return 'subscribed elsewhere'
    },
    async 'subscribed by command'(person) {
      if (!isHere(person)) return undefined
      const reply = await say(world, person.id, `/subscribe plan:${chance.one(plans)}`).catch(() => undefined)
      const link = reply && hasLink(reply) ? linkOf(reply) : undefined
      if (!link?.includes('/c/pay/')) return 'got no link'
      const card = chance.is(0.2) ? 'pm_card_chargeDeclined' : 'pm_card_visa'
      return `paid by command: ${stripe.pay(link, { card }).outcome}`
    },
    async canceled(person) {
      const [subscription] = liveOf(person)
      if (!subscription) return undefined
      await sdk.subscriptions.cancel(subscription.id, {}, own())
      return 'canceled'
    },
    async 'will cancel'(person) {
      const [subscription] = liveOf(person)
      if (subscription?.status !== 'active') return undefined
      await sdk.subscriptions.update(subscription.id, { cancel_at_period_end: chance.is(0.5) }, own())
      return 'will cancel'
    },
    async 'changed plan'(person) {
      const [subscription] = liveOf(person)
      const item = subscription?.items.data[0]
      if (!item || subscription.status !== 'active') return undefined
      await sdk.subscriptions.update(
        subscription.id,
        { items: [{ id: item.id, price: aPrice() }], proration_behavior: 'none' },
        own(),
      )
      return 'changed plan'
    },
    async 'failed a payment'(person) {
      const [subscription] = liveOf(person)
      const item = subscription?.items.data[0]
      if (!item || subscription.status !== 'active') return undefined
      stripe.changeCard(subscription.customer, 'pm_card_chargeCustomerFail')
      await sdk.subscriptions.update(
        subscription.id,
        {
          items: [{ id: item.id, quantity: (item.quantity ?? 1) + 1 }],
          proration_behavior: 'always_invoice',
        },
        own(),
      )
      return 'failed a payment'
    },
    async 'paid what was open'(person) {
      const theirs = customersOf(person).map(({ id }) => id)
      const open = stripe.objects.invoices.find(
        ({ customer, status }) => status === 'open' && theirs.includes(customer ?? ''),
      )
      if (!open) return undefined
      stripe.payInvoice(open.id, { card: 'pm_card_visa' })
      return 'paid what was open'
    },
    async 'got money back'(person) {
      const [subscription] = liveOf(person)
      const invoice = subscription && paidInvoiceOf(subscription.id)
      if (!invoice || invoice.amount_paid < 200 || refunded.has(invoice.id)) return undefined
      refunded.add(invoice.id)
      if (chance.is(0.3)) {
        stripe.refund(invoice.id, 100)
        return 'got some money back'
      }
      stripe.refund(invoice.id)
      oracle.takeBack(invoice.id)
      return 'got money back'
    },
    async left(person) {
      if (!isHere(person)) return undefined
      discord.removeMember(guild, person.id)
      person.byHand = []
      return 'left'
    },
    async 'came back'(person) {
      if (isHere(person)) return undefined
      discord.addMember(guild, { id: person.id, username: `back${person.id}` })
      return 'came back'
    },
    async 'had roles taken by hand'(person) {
      const roles = discord.member(guild, person.id)?.roles
      if (!roles?.length) return undefined
      discord.setRoles(
        guild,
        person.id,
        roles.filter(role => person.byHand.includes(role) || !sold.includes(role)),
      )
      return 'had roles taken by hand'
    },
    async 'got another role by hand'(person) {
      const roles = discord.member(guild, person.id)?.roles
      if (!roles) return undefined
      const role = chance.one(foreign)
      const isTaken = person.byHand.includes(role)
      person.byHand = isTaken ? person.byHand.filter(each => each !== role) : [...person.byHand, role]
      discord.setRoles(guild, person.id, isTaken ? roles.filter(each => each !== role) : [...roles, role])
      return 'got another role by hand'
    },
  }
  const names = Object.keys(acts)
  return async person => {
    const hadAccess = oracle.plans(person.id).length > 0
    const did = await acts[chance.one(names)]?.(person)
    const hasAccess = oracle.plans(person.id).length > 0
    if (!hadAccess && hasAccess) person.starts++
    if (hadAccess && !hasAccess) person.ends++
    return did
  }
}

const hasLink = (message: Parameters<typeof linkOf>[0]): boolean => {
  try {
    return Boolean(linkOf(message))
  } catch {
    return false
  }
}
