import { PermissionFlagsBits } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { text } from '../src/text.ts'
import { quiet } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, linkOf, say, startWorld, type World } from './support/world.ts'

describe('the pages after Checkout', () => {
  let world: World
  let session: string
  beforeEach(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
    const link = linkOf(await say(world, world.ada, '/subscribe plan:basic_monthly'))
    session = /cs_test_\w+/.exec(link)?.[0] ?? ''
  })
  afterEach(() => world.close())

  const open = (path: string, accept = 'text/html') =>
    fetch(`${world.app.url}${path}`, { headers: { accept } })
  const success = (id = session) => `/checkout/success?session_id=${id}`

  it('welcome by the community’s name, and give the role though every webhook is lost', async () => {
    world.stripe.faults.delivery = () => 'drop'
    world.stripe.pay(session)
    const page = await open(success())
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).toContain('Thank you for joining The Lounge')
    expect(html).toContain(`https://discord.com/channels/${world.guild}`)
    await until('the role', () => holds(world, world.ada))
    await until('the page to know', async () => {
      const { progress } = await (await open(success(), 'application/json')).json()
      return progress === 'role held'
    })
  })

  it('wait for the money while nothing is paid, and give nothing away', async () => {
    world.stripe.faults.delivery = () => 'drop'
    const before = await (await open(success(), 'application/json')).json()
    expect(before).toEqual({ progress: 'waiting for money' })
    expect(holds(world, world.ada)).toBe(false)
  })

  it('wait for a bank debit though the form is filled in, and know when it has come', async () => {
    world.stripe.pay(session, { card: 'pm_sepaDebit' })
    const progress = async () => (await (await open(success(), 'application/json')).json()).progress
    await open(success())
    await quiet(world)
    expect(await progress()).toBe('waiting for money')
    expect(holds(world, world.ada)).toBe(false)
    world.stripe.settleDebit(world.stripe.objects.invoices[0]?.id ?? '', true)
    await until('the page to know', async () => (await progress()) === 'role held')
    expect(holds(world, world.ada)).toBe(true)
  })

  it('say that an admin is needed when the role cannot be given', async () => {
    world.discord.moveRole(world.guild, world.premium, 9)
    world.stripe.pay(session)
    await until('the page to know', async () => {
      const { progress } = await (await open(success(), 'application/json')).json()
      return progress === 'needs an admin'
    })
  })

  it.each([500, 401])('tell whoever paid that all is well, also while Stripe answers %i', async status => {
    world.stripe.pay(session)
    world.stripe.faults.current = ({ path }) => (path.includes('/sessions') ? { status } : undefined)
    const page = await open(success())
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('If you paid, your membership arrives by itself')
    expect((await open(success(), 'application/json')).status).toBe(500)
  })

  it('name no admin for what stops only the notices', async () => {
    const { id: logChannel } = world.discord.addChannel(world.guild, {
      name: 'closed',
      overwrites: [{ id: world.guild, type: 0, allow: '0', deny: String(PermissionFlagsBits.ViewChannel) }],
    })
    await world.app.access.settings.change(`discord:${world.guild}`, old => ({ ...old, logChannel }))
    await world.app.access.notices.log(`discord:${world.guild}`, text`hello`)
    expect(world.app.access.gates.closed()).toHaveLength(1)
    world.stripe.faults.delivery = () => 'drop'
    world.stripe.pay(session)
    const { progress } = await (await open(success(), 'application/json')).json()
    expect(progress).toBe('working')
  })

  it.each(['', 'cs_test_nobody', '../../v1/customers', 'cs_test_<script>', 'x'.repeat(5_000)])(
    'know nothing of the session %s',
    async id => {
      const page = await open(success(encodeURIComponent(id)))
      expect(page.status).toBe(404)
      const html = await page.text()
      expect(html).toContain('know this payment')
      expect(html).not.toContain('<script>')
    },
  )

  it('show a community’s name letter by letter', async () => {
    world.discord.guild(world.guild).name = '<img src=x onerror=alert(1)>'
    await world.restart()
    const html = await (await open(success())).text()
    expect(html).toContain('&lt;img src=x')
    expect(html).not.toContain('<img')
  })

  it('say that nothing was charged, with a way back, whatever community is claimed', async () => {
    const page = await open(`/checkout/cancel?community=discord:${world.guild}`)
    expect(await page.text()).toContain('Back to The Lounge')
    for (const claim of ['', 'discord:1', 'nowhere:1', '<script>', 'discord:1:2'])
      expect(await (await open(`/checkout/cancel?community=${encodeURIComponent(claim)}`)).text()).toContain(
        'Nothing was charged',
      )
  })

  it.each([
    ['after paying', () => success()],
    ['after leaving', () => '/checkout/cancel'],
    ['of a payment that nobody knows', () => success('cs_test_nobody')],
    ['of nothing', () => '/nowhere'],
  ])('%s allow no framing, no foreign content, no cache and no referrer', async (_, path) => {
    const { headers } = await open(path())
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-powered-by')).toBeNull()
  })
})
