import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { readDelivery } from '../src/billing/webhook.ts'

const secret = 'whsec_1'
const signed = (payload: string, by = secret) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret: by })

/** What a signed delivery of that event asks for. */
function read(event: unknown, { secrets = [secret], isLive = false, by = secret } = {}) {
  const payload = JSON.stringify(event)
  return readDelivery(payload, signed(payload, by), { secrets, isLive })
}
const event = (type: string, object: unknown, more: object = {}) => ({
  id: 'evt_1',
  type,
  livemode: false,
  data: { object },
  ...more,
})
const look = (who: string, type: string) => ({ kind: 'look', who, type, id: 'evt_1' })

describe('a delivery', () => {
  it.each([
    ['an invoice', 'invoice.paid', { object: 'invoice', customer: 'cus_12' }, 'customer:cus_12'],
    ['an expanded customer', 'invoice.paid', { customer: { id: 'cus_12' } }, 'customer:cus_12'],
    ['a customer', 'customer.updated', { object: 'customer', id: 'cus_12' }, 'customer:cus_12'],
    ['a refunded charge', 'charge.refunded', { id: 'ch_12', customer: 'cus_12' }, 'charge:ch_12'],
    ['a charge by bank', 'charge.refunded', { id: 'py_12' }, 'charge:py_12'],
    ['a dispute', 'charge.dispute.closed', { id: 'du_1', charge: 'ch_12' }, 'charge:ch_12'],
    ['an expanded charge', 'charge.dispute.created', { charge: { id: 'ch_12' } }, 'charge:ch_12'],
    ['a refund of old', 'charge.refund.updated', { id: 're_1', charge: 'ch_12' }, 'charge:ch_12'],
    ['a refund', 'refund.failed', { id: 're_1', charge: 'ch_12' }, 'charge:ch_12'],
    [
      'a charge that is no refund',
      'charge.succeeded',
      { id: 'ch_12', customer: 'cus_12' },
      'customer:cus_12',
    ],
    ['a charge elsewhere', 'x.charge.refunded', { id: 'ch_12', customer: 'cus_12' }, 'customer:cus_12'],
    ['an event about a charge', 'invoice.paid', { charge: 'ch_12', customer: 'cus_12' }, 'customer:cus_12'],
  ])('about %s is a look', (_, type, object, who) => {
    expect(read(event(type, object))).toEqual(look(who, type))
  })

  it.each([
    ['no object', 'invoice.paid', undefined],
    ['an object that is none', 'invoice.paid', 'cus_12'],
    ['null', 'invoice.paid', null],
    ['nobody', 'invoice.paid', { object: 'invoice' }],
    ['null for a customer', 'invoice.paid', { customer: null }],
    ['a customer without an id', 'invoice.paid', { customer: {} }],
    ['a customer whose id is none', 'invoice.paid', { customer: { id: 7 } }],
    ['an object with the id of a customer', 'invoice.paid', { object: 'invoice', id: 'cus_12' }],
    ['a customer’s id that is none', 'customer.updated', { object: 'customer', id: 7 }],
    ['another id', 'invoice.paid', { customer: 'acct_1' }],
    ['an id after something', 'invoice.paid', { customer: 'x:cus_12' }],
    ['an id before something', 'invoice.paid', { customer: 'cus_12:x' }],
    ['an id without an end', 'invoice.paid', { customer: `cus_${'1'.repeat(201)}` }],
    ['a charge after something', 'charge.dispute.closed', { charge: 'x:ch_12' }],
    ['a charge before something', 'charge.dispute.closed', { charge: 'ch_12:x' }],
    ['a charge without an end', 'charge.dispute.closed', { charge: `ch_${'1'.repeat(201)}` }],
  ])('with %s means nothing', (_, type, object) => {
    expect(read(event(type, object))).toEqual({ kind: 'nothing', type })
  })

  it('without data means nothing', () => {
    expect(read({ id: 'evt_1', type: 'invoice.paid', livemode: false })).toEqual({
      kind: 'nothing',
      type: 'invoice.paid',
    })
  })

  it.each(['product.updated', 'price.created'])('of type %s is about the catalog', type => {
    expect(read(event(type, { id: 'x' }))).toEqual({ kind: 'catalog' })
  })

  it.each(['x.product.updated', 'products.updated'])('of type %s is not', type => {
    expect(read(event(type, { id: 'x' }))).toEqual({ kind: 'nothing', type })
  })

  it('of the other mode says so, and names nobody', () => {
    const wrong = { kind: 'wrong mode', type: 'invoice.paid', id: 'evt_1' }
    const paid = (livemode?: unknown) => event('invoice.paid', { customer: 'cus_12' }, { livemode })
    expect(read(paid(true))).toEqual(wrong)
    expect(read(paid(false), { isLive: true })).toEqual(wrong)
    expect(read(paid('yes'), { isLive: true })).toEqual(wrong)
    expect(read(paid(true), { isLive: true }).kind).toBe('look')
  })

  it('is taken with any of the secrets, and no other', () => {
    const paid = event('invoice.paid', { customer: 'cus_12' })
    expect(read(paid, { secrets: ['whsec_0', secret] }).kind).toBe('look')
    expect(read(paid, { secrets: [secret, 'whsec_2'] }).kind).toBe('look')
    expect(read(paid, { by: 'whsec_3' })).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(
        /^No signatures found matching the expected signature for payload[^\n]*$/,
      ),
    })
    expect(read(paid, { secrets: [] })).toEqual({ kind: 'refused', reason: 'no webhook secret' })
    expect(readDelivery('{}', undefined, { secrets: [secret], isLive: false })).toEqual({
      kind: 'refused',
      reason: 'no Stripe-Signature header',
    })
  })

  it.each([['7'], ['null'], ['"text"'], ['{}'], ['{"type":"invoice.paid"}'], ['{"id":"evt_1"}']])(
    'that says %s is no event',
    payload => {
      const hint = readDelivery(payload, signed(payload), { secrets: [secret], isLive: false })
      expect(hint).toEqual({ kind: 'refused', reason: 'not an event' })
    },
  )

  it('that is not JSON is refused', () => {
    const hint = readDelivery('nonsense', signed('nonsense'), { secrets: [secret], isLive: false })
    expect(hint.kind).toBe('refused')
  })
})
