import Stripe from 'stripe'
import type { FaultRequest } from '../../src/sandbox/stripe/core/faults.ts'
import { DurableSqlite } from '../../src/store/durable-sqlite.ts'
import { until } from './until.ts'
import { holds, linkOf, say, type World } from './world.ts'

/** Resolves when every delivery was answered and every look that is due was had. */
export async function quiet(world: World): Promise<void> {
  await world.stripe.settled()
  await until('quiet', () => world.app.access.queue.waiting().count === 0)
}

/** The name that Stripe's metadata knows somebody by. */
export const nameOf = (world: World, user: string): `${string}:${string}:${string}` =>
  `discord:${world.guild}:${user}`

/** Somebody's customer at Stripe. */
export function customerOf(world: World, user: string): string {
  const name = nameOf(world, user)
  const found = world.stripe.objects.customers.find(({ metadata }) => metadata.chat_member === name)
  if (!found) throw new Error(`${name} has no customer`)
  return found.id
}

/** Somebody's newest subscription at Stripe. */
export function subscriptionOf(world: World, user: string) {
  const customer = customerOf(world, user)
  const found = world.stripe.objects.subscriptions.find(each => each.customer === customer)
  if (!found) throw new Error(`${customer} has no subscription`)
  return found
}

/** The newest invoice of somebody's newest subscription. */
export function invoiceOf(world: World, user: string) {
  const { id } = subscriptionOf(world, user)
  const found = world.stripe.objects.invoices.find(
    ({ parent }) => parent?.subscription_details?.subscription === id,
  )
  if (!found) throw new Error(`${id} has no invoice`)
  return found
}

/** Lets notices for admins go to the server's first channel. */
export async function useLogChannel(world: World): Promise<void> {
  await world.app.access.settings.change(`discord:${world.guild}`, settings => ({
    ...settings,
    logChannel: world.channel,
  }))
}

/** What the bot wrote into the log channel. */
export const logLines = (world: World): string[] =>
  world.discord
    .messages(world.channel)
    .filter(({ author, flags }) => author.id === world.discord.botUserId && !((flags ?? 0) & 64))
    .map(({ content }) => content)

/** Gets a Checkout link for somebody; the paid role has to be set. */
export const linkFor = async (world: World, user: string, plan = 'basic_monthly'): Promise<string> =>
  linkOf(await say(world, user, `/subscribe plan:${plan}`))

/** Subscribes somebody, pays, and waits for the role. */
export async function joinMembers(world: World, user: string, plan = 'basic_monthly'): Promise<void> {
  world.stripe.pay(await linkFor(world, user, plan))
  await until('the paid role', () => holds(world, user))
  await quiet(world)
}

/** Adds somebody to the server who pays already: their link was made elsewhere, and the bot hears of it by Stripe's events alone. */
export async function addPayer(world: World, username: string, price?: string): Promise<string> {
  const { id } = world.discord.addMember(world.guild, { username }).user
  const customer = await world.sdk.customers.create({
    metadata: { chat_member: nameOf(world, id) },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  await world.sdk.subscriptions.create({
    customer: customer.id,
    items: [{ price: price ?? priceOf(world, 'basic_monthly') }],
    metadata: { chat_member: nameOf(world, id) },
  })
  return id
}

/** Makes a monthly price of the membership that the seed made; without a lookup key it is no plan. */
export const addPrice = (world: World, unit_amount: number, change: Partial<Stripe.PriceCreateParams> = {}) =>
  world.sdk.prices.create({
    product: 'velvet_membership',
    currency: 'usd',
    unit_amount,
    recurring: { interval: 'month' },
    ...change,
  })

/** The price with that lookup key. */
export function priceOf(world: World, lookupKey: string): string {
  const found = world.stripe.objects.prices.find(({ lookup_key }) => lookup_key === lookupKey)
  if (!found) throw new Error(`no price ${lookupKey}`)
  return found.id
}

/** Sends the bot a signed delivery, as Stripe would; `url` is where it is reached while it isn't ready yet. */
export function deliver(world: World, event: object, url = world.app.url): Promise<Response> {
  const payload = JSON.stringify({ object: 'event', livemode: false, ...event })
  const secret = world.environment.STRIPE_WEBHOOK_SECRET ?? ''
  return fetch(`${url}/stripe/webhook`, {
    method: 'POST',
    body: payload,
    headers: { 'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret }) },
  })
}

/** Loses every delivery of Stripe's own; `resend` still sends. Answers the function that ends it. */
export function loseEvents(world: World): () => void {
  world.stripe.faults.delivery = () => 'drop'
  return () => {
    world.stripe.faults.delivery = undefined
  }
}

/** Sends events once, in this order, whatever became of Stripe's own deliveries. */
export async function sendInOrder(world: World, events: readonly string[]): Promise<void> {
  for (const id of events) {
    const event = world.stripe.objects.events.find(each => each.id === id)
    const response = await deliver(world, { ...event })
    if (response.status !== 200) throw new Error(`${id} was answered ${response.status}`)
  }
}

/** Counts the API requests that the bot makes of Stripe from now on. */
export function countRequests(world: World): FaultRequest[] {
  const seen: FaultRequest[] = []
  world.stripe.faults.current = request => {
    seen.push(request)
    return undefined
  }
  return seen
}

/** From now on the store takes only so many more writes, and then refuses each, as a full disk or a crash would. */
export async function breakStore(
  world: World,
  writesLeft = 0,
): Promise<{ left(): Promise<number>; mend(): Promise<void> }> {
  const other = new DurableSqlite({ uri: world.environment.STORE_URL ?? '', table: 'other' })
  await other.query('CREATE TABLE IF NOT EXISTS writes_left (n INTEGER)')
  await other.query('DELETE FROM writes_left')
  await other.query('INSERT INTO writes_left VALUES (?)', writesLeft)
  const count = `BEGIN UPDATE writes_left SET n = n - 1; SELECT RAISE(ABORT, 'the disk is full') FROM writes_left WHERE n < 0; END`
  await other.query(`CREATE TRIGGER no_insert BEFORE INSERT ON velvet ${count}`)
  await other.query(`CREATE TRIGGER no_delete BEFORE DELETE ON velvet ${count}`)
  return {
    async left() {
      const [row]: { n: number }[] = await other.query('SELECT n FROM writes_left')
      return row?.n ?? 0
    },
    async mend() {
      await other.query('DROP TRIGGER no_insert')
      await other.query('DROP TRIGGER no_delete')
      await other.disconnect()
    },
  }
}
