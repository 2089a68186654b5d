import type Stripe from 'stripe'

type Primitive = string | number | boolean | bigint | symbol | null | undefined

// A field that may hold an id or the object itself is kept as the id; answers expand it on demand.
type Collapsed<T> = T extends Primitive ? T : never

/** An object as the stand-in keeps it: Stripe's own type, references as ids and decimals as JSON's strings. */
type Stored<T> = string extends T
  ? Collapsed<T>
  : T extends Primitive
    ? T
    : T extends Stripe.Decimal
      ? string
      : T extends Array<infer Item>
        ? Array<Stored<Item>>
        : T extends object
          ? { [Key in keyof T]: Stored<T[Key]> }
          : T

// Each kind below is Stripe's resource of that name, as it is kept.

export type Product = Stored<Stripe.Product>
export type Price = Stored<Stripe.Price>
export type Plan = Stored<Stripe.Plan>
export type Customer = Stored<Stripe.Customer>
export type PaymentMethod = Stored<Stripe.PaymentMethod>
export type PaymentIntent = Stored<Stripe.PaymentIntent>
export type SetupIntent = Stored<Stripe.SetupIntent>
export type Charge = Stored<Stripe.Charge>
export type Refund = Stored<Stripe.Refund>
export type Dispute = Stored<Stripe.Dispute>
export type Coupon = Stored<Stripe.Coupon>
export type PromotionCode = Stored<Stripe.PromotionCode>
export type Discount = Stored<Stripe.Discount>
export type Invoice = Stored<Stripe.Invoice>
export type InvoiceItem = Stored<Stripe.InvoiceItem>
export type InvoiceLine = Stored<Stripe.InvoiceLineItem>
export type InvoicePayment = Stored<Stripe.InvoicePayment>
export type Subscription = Stored<Stripe.Subscription>
export type SubscriptionItem = Stored<Stripe.SubscriptionItem>
export type CheckoutSession = Stored<Stripe.Checkout.Session>
export type LineItem = Stored<Stripe.LineItem>
export type PortalConfiguration = Stored<Stripe.BillingPortal.Configuration>
export type PortalSession = Stored<Stripe.BillingPortal.Session>
export type WebhookEndpoint = Stored<Stripe.WebhookEndpoint>

/** What every kept object has. */
export interface Thing {
  id: string
  object: string
}

/** An event as it is kept: `data.object` is a snapshot of the moment it happened. */
export interface StripeEvent extends Thing {
  object: 'event'
  api_version: string | null
  created: number
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> }
  livemode: boolean
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}

/** A list as Stripe answers it. */
export interface ListOf<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  url: string
}

/** A complete list, for the lists that travel inside an object. */
export function listOf<T>(url: string, data: T[]): ListOf<T> {
  return { object: 'list', data, has_more: false, url }
}
