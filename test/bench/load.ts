import autocannon from 'autocannon'
import Stripe from 'stripe'

/** A delivery that is ready to be sent. */
export interface Delivery {
  method: 'POST'
  body: string
  headers: Record<string, string>
}

/** That many different invoice.paid events of one customer, about as large as Stripe's, signed as of now. */
export function signed(count: number, customer: string, secret: string): Delivery[] {
  const lines = Array.from({ length: 8 }, (_, n) => ({
    id: `il_${n}`,
    object: 'line_item',
    description: 'x'.repeat(300),
  }))
  return Array.from({ length: count }, (_, n) => {
    const body = JSON.stringify({
      id: `evt_${n}`,
      object: 'event',
      type: 'invoice.paid',
      livemode: false,
      data: { object: { id: `in_${n}`, object: 'invoice', customer, lines: { data: lines } } },
    })
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret })
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
    return { method: 'POST', body, headers }
  })
}

/** How a load went; times in whole milliseconds. */
export interface Load {
  perSecond: number
  p50: number
  p99: number
  failed: number
}

/** Sends deliveries over so many connections, one at a time on each, for so many seconds. */
export async function send(
  url: string,
  requests: Delivery[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> {
  const { latency, duration, errors, non2xx, ...answers } = await autocannon({
    url,
    requests,
    connections,
    duration: seconds,
    sampleInt: 50,
  })
  const perSecond = answers['2xx'] / duration
  return { perSecond, p50: latency.p50, p99: latency.p99, failed: errors + non2xx }
}
