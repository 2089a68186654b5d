import { describe, expect, it } from 'vitest'
import { createJournal } from '../src/access/journal.ts'
import type { Cause, Mark } from '../src/access/mark.ts'
import type { Membership } from '../src/access/membership.ts'
import type { News } from '../src/access/news.ts'
import { createReconcile } from '../src/access/reconcile.ts'
import { createSettings } from '../src/access/settings.ts'
import type { Subscription } from '../src/billing/entitlement.ts'
import { OperatorError, operatorErrors, RetryLater } from '../src/errors.ts'
import { createLog } from '../src/log.ts'
import { plain, text } from '../src/text.ts'
import { ownStore } from './support/store.ts'
import { subscriptionTo as to } from './support/subscription.ts'

const ada = 'discord:1:2'
const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }
const sweep: Cause = { what: 'sweep' }
const day = 86_400_000

const refusal = (id: string) => new OperatorError({ id, what: text`No.`, fix: text`Do.` }, async () => false)

/** One member between a Stripe and a chat that say and do what the test wants. */
async function aMember(stored?: Partial<Membership>) {
  const { store } = await ownStore()
  const memberships = store.collection<Membership>('memberships')
  if (stored) await memberships.set(ada, { given: [], plans: [], isGone: false, ...stored })
  const settings = createSettings(store)
  await settings.change('discord:1', () => ({ everyPlan: ['gold'], byPlan: { pro: ['platin'] } }))
  const journal = createJournal(store)
  const world = {
    subscriptions: [] as Subscription[],
    held: new Set<string>(),
    isGone: false,
    /** They are gone when a role is changed, and were there when the chat was asked. */
    isLeaving: false,
    /** What goes wrong with a role. */
    broken: new Map<string, Error>(),
    calls: [] as string[],
    marks: [] as (Omit<Mark, 'since'> & { who: string })[],
    told: [] as News[],
    memberships,
    membership: () => memberships.get(ada),
    newest: async () => {
      const [entry] = await journal.of(ada)
      return entry && { found: entry.found, wanted: entry.wanted, did: plain(entry.did) }
    },
    whenAsked: async () => {},
  }
  const change = async (what: string, role: string, change: (role: string) => void) => {
    world.calls.push(`${what} ${role}`)
    const error = world.broken.get(role)
    if (error) throw error
    if (world.isLeaving) return 'gone'
    change(role)
    return 'done'
  }
  const reconcile = createReconcile({
    billing: {
      customers: { of: async () => ['cus_1'] },
      subscriptions: {
        async of() {
          await world.whenAsked()
          return world.subscriptions
        },
      },
    },
    chat: {
      async held(_, among) {
        world.calls.push(`held ${[...among].sort().join(' ')}`)
        return world.isGone ? 'gone' : among.filter(role => world.held.has(role))
      },
      grant: (_, role) => change('grant', role, () => world.held.add(role)),
      revoke: (_, role) => change('revoke', role, () => world.held.delete(role)),
    },
    settings,
    memberships,
    journal,
    notices: { tell: async (_, news) => void world.told.push(...news) },
    queue: {
      mark: async (who, cause, at) => void world.marks.push({ who, cause, ...(at !== undefined && { at }) }),
    },
    log: createLog('silent'),
    now: () => 5 * day,
    graceDays: 7,
  })
  return {
    ...world,
    world,
    /** A look, and what is told after it. */
    async look(...causes: Cause[]) {
      world.calls.length = 0
      const { afterwards } = await reconcile(ada, causes)
      await afterwards?.()
    },
    error: (...causes: Cause[]) =>
      reconcile(ada, causes).then(
        () => undefined,
        (error: unknown) => error,
      ),
  }
}

describe('a look', () => {
  it('gives what is paid for, writes it down, and tells it', async () => {
    const { world, look, membership, newest, told, marks } = await aMember()
    world.subscriptions = [to('basic pro'), to('', { id: 'sub_2' })]
    await look(event)
    expect(world.calls).toEqual(['held gold platin', 'grant gold', 'grant platin'])
    expect(await membership()).toEqual({
      given: ['gold', 'platin'],
      plans: ['basic', 'pro'],
      statuses: ['active'],
      isGone: false,
      verifiedAt: 5 * day,
    })
    expect(marks).toEqual([])
    expect(await newest()).toEqual({
      found: 'active basic pro, active another price',
      wanted: ['gold', 'platin'],
      did: 'gave @gold, @platin',
    })
    expect(told).toEqual([{ kind: 'started', roles: ['gold', 'platin'], isGone: false, isImported: false }])
  })

  it.each<Cause['what']>(['event', 'timer', 'checkout'])(
    'that a mere %s asks for leaves the chat alone while nothing changed',
    async what => {
      const { world, look, newest, told } = await aMember()
      world.subscriptions = [to('basic')]
      await look(event)
      await look({ what })
      expect(world.calls).toEqual([])
      expect(await newest()).toEqual({
        found: 'active basic',
        wanted: ['gold'],
        did: 'nothing to change',
      })
      expect(told).toHaveLength(1)
    },
  )

  it.each<Cause['what']>(['sweep', 'admin', 'member', 'chat', 'settings'])(
    'that %s asks for asks the chat, though an event asks too',
    async what => {
      const { world, look, newest } = await aMember()
      world.subscriptions = [to('basic')]
      await look(event)
      world.held.clear()
      await look(event, { what })
      expect(world.calls).toEqual(['held gold', 'grant gold'])
      await look({ what })
      expect(world.calls).toEqual(['held gold'])
      expect(await newest()).toMatchObject({ did: 'already so' })
    },
  )

  it('asks the chat where another plan unlocks as many roles', async () => {
    const { world, look, newest, membership } = await aMember()
    world.subscriptions = [to('basic')]
    await look(event)
    world.subscriptions = [to('pro')]
    await look(event)
    expect(world.calls).toEqual(['held gold platin', 'grant platin', 'revoke gold'])
    expect(await newest()).toMatchObject({ did: 'gave @platin; took back @gold' })
    expect(await membership()).toMatchObject({ given: ['platin'] })
  })

  it('of two roles gives one that is missing, and asks about both', async () => {
    const { world, look, membership } = await aMember({ given: ['gold'], plans: ['basic'], verifiedAt: 1 })
    world.held.add('gold')
    world.subscriptions = [to('basic pro')]
    await look(event)
    expect(world.calls).toEqual(['held gold platin', 'grant platin'])
    expect(await membership()).toMatchObject({ given: ['gold', 'platin'] })
  })

  it('takes back only what the bot gave', async () => {
    const { world, look, membership, newest, told } = await aMember()
    world.held.add('platin')
    world.subscriptions = [to('basic pro')]
    await look(event)
    expect(await membership()).toMatchObject({ given: ['gold'] })
    world.subscriptions = []
    await look(event)
    expect([...world.held]).toEqual(['platin'])
    expect(await newest()).toEqual({ found: 'no subscription', wanted: [], did: 'took back @gold' })
    expect(told.map(({ kind }) => kind)).toEqual(['started', 'ended'])
  })

  it('forgets a role that somebody else took, and gives it again as its own', async () => {
    const { world, look, membership } = await aMember({ given: ['gold', 'silver'], plans: [], verifiedAt: 1 })
    await look(sweep)
    expect(world.calls).toEqual(['held gold silver'])
    expect(await membership()).toMatchObject({ given: [] })
  })

  it('gives nothing to somebody who left, and asks again at every event', async () => {
    const { world, look, membership, newest } = await aMember()
    world.subscriptions = [to('basic')]
    world.isGone = true
    await look(event)
    expect(await membership()).toMatchObject({ given: [], isGone: true, plans: ['basic'] })
    expect(await newest()).toMatchObject({ did: 'is not in the community' })
    world.isGone = false
    await look(event)
    expect([...world.held]).toEqual(['gold'])
    expect(await membership()).toMatchObject({ given: ['gold'], isGone: false })
  })

  it('takes what another process gave meanwhile for the bot’s own', async () => {
    const { world, look, membership } = await aMember()
    world.subscriptions = [to('basic')]
    world.whenAsked = async () => {
      await world.memberships.set(ada, { given: ['gold'], plans: [], isGone: false })
      world.held.add('gold')
    }
    await look(event)
    expect(await membership()).toMatchObject({ given: ['gold'], plans: ['basic'] })
  })

  it('comes again where somebody leaves while a role is given', async () => {
    const { world, look, error, membership } = await aMember()
    world.subscriptions = [to('basic')]
    world.isLeaving = true
    expect(await error(event)).toEqual(new RetryLater('they left while a role was given'))
    world.isGone = true
    await look(event)
    expect(await membership()).toMatchObject({ given: [], isGone: true })
  })

  it('has written down what it gives before it is given', async () => {
    const { world, error, membership } = await aMember({ given: [], plans: [], isGone: true, verifiedAt: 1 })
    world.subscriptions = [to('basic')]
    world.broken.set('gold', new RetryLater('down'))
    expect(await error(event)).toBeInstanceOf(RetryLater)
    expect(await membership()).toEqual({ given: ['gold'], plans: [], isGone: false })
  })

  it('keeps the old role while the only new one cannot be given, and takes it once one can', async () => {
    const { world, error, look } = await aMember({ given: ['gold'], plans: ['basic'], verifiedAt: 1 })
    world.held.add('gold')
    world.subscriptions = [to('pro')]
    world.broken.set('platin', refusal('platin'))
    expect(operatorErrors(await error(event)).map(({ message }) => message)).toEqual(['platin'])
    expect([...world.held]).toEqual(['gold'])
    world.broken.clear()
    await look(event)
    expect([...world.held]).toEqual(['platin'])
  })

  it('takes what is over though one of several roles cannot be given', async () => {
    const { world, error } = await aMember({ given: ['silver'], plans: [], verifiedAt: 1 })
    world.held.add('silver')
    world.subscriptions = [to('basic pro')]
    world.broken.set('platin', refusal('platin'))
    expect(await error(event)).toBeInstanceOf(OperatorError)
    expect([...world.held]).toEqual(['gold'])
  })

  it('waits for everybody who has to act, and for nobody where time mends it', async () => {
    const { world, error } = await aMember()
    world.subscriptions = [to('basic pro')]
    world.broken.set('gold', refusal('gold')).set('platin', refusal('platin'))
    expect(operatorErrors(await error(event)).map(({ message }) => message)).toEqual(['gold', 'platin'])
    const same = refusal('both')
    world.broken.set('gold', same).set('platin', same)
    expect(operatorErrors(await error(event))).toHaveLength(1)
    world.broken.set('platin', new RetryLater('down'))
    expect(await error(event)).toBeInstanceOf(RetryLater)
  })

  it('gives what an admin gave away, until its end, of which it sets a timer', async () => {
    const complimentary = { by: ada, roles: ['silver'], until: 6 * day } as const
    const { world, look, marks, membership } = await aMember({
      complimentary: { ...complimentary, roles: ['silver'] },
    })
    const overdue = { invoice: 'in_1', since: 0, needsConfirmation: false }
    world.subscriptions = [to('basic', { status: 'past_due', owed: overdue })]
    await look(event)
    expect([...world.held].sort()).toEqual(['gold', 'silver'])
    expect(marks).toEqual([
      { who: `member:${ada}`, cause: { what: 'timer' }, at: 7 * day },
      { who: `member:${ada}`, cause: { what: 'timer' }, at: 6 * day },
    ])
    expect((await membership())?.complimentary).toEqual({ ...complimentary, roles: ['silver'] })
  })

  it('ends complimentary access that is over, and not what an admin gives while Stripe is asked', async () => {
    const { world, look, membership } = await aMember({ complimentary: { by: ada, until: 5 * day } })
    await look(event)
    expect(await membership()).not.toHaveProperty('complimentary')
    world.whenAsked = async () => {
      await world.memberships.update(ada, old => ({
        ...(old ?? { given: [], plans: [], isGone: false }),
        complimentary: { by: ada },
      }))
    }
    await look(event)
    expect((await membership())?.complimentary).toEqual({ by: ada })
  })

  it('says what Stripe has not been paid for yet', async () => {
    const { world, look, newest } = await aMember()
    world.subscriptions = [to('basic', { awaitsFirstPayment: true })]
    await look(event)
    expect(await newest()).toMatchObject({ found: 'active basic (first payment not there yet)', wanted: [] })
  })

  it('remembers the last twenty things that it told', async () => {
    const { world, look, membership, told } = await aMember()
    for (let n = 0; n < 22; n++) {
      world.subscriptions = [
        to('basic', {
          status: 'past_due',
          owed: { invoice: `in_${n}`, since: 0, needsConfirmation: false },
        }),
      ]
      await look(event)
      if (n === 0) expect((await membership())?.told).toEqual(['invoice:in_0'])
    }
    const keys = (await membership())?.told
    expect(keys).toHaveLength(20)
    expect(keys?.slice(0, 2)).toEqual(['invoice:in_21', 'invoice:in_20'])
    expect(told.filter(({ kind }) => kind === 'payment trouble')).toHaveLength(22)
  })

  it('keeps what waits for roles to be set, and nothing of it once it is settled', async () => {
    const { look, membership } = await aMember({ inherited: ['basic'], verifiedAt: 1 })
    await look(event)
    expect(await membership()).toMatchObject({ inherited: ['basic'] })
    await look(sweep)
    expect(await membership()).not.toHaveProperty('inherited')
  })
})
