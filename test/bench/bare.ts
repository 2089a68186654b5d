import express from 'express'
import Stripe from 'stripe'

// What the endpoint is measured against: the signature is checked, and nothing is kept.
const secret = process.argv[2] ?? ''
const app = express()
app.post('/', express.raw({ type: () => true, limit: '1mb' }), (request, response) => {
  try {
    Stripe.webhooks.constructEvent(request.body, String(request.headers['stripe-signature']), secret)
    response.json({ received: true })
  } catch {
    response.status(400).end()
  }
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/\n`)
})
