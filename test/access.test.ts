import { describe, expect, it, vi } from 'vitest'
import type { Cause } from '../src/access/mark.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import { parseMember } from '../src/member.ts'
import { plain, text } from '../src/text.ts'
import { ada, bob, lounge, refusal, theAccess, tier } from './support/access.ts'
import { planOf as plan, subscriptionTo as to } from './support/subscription.ts'
import { until } from './support/until.ts'

const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const day = 86_400_000

describe('a mark', () => {
  it('is on disk under its name, where the next process looks', async () => {
    const { access, store } = await theAccess()
    await access.queue.mark(`member:${ada}`, event)
    const keys: string[] = []
    for await (const [key] of store.collection('marks').entries()) keys.push(key)
    expect(keys).toEqual([expect.stringMatching(/^member:discord:1:2:/)])
  })

  it('of a member is a look at them', async () => {
    const { world, access, discord, settle } = await theAccess()
    world.subscriptions = [to('basic')]
    await access.queue.mark(`member:${ada}`, event)
    await settle()
    expect(discord.held.get(ada)).toEqual(new Set(['gold']))
    expect(world.asked).toEqual([])
  })

  it.each([
    ['invoice.paid evt_1', ['owner', 'cus_1', false]],
    ['customer.subscription.updated evt_1', ['owner', 'cus_1', false]],
    ['customer.subscription.created evt_1', ['owner', 'cus_1', true]],
    ['a customer.subscription.created evt_1', ['owner', 'cus_1', false]],
    ['customer.updated evt_1', ['relink', 'cus_1']],
    ['customer.created evt_1', ['relink', 'cus_1']],
    ['customer.deleted evt_1', ['relink', 'cus_1']],
    ['a customer.deleted evt_1', ['owner', 'cus_1', false]],
  ])('of a customer that %s left asks whose they are: %j', async (detail, question) => {
    const { world, access, settle } = await theAccess()
    world.owner = ada
    const causes: Cause[] = [{ what: 'event', detail }, { what: 'admin' }]
    for (const cause of causes) await access.queue.mark('customer:cus_1', cause)
    await settle()
    expect(world.asked).toEqual([question])
    expect((await access.journal.of(ada)).flatMap(look => look.causes)).toEqual(
      expect.arrayContaining(causes),
    )
  })

  it('of a customer who is nobody here, or of a charge without one, ends there', async () => {
    const { world, access, settle } = await theAccess()
    await access.queue.mark('customer:discord:1:2', event)
    await access.queue.mark('charge:ch_1', event)
    await access.queue.mark('member:nobody', event)
    await settle()
    expect(world.asked.sort()).toEqual([
      ['owner', 'discord:1:2', false],
      ['owner', 'nobody', false],
    ])
  })

  it('of a charge is followed to its customer, and waits where Stripe refuses the key', async () => {
    const { world, access, discord, settle } = await theAccess()
    const traced: string[] = []
    let isMended = false
    world.owner = ada
    world.subscriptions = [to('basic')]
    world.trace = async charge => {
      traced.push(charge)
      if (!isMended) throw refusal('stripe:key', async () => isMended)
      return 'cus_7'
    }
    await access.queue.mark('charge:ch_1', event)
    await access.start()
    await until('the gate', () => access.gates.closed().length === 1)
    await access.queue.mark('charge:ch_2', event)
    await until('the second', () => access.queue.pending('charge:ch_2')?.failure)
    expect(traced).toEqual(['ch_1'])
    isMended = true
    await access.gates.check()
    await settle()
    expect(world.asked).toContainEqual(['owner', 'cus_7', false])
    expect(discord.held.get(ada)).toEqual(new Set(['gold']))
  })
})

describe('a look that a person must mend', () => {
  it('stands in the timeline once, with its causes, and again once something else stops it', async () => {
    const { world, access, discord, journal, causes } = await theAccess()
    world.subscriptions = [to('basic')]
    discord.broken.add('gold').add('platin')
    await access.queue.mark(`member:${ada}`, event)
    await access.start()
    await until('the stop', () => access.queue.pending(`member:${ada}`)?.failure)
    const stop = ['It is broken. Mend it.', 'discord:1:gold', [event]]
    expect(await journal()).toEqual([stop])
    expect(access.queue.pending(`member:${ada}`)?.failure).toBeInstanceOf(OperatorError)
    const tries = async (cause: Cause, failure: string) => {
      await access.queue.mark(`member:${ada}`, cause)
      await until('another try', () =>
        String(access.queue.pending(`member:${ada}`)?.failure).includes(failure),
      )
    }
    discord.trouble = new RetryLater('down')
    await tries({ what: 'settings' }, 'down')
    await tries({ what: 'settings' }, 'gold')
    expect(await journal()).toEqual([stop])
    await access.settings.change(lounge, rules => ({ ...rules, everyPlan: ['platin'] }))
    await tries({ what: 'admin' }, 'platin')
    expect((await journal()).map(([, by]) => by)).toEqual(['discord:1:platin', 'discord:1:gold'])
    expect(causes()).toHaveLength(4)
  })

  it('is told to the admins of its community, and so is its end', async () => {
    const { world, access, discord, posted } = await theAccess()
    await access.settings.change('discord:2', () => ({ everyPlan: [], byPlan: {}, logChannel: 'two' }))
    world.subscriptions = [to('basic')]
    discord.broken.add('gold')
    await access.queue.mark(`member:${ada}`, event)
    await access.start()
    await until('the notice', () => posted().length === 1)
    discord.broken.clear()
    access.heard.communityChanged(lounge, 'roles')
    await until('the other notice', () => posted().length >= 2)
    expect(posted().slice(0, 2)).toEqual([
      'one Needs you: It is broken. Mend it.',
      'one Mended: It is broken.',
    ])
  })

  it('is told to every community where Stripe is in the way, and to none where it is a whole chat', async () => {
    const { world, access, posted } = await theAccess()
    await access.settings.change('discord:2', () => ({ everyPlan: [], byPlan: {}, logChannel: 'two' }))
    for (const [n, id] of ['discord', 'other:1:gold', 'stripe:key'].entries()) {
      world.trace = async () => {
        throw refusal(id)
      }
      await access.queue.mark(`charge:${n}`, event)
      if (n === 0) await access.start()
      await until('the gate', () => access.gates.closed().length === n + 1)
    }
    await until('both notices', () => posted().length === 2)
    expect(posted()).toEqual([
      'one Needs you: stripe:key is wrong. Fix it.',
      'two Needs you: stripe:key is wrong. Fix it.',
    ])
  })

  it('goes on waiting where telling of it fails', async () => {
    const { world, access } = await theAccess()
    world.trace = async () => {
      throw refusal('stripe:key')
    }
    access.settings.communities = () => {
      throw new Error('the disk is full')
    }
    await access.queue.mark('charge:1', event)
    await access.start()
    await until('the line', () => world.errors.includes('a notice was lost'))
    expect(access.gates.closed()).toHaveLength(1)
  })
})

describe('access', () => {
  it('starts its clocks and stops them', async () => {
    const { access, timers } = await theAccess({ sweepMinutes: 15 })
    await access.start()
    expect(timers()).toBe(3)
    await access.stop()
    expect(timers()).toBe(0)
  })

  it.each([
    [5, 5, true],
    [undefined, 59_999, false],
    [undefined, 60_000, true],
  ])('checks what is in the way every %s ms: after %i, %s', async (every, after, isChecked) => {
    const { world, access } = await theAccess(every ? { checkEveryMs: every } : {})
    let checks = 0
    world.trace = async () => {
      throw refusal('stripe:key', async () => {
        checks += 1
        return false
      })
    }
    await access.queue.mark('charge:1', event)
    await access.start()
    await until('the gate', () => access.gates.closed().length === 1)
    vi.advanceTimersByTime(after)
    await Promise.resolve()
    await Promise.resolve()
    expect(checks > 0).toBe(isChecked)
  })

  it('sells the plans that unlock something, and the tiers that are left with one', async () => {
    const { access } = await theAccess()
    await access.settings.change(lounge, rules => ({ ...rules, byPlan: { pro: ['platin'], empty: [] } }))
    const [gold, ...others] = await access.onSale(lounge)
    expect(gold).toEqual({
      ...tier('Gold'),
      plans: [
        { ...plan('basic'), unlocks: ['gold'] },
        { ...plan('pro'), unlocks: ['platin'] },
      ],
    })
    expect(others).toEqual([])
    await access.settings.change(lounge, () => ({ everyPlan: ['gold'], byPlan: { basic: [], empty: [] } }))
    expect((await access.onSale(lounge)).map(({ plans }) => plans.length)).toEqual([1])
  })

  it('remembers a delivery, writing once a minute', async () => {
    const { world, access, store } = await theAccess()
    const last = () => store.collection('deliveries').get('last')
    const first = world.now
    await access.delivered()
    expect(await last()).toBe(first)
    world.now = first + 59_999
    await access.delivered()
    expect(await last()).toBe(first)
    world.now = first + 60_000
    await access.delivered()
    expect(await last()).toBe(first + 60_000)
  })

  it('says what subscriptions pay for, with the grace that is set', async () => {
    const { world, access } = await theAccess()
    const owed = { invoice: 'in_1', since: world.now - 7 * day + 1, needsConfirmation: false }
    const late = [to('basic', { status: 'past_due', owed })]
    expect(access.entitlement(late).plans).toEqual(['basic'])
    world.now += 1
    expect(access.entitlement(late).plans).toEqual([])
  })

  it('marks everybody of a community for a changed setting: who has a customer, and who has a membership', async () => {
    const { access, link, knows, store } = await theAccess()
    await link(ada, 'cus_1')
    await link('discord:11:2', 'cus_2')
    await knows(bob)
    await knows('discord:11:3')
    await store.collection('memberships').set('discord:1:not-one', { given: [], plans: [], isGone: false })
    const why = { did: text`set it`, detail: 'roles', by: ada } as const
    const { marked = [] } = await access.changes.propose(lounge, rules => rules, why)
    expect(marked.map(member => parseMember(member)?.user)).toEqual(['2', '3'])
  })

  it('shows and checks what it knows', async () => {
    const { access, link, world } = await theAccess()
    await link(ada, 'cus_1')
    await access.delivered()
    await access.queue.mark(`member:${bob}`, event)
    expect(await access.personalData.of(ada)).toMatchObject({ member: ada, customers: ['cus_1'] })
    expect(await access.personalData.kept(bob)).toBe('looks')
    const groups = await access.checks(lounge)
    const says = groups.flatMap(({ checks }) => checks.map(({ what }) => plain(what))).join('\n')
    expect(says).toContain('1 look waits')
    expect(says).toContain('The last signed webhook came')
    expect(says).toContain('The sweep is turned off (SWEEP_MINUTES is 0)')
    expect(world.errors).toEqual([])
  })
})
