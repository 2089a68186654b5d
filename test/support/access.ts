import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import { createAccess } from '../../src/access/access.ts'
import type { Who } from '../../src/access/mark.ts'
import type { Membership } from '../../src/access/membership.ts'
import { type BillingDeps, createBilling } from '../../src/billing/billing.ts'
import type { Subscription } from '../../src/billing/entitlement.ts'
import { OperatorError, RetryLater } from '../../src/errors.ts'
import type { CommunityId, MemberId } from '../../src/member.ts'
import type { Tier } from '../../src/plan.ts'
import { plain, text } from '../../src/text.ts'
import { createFakePlatform } from './fake-platform.ts'
import { ownStore } from './store.ts'
import { planOf } from './subscription.ts'
import { until } from './until.ts'

const day = 86_400_000
export const lounge: CommunityId = 'discord:1'
export const ada = 'discord:1:2'
export const bob = 'discord:1:3'

/** A product with plans by lookup key. */
export const tier = (name: string, ...keys: string[]): Tier => ({
  productId: `prod_${name}`,
  name,
  description: undefined,
  image: undefined,
  features: [],
  plans: keys.map(planOf),
})
/** What a person must mend; by default nobody does. */
export const refusal = (id: string, isMended = async () => false) =>
  new OperatorError({ id, what: text`${id} is wrong.`, fix: text`Fix it.` }, isMended)
/** What time mends. */
export const down = () => Promise.reject(new RetryLater('down'))

/**
 * All of `access/` on a real store, between a Stripe and chats that say what the test wants. What ticks is moved by the test;
 * everything else takes the time it takes.
 */
export async function theAccess(options: { sweepMinutes?: number; checkEveryMs?: number } = {}) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
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
      async relink(customer: string) {
        world.asked.push(['relink', customer])
        return world.owner
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
