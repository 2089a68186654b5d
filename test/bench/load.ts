import { Agent, request } from 'node:http'
import Stripe from 'stripe'

/** A delivery that is ready to be sent. */
export interface Delivery {
  body: string
  headers: Record<string, string>
}

/** That many different invoice.paid events of one customer, about as large as Stripe's. */
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
    return { body, headers: { 'content-type': 'application/json', 'stripe-signature': signature } }
  })
}

/** How a load went; times in milliseconds. */
export interface Load {
  perSecond: number
  p50: number
  p99: number
  failed: number
}

/** Sends deliveries over so many connections for so long. */
export async function send(
  url: string,
  deliveries: readonly Delivery[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let failed = 0
  let next = 0
  const began = performance.now()
  const end = began + seconds * 1000
  const worker = async () => {
    while (performance.now() < end) {
      const delivery = deliveries[next++ % deliveries.length]
      if (!delivery) return
      const at = performance.now()
      const status = await post(url, delivery, agent)
      if (status === 200) times.push(performance.now() - at)
      else failed++
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const took = (performance.now() - began) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { perSecond: times.length / took, p50: at(0.5), p99: at(0.99), failed }
}

function post(url: string, { body, headers }: Delivery, agent: Agent): Promise<number> {
  return new Promise(resolve => {
    const sending = request(url, { method: 'POST', headers, agent }, response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sending.on('error', () => resolve(0))
    sending.end(body)
  })
}
