import { afterEach, describe, expect, it } from 'vitest'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld, type World, type WorldOptions } from './support/world.ts'

describe('/premium status', () => {
  let world: World
  afterEach(() => world.close())

  const start = async (options: WorldOptions = {}) => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' }, ...options })
  }
  const status = async () => read(await say(world, world.admin, '/premium status'))
  /** The line that says `what`, and the one below it. */
  const seen = async (what: string) => {
    const lines = (await status()).split('\n')
    const index = lines.findIndex(line => line.includes(what))
    return index < 0 ? undefined : { line: lines[index], fix: lines[index + 1] }
  }

  it('sees that nobody was ever looked at, until somebody says so', async () => {
    await start({
      environment: { SWEEP_MINUTES: '600' },
      before: ({ stripe }) => {
        stripe.faults.current = ({ path }) => (path === '/v1/subscriptions' ? { status: 500 } : undefined)
      },
    })
    await say(world, world.admin, '/premium role role:@Premium')
    world.stripe.faults.current = undefined
    const found = await seen('never finished a look at everybody')
    expect(found?.line).toMatch(/^✗ /)
    expect(found?.fix).toMatch(/^→ .*`\/premium sync` does it now/)
  })

  it('sees that people pay and no webhook ever came', async () => {
    await start()
    world.stripe.faults.delivery = () => 'drop'
    await say(world, world.admin, '/premium role role:@Premium')
    const link = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    world.stripe.pay(link)
    await fetch(`${world.app.url}/checkout/success?session_id=${/cs_test_\w+/.exec(link)?.[0]}`)
    await until('the role', () => holds(world, world.ada))
    await until('the line', async () => (await seen('No signed webhook ever came'))?.line?.startsWith('✗ '))
    expect((await seen('No signed webhook ever came'))?.fix).toMatch(/^→ .*Developers, Webhooks/)
  })

  it("sees a permission that a restricted key lacks, by the dashboard's name", async () => {
    await start({ secretKey: 'rk_test_restricted' })
    expect(await status()).not.toContain('lacks a permission')
    world.stripe.faults.current = ({ path }) => (path === '/v1/disputes' ? { status: 403 } : undefined)
    const found = await seen('lacks a permission: Disputes: Read')
    expect(found?.line).toMatch(/^✗ /)
    expect(found?.fix).toMatch(/^→ Edit the key in the Stripe dashboard/)
  })

  it('sees a Stripe whose connections break', async () => {
    await start()
    world.stripe.faults.current = ({ path }) => (path === '/v1/account' ? 'reset' : undefined)
    const found = await seen("Stripe's key can't be checked now: stripe can't be reached")
    expect(found?.line).toMatch(/^✗ /)
    expect(found?.fix).toMatch(/^→ Look again in a minute/)
  })

  it('sees that nothing of what Stripe has is on sale here', async () => {
    await start()
    await say(world, world.admin, '/premium role role:@Premium plan:patron_monthly')
    const patron = world.stripe.objects.prices.find(({ lookup_key }) => lookup_key === 'patron_monthly')
    await world.sdk.prices.update(patron?.id ?? '', { active: false })
    await until('the line', () => seen('No plan that Stripe has is on sale here'))
    const found = await seen('No plan that Stripe has is on sale here')
    expect(found?.line).toMatch(/^✗ /)
    expect(found?.fix).toMatch(/^→ Say what they unlock with `\/premium role`/)
  })

  it('sees a community whose chat was turned off', async () => {
    await start()
    const checks = (await world.app.access.checks('slack:T123')).flatMap(group => group.checks)
    expect(JSON.stringify(checks)).toContain('The chat of this community is not set up any more.')
    expect(JSON.stringify(checks)).toContain('Set its variables again and restart the bot')
  })
})
