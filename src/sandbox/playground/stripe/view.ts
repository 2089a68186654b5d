/** What the Stripe account holds, as the side panel shows it. */
export interface StripeView {
  /** Milliseconds by which the sandbox's clock is ahead of the machine's. */
  ahead: number
  customers: CustomerView[]
  /** The newest first. */
  deliveries: DeliveryView[]
}

export interface CustomerView {
  id: string
  /** Whose customer it is; empty where Stripe doesn't know. */
  member: string
  name: string
  email: string
  /** Their next payments were told to fail. */
  isFailing: boolean
  subscriptions: SubscriptionView[]
  invoices: InvoiceView[]
}

export interface SubscriptionView {
  id: string
  status: string
  plan: string
  price: string
  /** Milliseconds: the end of what was paid for. */
  paidUntil: number
  /** Milliseconds: when it ends; 0 while it goes on. */
  endsAt: number
  hasEnded: boolean
}

export interface InvoiceView {
  id: string
  number: string
  amount: string
  /** Stripe's own word, or `refunded`. */
  status: string
  at: number
  page: string
}

export interface DeliveryView {
  id: string
  event: string
  type: string
  /** The endpoint's last answer; 0 when there was none. */
  status: number
  error: string
  attempts: number
  at: number
  isPending: boolean
  /** When it is sent again; 0 when it is not. */
  nextAt: number
}
