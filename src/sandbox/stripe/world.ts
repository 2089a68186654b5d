import type { Clock } from '../clock.ts'
import type { Payment } from './checkout/complete.ts'
import type { Changes } from './core/changes.ts'
import { newId } from './core/ids.ts'
import type * as Kept from './core/objects.ts'
import { differences, type Expandable, snapshot } from './core/render.ts'
import { createTable, type Table } from './core/table.ts'
import { createTimers, type Timers } from './core/timers.ts'
import type { Behaviour } from './payments/test-cards.ts'

/** What an account's owner sets in the Dashboard, and how long the stand-in's banks take. Times are milliseconds of the clock. */
export interface AccountSettings {
  /** After which waits a failed renewal is tried again. */
  paymentRetries: number[]
  /** What becomes of a subscription when the last retry failed. */
  afterLastRetry: 'cancel' | 'unpaid' | 'past_due'
  /** How long a renewal's invoice stays a draft. */
  draftFor: number
  /** How long a bank debit is under way. */
  debitTakes: number
  /** After how long a bank takes a refund that waits, or sends back one that it won't take. */
  refundTakes: number
  /** How long a new customer is not yet found by search. */
  searchLag: number
}

/** What a Checkout Session needs to remember beside the object that Stripe shows. */
export interface CheckoutPlan {
  items: { price: Kept.Price; quantity: number }[]
  subscription: { metadata: Record<string, string>; trialEnd?: number; description?: string }
  payment: {
    metadata: Record<string, string>
    description?: string
    setupFutureUsage?: 'off_session' | 'on_session'
  }
  promotion?: string
  coupon?: string
}

/** A product that a portal configuration lets members change to. */
export interface PortalOffer {
  product: string
  prices: string[]
  adjustable_quantity: { enabled: boolean; maximum: number | null; minimum: number }
}

/** An open portal: whoever has the link is the customer, for some minutes. */
interface PortalLink {
  session: Kept.PortalSession
  /** Milliseconds of the clock. */
  expiresAt: number
}

/** Everything the stand-in knows: the account's objects, its clock, and what happens by itself. */
export interface World extends Expandable {
  clock: Clock
  settings: AccountSettings
  changes: Changes
  timers: Timers
  /** The stand-in's own address, without a trailing slash. */
  origin: string
  apiVersion: string
  /** The API request being served, for the events it causes. */
  request: { id: string | null; idempotency_key: string | null }

  products: Table<Kept.Product>
  prices: Table<Kept.Price>
  coupons: Table<Kept.Coupon>
  promotionCodes: Table<Kept.PromotionCode>
  discounts: Table<Kept.Discount>
  customers: Table<Kept.Customer>
  paymentMethods: Table<Kept.PaymentMethod>
  paymentIntents: Table<Kept.PaymentIntent>
  setupIntents: Table<Kept.SetupIntent>
  charges: Table<Kept.Charge>
  refunds: Table<Kept.Refund>
  disputes: Table<Kept.Dispute>
  invoices: Table<Kept.Invoice>
  invoiceItems: Table<Kept.InvoiceItem>
  invoicePayments: Table<Kept.InvoicePayment>
  subscriptions: Table<Kept.Subscription>
  subscriptionItems: Table<Kept.SubscriptionItem>
  sessions: Table<Kept.CheckoutSession>
  portalConfigurations: Table<Kept.PortalConfiguration>
  portalSessions: Table<Kept.PortalSession>
  endpoints: Table<Kept.WebhookEndpoint>
  events: Table<Kept.StripeEvent>

  /** What a deleted object still answers: `deleted: true`. */
  stubs: Map<string, { id: string; object: string; deleted: true }>
  /** Every coupon ever made: who has a discount keeps it when the coupon is deleted. */
  keptCoupons: Map<string, Kept.Coupon>
  /** The invoice that a payment intent pays, by their ids. */
  billed: Map<string, string>
  /** The Checkout Session that a payment intent belongs to, by their ids. */
  paidBy: Map<string, string>
  /** What was entered on a session's page and waits for the bank's confirmation, by the session's id. */
  unconfirmed: Map<string, Payment>
  behaviours: Map<string, Behaviour>
  /** When a subscription is looked at next, in seconds, by its id. */
  watched: Map<string, number>
  /** The subscriptions whose trial's end was announced. */
  warned: Set<string>
  /** How many retries an invoice has had, by its id. */
  retries: Map<string, number>
  plans: Map<string, CheckoutPlan>
  secrets: Map<string, string>
  /** The products that a portal configuration offers, by its id; they only travel when asked for. */
  offers: Map<string, PortalOffer[]>
  /** The portal sessions by the secret in their address. */
  portalLinks: Map<string, PortalLink>

  /** The clock in whole seconds, as Stripe's objects carry it. */
  now(): number
  /** Tells those who watch that the object changed, without an event. */
  touch(thing: Kept.Thing): void
  /** Makes an event of this moment and sends it to the endpoints that want it. */
  emit(type: string, thing: Kept.Thing, previous?: Record<string, unknown>): void
  /** Runs `change` and makes an event of what it changed, or none when nothing did. */
  update(type: string, thing: Kept.Thing, change: () => void): void
  /** What subscriptions and sessions do when an invoice or a payment ends; set when the stand-in is wired. */
  hooks: {
    invoicePaid(invoice: Kept.Invoice): void
    /** Says when a failed invoice is tried again, before its failure is told. */
    planRetry(invoice: Kept.Invoice): void
    invoiceFailed(invoice: Kept.Invoice, isPresent: boolean): void
    /** An invoice that was sent is not paid on the day it is due. */
    invoiceOverdue(invoice: Kept.Invoice): void
    invoiceClosed(invoice: Kept.Invoice): void
    paymentSettled(intent: Kept.PaymentIntent): void
    deliver(event: Kept.StripeEvent): void
  }
}

/** An empty account. */
export function createWorld(options: {
  clock: Clock
  changes: Changes
  settings: AccountSettings
  apiVersion: string
}): World {
  const tables = {
    products: createTable<Kept.Product>(),
    prices: createTable<Kept.Price>(),
    coupons: createTable<Kept.Coupon>(),
    promotionCodes: createTable<Kept.PromotionCode>(),
    discounts: createTable<Kept.Discount>(),
    customers: createTable<Kept.Customer>(),
    paymentMethods: createTable<Kept.PaymentMethod>(),
    paymentIntents: createTable<Kept.PaymentIntent>(),
    setupIntents: createTable<Kept.SetupIntent>(),
    charges: createTable<Kept.Charge>(),
    refunds: createTable<Kept.Refund>(),
    disputes: createTable<Kept.Dispute>(),
    invoices: createTable<Kept.Invoice>(),
    invoiceItems: createTable<Kept.InvoiceItem>(),
    invoicePayments: createTable<Kept.InvoicePayment>(payment => payment.invoice),
    subscriptions: createTable<Kept.Subscription>(),
    subscriptionItems: createTable<Kept.SubscriptionItem>(),
    sessions: createTable<Kept.CheckoutSession>(),
    portalConfigurations: createTable<Kept.PortalConfiguration>(),
    portalSessions: createTable<Kept.PortalSession>(),
    endpoints: createTable<Kept.WebhookEndpoint>(),
    events: createTable<Kept.StripeEvent>(),
  }
  const stubs: World['stubs'] = new Map()
  const nothing = () => {}
  const world: World = {
    ...tables,
    ...options,
    stubs,
    timers: createTimers(),
    origin: '',
    request: { id: null, idempotency_key: null },
    included: new Map(),
    keptCoupons: new Map(),
    billed: new Map(),
    paidBy: new Map(),
    unconfirmed: new Map(),
    behaviours: new Map(),
    retries: new Map(),
    watched: new Map(),
    warned: new Set(),
    plans: new Map(),
    secrets: new Map(),
    offers: new Map(),
    portalLinks: new Map(),
    now: () => Math.floor(options.clock.now() / 1000),
    find(id) {
      for (const table of Object.values(tables)) {
        const found = table.get(id)
        if (found) return found
      }
      return stubs.get(id)
    },
    touch: thing => options.changes.tell({ kind: 'object', id: thing.id, type: thing.object }),
    emit(type, thing, previous) {
      world.touch(thing)
      const event = newEvent(world, type, thing, previous)
      tables.events.add(event)
      options.changes.tell({ kind: 'event', id: event.id, type })
      world.hooks.deliver(event)
    },
    update(type, thing, change) {
      const before = snapshot(thing)
      change()
      const previous = differences(before, snapshot(thing))
      if (previous) world.emit(type, thing, previous)
    },
    hooks: {
      invoicePaid: nothing,
      planRetry: nothing,
      invoiceFailed: nothing,
      invoiceOverdue: nothing,
      invoiceClosed: nothing,
      paymentSettled: nothing,
      deliver: nothing,
    },
  }
  return world
}

function newEvent(
  world: World,
  type: string,
  thing: Kept.Thing,
  previous?: Record<string, unknown>,
): Kept.StripeEvent {
  const object: Record<string, unknown> = snapshot({ ...thing })
  return {
    id: newId('evt'),
    object: 'event',
    api_version: world.apiVersion,
    created: world.now(),
    data: { object, ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: 0,
    request: { ...world.request },
    type,
  }
}
