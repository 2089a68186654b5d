import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAccess } from '../src/access/access.ts'
import type { Membership } from '../src/access/membership.ts'
import type { Cause, Who } from '../src/access/queue.ts'
import { type BillingDeps, createBilling } from '../src/billing/billing.ts'
import type { Subscription } from '../src/billing/entitlement.ts'
import { OperatorError, RetryLater } from '../src/errors.ts'
import { type CommunityId, type MemberId, parseMember } from '../src/member.ts'
import type { Plan, Tier } from '../src/plan.ts'
import { plain, text } from '../src/text.ts'
import { createFakePlatform } from './support/fake-platform.ts'
import { ownStore } from './support/store.ts'
import { until } from './support/until.ts'

const lounge: CommunityId = 'discord:1'
const ada = 'discord:1:2'
const bob = 'discord:1:3'
const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const day = 86_400_000

const plan = (lookupKey: string): Plan => ({
  priceId: `price_${lookupKey}`,
  lookupKey,
  nickname: undefined,
  amount: 1000,
  currency: 'usd',
  interval: 'month',
  intervalCount: 1,
})
const tier = (name: string, ...keys: string[]): Tier => ({
  productId: `prod_${name}`,
  name,
  description: undefined,
  image: undefined,
  features: [],
  plans: keys.map(plan),
})
const to = (lookupKey: string, change: Partial<Subscription> = {}): Subscription => ({
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  items: [{ id: 'si_1', priceId: 'price_1', productId: 'prod_1', plan: plan(lookupKey) }],
  startedAt: 0,
  awaitsFirstPayment: false,
  periodEndsAt: undefined,
  trialEndsAt: undefined,
  endsAt: undefined,
  latestInvoice: 'in_1',
  endedInvoice: undefined,
  owed: undefined,
  ...change,
})
const refusal = (id: string, isMended = async () => false) =>
  new OperatorError({ id, what: text`${id} is wrong.`, fix: text`Fix it.` }, isMended)
const down = () => Promise.reject(new RetryLater('down'))

// What ticks is moved by the tests; everything else takes the time it takes.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

/** All of `access/` on a real store, between a Stripe and chats that say what the test wants. */
async function theAccess(options: { sweepMinutes?: number; checkEveryMs?: number } = {}) {
  const { store } = await ownStore()
  const discord = createFakePlatform(lounge, ['gold', 'platin'])
  const slack = createFakePlatform('slack:T', ['C1'])
  const world = {
    now: 50 * day,
    /** Whom a subscription's customer is asked about, and how. */
    asked: [] as unknown[],
    owner: undefined as MemberId | undefined,
    trace: async (_charge: string): Promise<string | undefined> => undefined,
    subscriptions: [] as Subscription[],
    everybody: new Map<string, { member: MemberId | undefined; subscriptions: Subscription[] }>(),
    walks: 0,
    walk: async () => {},
    greeted: [] as string[],
    errors: [] as string[],
  }
  discord.greet = async community => {
    world.greeted.push(community)
    return 'done'
  }
  const now = () => world.now
  const deps: BillingDeps = {
    secretKey: 'sk_test_1',
    apiBase: 'http://127.0.0.1:9',
    publicUrl: 'http://127.0.0.1:9',
    store,
    now,
    home: async () => '',
  }
  const real = createBilling(deps)
  const billing = {
    ...real,
    account: { key: down, endpoint: down, portal: down, unnamedPrices: down },
    catalog: {
      ...real.catalog,
      tiers: async () => [tier('Gold', 'basic', 'pro'), tier('None', 'empty')],
    },
    customers: {
      ...real.customers,
      async owner(customer: string, asksAgain?: boolean) {
        world.asked.push(['owner', customer, asksAgain])
        return world.owner
      },
      async relink(customer: string): Promise<MemberId[]> {
        world.asked.push(['relink', customer])
        return [ada, bob]
      },
    },
    subscriptions: {
      of: async () => world.subscriptions,
      async everybody() {
        world.walks += 1
        await world.walk()
        return world.everybody
      },
    },
    refunds: { trace: (charge: string) => world.trace(charge), since: async () => [] },
  }
  const log = pino({ level: 'error' }, { write: line => void world.errors.push(JSON.parse(line).msg) })
  const before = vi.getTimerCount()
  const { sweepMinutes = 0, ...rest } = options
  const platforms = [discord, slack]
  const access = createAccess({ store, billing, platforms, log, now, graceDays: 7, sweepMinutes, ...rest })
  onTestFinished(() => access.stop())
  await access.settings.change(lounge, () => ({
    everyPlan: ['gold'],
    byPlan: { empty: [] },
    logChannel: 'one',
  }))
  discord.held.set(ada, new Set()).set(bob, new Set())
  const causes = (who: Who = `member:${ada}`) => access.queue.pending(who)?.causes
  return {
    world,
    access,
    discord,
    store,
    link: real.customers.link,
    causes,
    timers: () => vi.getTimerCount() - before,
    posted: () => discord.told.map(({ to, reply }) => `${to} ${plain(reply.text ?? [])}`),
    knows: (member: MemberId, change: Partial<Membership> = {}) =>
      access.memberships.update(member, () => ({
        given: [],
        plans: [],
        isGone: false,
        verifiedAt: 1,
        ...change,
      })),
    journal: async (member: MemberId = ada) =>
      (await access.journal.of(member)).map(({ did, stoppedBy, causes }) => [plain(did), stoppedBy, causes]),
    /** Starts, and waits until nobody waits for a look. */
    async settle() {
      await access.start()
      await until('all looks', () => access.queue.waiting().count === 0)
    },
  }
}

describe('a mark', () => {
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
    const { world, access, journal, settle } = await theAccess()
    world.owner = ada
    const causes: Cause[] = [{ what: 'event', detail }, { what: 'admin' }]
    for (const cause of causes) await access.queue.mark('customer:cus_1', cause)
    await settle()
    expect(world.asked).toEqual([question])
    expect((await access.journal.of(ada)).flatMap(look => look.causes)).toEqual(
      expect.arrayContaining(causes),
    )
    expect(await journal(bob)).toHaveLength(question[0] === 'relink' ? (await journal(ada)).length : 0)
  })

  it('of a customer who is nobody here, or of a charge without one, ends there', async () => {
    const { world, access, settle } = await theAccess()
    await access.queue.mark('customer:discord:1:2', event)
    await access.queue.mark('charge:ch_1', event)
    await settle()
    expect(world.asked).toEqual([['owner', 'discord:1:2', false]])
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
})

describe('what the chat tells of a member', () => {
  const of = { given: ['gold', 'platin'] }
  type Heard = Parameters<Awaited<ReturnType<typeof theAccess>>['access']['heard']['memberChanged']>
  type Rest = [what: Heard[1], seen?: Heard[2]]
  it.each<[string, Partial<Membership> | undefined, Rest, boolean]>([
    ['a role the bot gave is not held', of, ['roles', { held: ['gold'] }], true],
    ['all are held', of, ['roles', { held: ['x', 'gold', 'platin'] }], false],
    ['a role the bot gave was lost', of, ['roles', { lost: ['x', 'platin'] }], true],
    ['another was lost', of, ['roles', { lost: ['x'] }], false],
    ['the chat names none', of, ['roles'], false],
    ['the bot is changing them', { ...of, verifiedAt: 0 }, ['roles', { held: [] }], false],
    ['nobody is known', undefined, ['roles', { held: [] }], false],
    ['somebody who was gone is there', { isGone: true }, ['present'], true],
    ['somebody was there all the time', {}, ['present'], false],
    ['a stranger is there', undefined, ['present'], false],
    ['somebody came', {}, ['joined'], true],
    ['somebody left', {}, ['left'], true],
    ['a stranger came', undefined, ['joined'], false],
  ])('where %s', async (_, membership, [what, seen], isMarked) => {
    const { access, knows, causes } = await theAccess()
    if (membership) await knows(ada, membership)
    await knows(bob, { given: ['gold'], isGone: true })
    access.heard.memberChanged(ada, what, seen)
    access.heard.memberChanged(bob, what, seen && { held: [] })
    access.heard.memberChanged(bob, 'left')
    await until('what was heard later', () =>
      causes(`member:${bob}`)?.some(({ detail }) => detail === 'left'),
    )
    expect(causes()).toEqual(isMarked ? [{ what: 'chat', detail: what }] : undefined)
  })

  it('is a look at whoever has a customer, though nothing was done for them yet', async () => {
    const { access, link, causes } = await theAccess()
    await link(ada, 'cus_1')
    access.heard.memberChanged(ada, 'joined')
    await until('the mark', () => causes())
  })
})

describe('what the chat tells of a community', () => {
  it('that was added: what was in the way is checked, it is greeted, and its members are looked at', async () => {
    const { world, access, discord, knows, causes, posted } = await theAccess()
    let isMended = false
    world.trace = async () => {
      throw refusal('discord:1:x', async () => isMended)
    }
    await access.queue.mark('charge:1', event)
    await access.start()
    await until('the gate', () => access.gates.closed().length === 1)
    await access.stop()
    isMended = true
    await knows('discord:2:5', { given: ['gold'] })
    await knows(ada, { given: ['gold'] })
    access.heard.communityChanged('discord:2', 'added')
    await until('the look', () => causes('member:discord:2:5'))
    expect(causes('member:discord:2:5')).toEqual([{ what: 'chat', detail: 'invited again' }])
    expect(causes()).toBeUndefined()
    expect(world.greeted).toEqual(['discord:2'])
    expect(access.gates.closed()).toEqual([])
    await until('the notice', () => posted().includes('one Mended: discord:1:x is wrong.'))
    expect(discord.told).toHaveLength(2)
  })

  it('that is in earshot again is a look at everybody, and other news is none', async () => {
    const { world, access } = await theAccess({ sweepMinutes: 15 })
    await access.start()
    await until('the first look', () => world.walks === 1)
    await until('its end', () => access.sweep.last())
    access.heard.communityChanged(lounge, 'removed')
    access.heard.communityChanged(lounge, 'roles')
    vi.advanceTimersByTime(1_000)
    expect(world.walks).toBe(1)
    access.heard.communityChanged(lounge, 'available')
    vi.advanceTimersByTime(1_000)
    await until('the second look', () => world.walks === 2)
    expect(world.greeted).toEqual([])
  })

  it('is logged where it was lost', async () => {
    const { world, access } = await theAccess()
    world.walk = down
    access.heard.communityChanged(lounge, 'added')
    await until('the line', () => world.errors.length)
    expect(world.errors).toEqual(['a change in the chat was missed until the next sweep'])
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
