import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addPrice, logLines, quiet, useLogChannel } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld, type World } from './support/world.ts'

describe('a link to Checkout', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterEach(() => world.close())

  it.each(['/v1/customers', '/v1/checkout/sessions', '/v1/billing_portal/configurations'])(
    'is made though Stripe failed at %s, and repeats that failure for a day',
    async failing => {
      let failures = 4
      world.stripe.faults.current = ({ path, method }) =>
        method === 'POST' && path === failing && failures-- > 0
          ? { status: 500, isRemembered: true }
          : undefined
      if (failing.includes('portal')) {
        world.stripe.pay(linkOf(await say(world, world.ada, '/subscribe plan:pro_monthly')))
        await until('the role', () => holds(world, world.ada))
      }
      const line = '/subscribe plan:basic_monthly'
      expect(read(await say(world, world.ada, line))).toContain("isn't answering")
      // A restart knows nothing of earlier tries: the next key follows from the last alone.
      await world.restart()
      expect(linkOf(await say(world, world.ada, line))).toMatch(/^http/)
      expect(world.stripe.objects.customers).toHaveLength(1)
    },
  )

  it('is made where Stripe has no search, as it has none for merchants in India', async () => {
    world.stripe.faults.current = ({ path }) =>
      path === '/v1/customers/search'
        ? { status: 400, type: 'invalid_request_error', message: 'Search is not available.' }
        : undefined
    expect(linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))).toMatch(/^http/)
  })

  it('is one link for five at once, when a slow Stripe fails all of them first', async () => {
    let failures = 3
    world.stripe.faults.current = ({ path, method }) => {
      if (method !== 'POST' || path !== '/v1/checkout/sessions') return undefined
      return failures-- > 0 ? { status: 500, isRemembered: true } : { delayMs: 1_500 }
    }
    const line = '/subscribe plan:basic_monthly'
    const replies = await Promise.all(Array.from({ length: 5 }, () => say(world, world.ada, line)))
    const links = replies.filter(reply => !read(reply).includes("isn't answering")).map(linkOf)
    expect(links.length).toBeGreaterThan(2)
    expect(new Set(links).size).toBe(1)
    expect(world.stripe.objects.sessions.filter(({ status }) => status === 'open')).toHaveLength(1)
    await quiet(world)
  })

  it('that the key may not make is told to the admins, once', async () => {
    await useLogChannel(world)
    world.stripe.faults.current = ({ path, method }) =>
      method === 'POST' && path === '/v1/checkout/sessions'
        ? { status: 403, type: 'invalid_request_error', message: 'It may not write Checkout Sessions.' }
        : undefined
    for (let times = 0; times < 2; times++)
      expect(read(await say(world, world.ada, '/subscribe plan:basic_monthly'))).toContain(
        'until an admin has mended',
      )
    await until('the notice', () => logLines(world).length === 1)
    expect(logLines(world)[0]).toContain('may not write Checkout Sessions')
    world.stripe.faults.current = undefined
    expect(linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))).toMatch(/^http/)
    expect(logLines(world)).toHaveLength(1)
  })

  it('for a price that Stripe won’t sell says so to the admins, in Stripe’s words', async () => {
    await useLogChannel(world)
    await addPrice(world, 30, { lookup_key: 'cheap_monthly' })
    const offer = (user: string) => say(world, user, '/subscribe plan:cheap_monthly')
    await until('the price to be known', async () =>
      read(await offer(world.ada)).includes('until an admin has mended'),
    )
    expect(read(await offer(world.admin))).toContain('at least $0.50')
    await until('the notice', () => logLines(world).length === 1)
    expect(logLines(world)[0]).toMatch(/cheap_monthly.*at least \$0\.50 usd/)
  })
})
