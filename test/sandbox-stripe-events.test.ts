import { expect, test } from 'vitest'
import { useAccount } from './sandbox-stripe-account.ts'

const account = useAccount()
const patient = useAccount({ retryDelays: [3_600_000] })
const { plan, subscribed, refusal, receiver } = account

test('events go out again until they are taken, and never for ever', async () => {
  let status = 500
  const hook = await receiver(() => status)
  await account.stripe.products.create({ name: 'A' })
  await expect.poll(() => account.standIn.deliveries()[0]?.attempts).toBe(2)
  expect(account.standIn.deliveries()[0]).toMatchObject({
    status: 500,
    pending: true,
    type: 'product.created',
  })
  status = 200
  await expect.poll(() => account.standIn.deliveries()[0]?.pending).toBe(false)
  expect(new Set(hook.events.map(event => event.id)).size).toBe(1)
  status = 503
  await account.stripe.products.create({ name: 'B' })
  await expect.poll(() => account.standIn.deliveries()[0]).toMatchObject({ attempts: 4, pending: false })
  const [event] = (await account.stripe.events.list({ limit: 1 })).data
  expect(event).toMatchObject({ type: 'product.created', pending_webhooks: 0 })
  status = 200
  account.standIn.resend(event?.id ?? '')
  await account.standIn.settled()
  expect(hook.events.at(-1)?.id).toBe(event?.id)
})

test('events can be lost, doubled and delayed', async () => {
  const hook = await receiver()
  account.standIn.faults.delivery = event =>
    event.type === 'product.created'
      ? { times: 2 }
      : event.type === 'price.created'
        ? { delayMs: 60 }
        : undefined
  await plan()
  await account.standIn.settled()
  expect(hook.types()).toEqual(['product.created', 'product.created', 'price.created'])
  account.standIn.faults.delivery = (_event, _url, attempt) => (attempt === 1 ? 'drop' : undefined)
  await account.stripe.products.create({ name: 'A' })
  await expect.poll(() => hook.events.length).toBe(4)
})

test('endpoints get the types they asked for, and disabled ones none', async () => {
  const hook = await receiver()
  await account.stripe.webhookEndpoints.update(hook.endpoint.id, { enabled_events: ['price.created'] })
  await plan()
  await account.standIn.settled()
  expect(hook.types()).toEqual(['price.created'])
  await account.stripe.webhookEndpoints.update(hook.endpoint.id, { disabled: true })
  await plan()
  await account.standIn.settled()
  expect(hook.types()).toEqual(['price.created'])
})

test('an endpoint that was taken away is not tried again', async () => {
  for (const takeAway of [
    (id: string) => patient.stripe.webhookEndpoints.update(id, { disabled: true }),
    (id: string) => patient.stripe.webhookEndpoints.del(id),
  ]) {
    const hook = await patient.receiver(() => 500)
    await patient.stripe.products.create({ name: 'A' })
    await patient.standIn.settled()
    await takeAway(hook.endpoint.id)
    await patient.standIn.advance(2 * 3_600_000)
    expect(hook.types()).toEqual(['product.created'])
    expect(patient.standIn.deliveries()[0]?.pending).toBe(false)
  }
})

test('refunds are traced from the charge to the invoice', async () => {
  const hook = await receiver()
  const { customer } = await subscribed()
  const [charge] = (await account.stripe.charges.list({ customer: customer.id })).data
  const part = await account.stripe.refunds.create({ charge: charge?.id ?? '', amount: 400 })
  expect(part).toMatchObject({ amount: 400, status: 'succeeded', payment_intent: charge?.payment_intent })
  expect(await account.stripe.charges.retrieve(charge?.id ?? '')).toMatchObject({
    amount_refunded: 400,
    refunded: false,
  })
  await account.stripe.refunds.create({ payment_intent: String(charge?.payment_intent) })
  expect(await account.stripe.charges.retrieve(charge?.id ?? '', { expand: ['refunds'] })).toMatchObject({
    refunded: true,
    refunds: { data: [{ amount: 600 }, { amount: 400 }] },
  })
  expect(await refusal(account.stripe.refunds.create({ charge: charge?.id ?? '' }))).toMatchObject({
    code: 'charge_already_refunded',
  })
  expect((await account.stripe.refunds.list({ created: { gte: 1 } })).data).toHaveLength(2)
  await account.standIn.settled()
  expect(hook.types().filter(type => type === 'charge.refunded')).toHaveLength(2)
  expect(hook.types()).toContain('refund.created')
})

test('a refund can wait for its bank, and can come back', async () => {
  const hook = await receiver()
  const giveBack = async (card: string) => {
    const { customer } = await subscribed(card)
    const [charge] = (await account.stripe.charges.list({ customer: customer.id })).data
    return account.stripe.refunds.create({ charge: charge?.id ?? '' })
  }
  const [late, refused] = [await giveBack('pm_card_pendingRefund'), await giveBack('4000000000005126')]
  expect([late.status, refused.status]).toEqual(['pending', 'succeeded'])
  await account.standIn.advance(6 * 86_400_000)
  expect((await account.stripe.refunds.retrieve(late.id)).status).toBe('succeeded')
  expect(await account.stripe.refunds.retrieve(refused.id, { expand: ['charge'] })).toMatchObject({
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    charge: { refunded: false, amount_refunded: 0 },
  })
  await account.standIn.settled()
  expect(hook.types().filter(type => type === 'refund.failed')).toHaveLength(1)
})

test('a dispute is opened, listed and lost or won', async () => {
  const hook = await receiver()
  const { customer } = await subscribed()
  const [charge] = (await account.stripe.charges.list({ customer: customer.id })).data
  const dispute = account.standIn.dispute(charge?.id ?? '')
  expect((await account.stripe.disputes.list({ charge: charge?.id ?? '' })).data).toMatchObject([
    { id: dispute.id, status: 'needs_response' },
  ])
  expect(await refusal(account.stripe.refunds.create({ charge: charge?.id ?? '' }))).toMatchObject({
    code: 'charge_disputed',
  })
  account.standIn.closeDispute(dispute.id, 'lost')
  expect((await account.stripe.disputes.retrieve(dispute.id)).status).toBe('lost')
  await account.standIn.settled()
  expect(hook.types()).toEqual(
    expect.arrayContaining([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]),
  )
})

test('a watcher hears of objects, events and deliveries until it stops', async () => {
  const heard: string[] = []
  const stop = account.standIn.subscribe(change => heard.push(`${change.kind} ${change.type}`))
  await receiver()
  await account.stripe.products.create({ name: 'A' })
  await account.standIn.settled()
  expect(heard).toEqual(
    expect.arrayContaining(['object product', 'event product.created', 'delivery product.created']),
  )
  stop()
  const count = heard.length
  await account.stripe.products.create({ name: 'B' })
  expect(heard).toHaveLength(count)
})
