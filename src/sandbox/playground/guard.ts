import type { RequestHandler } from 'express'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Refuses what a browser could be tricked into sending: the page can act as anybody. A name that is not this machine's
 * own is a rebound one (DNS rebinding), and a request that another site began carries that site's origin.
 */
export const guard: RequestHandler = (request, response, next) => {
  const host = request.headers.host ?? ''
  const { origin } = request.headers
  const isHere = loopback.has(host.replace(/:\d+$/, '').toLowerCase())
  const isOwn = origin === undefined ? request.method === 'GET' : origin === `http://${host}`
  const site = request.headers['sec-fetch-site']
  // Stripe's hosted page and other sites may link to the page, but not reach what is behind it.
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none' && request.path !== '/'
  if (isHere && isOwn && !isForeign) next()
  else response.status(403).type('text').send('This page answers only to itself, on this machine.\n')
}
