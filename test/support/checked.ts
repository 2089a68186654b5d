import { type CheckDeps, type CheckGroup, runChecks } from '../../src/access/checks.ts'
import type { HeldBack } from '../../src/access/harm.ts'
import type { Membership } from '../../src/access/membership.ts'
import { type CommunitySettings, createSettings } from '../../src/access/settings.ts'
import type { Difference, SweepReport } from '../../src/access/sweep.ts'
import type { PortalReport } from '../../src/billing/account.ts'
import type { Endpoint } from '../../src/billing/endpoint.ts'
import type { KeyReport } from '../../src/billing/permissions.ts'
import type { Problem } from '../../src/errors.ts'
import type { TierOnSale } from '../../src/plan.ts'
import { plain } from '../../src/text.ts'
import { createFakePlatform } from './fake-platform.ts'
import { ownStore } from './store.ts'

export const minute = 60_000
/** 2026-01-02 12:00 UTC. */
export const now = Date.UTC(2026, 0, 2, 12)

/** What Stripe and the chat say. */
interface World {
  /** False: the chat isn't set up any more. */
  isConnected: boolean
  /** Lookup keys of the plans that Stripe has, and of those that are on sale here. */
  inStripe: string[]
  onSale: string[]
  /** Prices without a lookup key. */
  unnamed: string[]
  key: KeyReport
  endpoint: Endpoint | undefined
  isLocal: boolean
  hasSecret: boolean | undefined
  portal: PortalReport | undefined
  lastDelivery: number | undefined
  waiting: { count: number; oldest: number | undefined }
  closed: Problem[]
  sweepMinutes: number
  lastSweep: SweepReport | undefined
  compared: number
  differences: Difference[]
  held: HeldBack | undefined
  /** What is thrown where this is asked. */
  broken: Map<string, unknown>
}

/** A community where all is well, between a Stripe and a chat that say what the test wants. */
export async function aCommunity() {
  const { store } = await ownStore()
  const settings = createSettings(store)
  const memberships = store.collection<Membership>('memberships')
  const platform = createFakePlatform('discord:1', ['gold', 'silver'])
  const endpoint: Endpoint = {
    id: 'we_1',
    url: 'https://bot.example/stripe/webhook',
    isEnabled: true,
    version: '2024-06-20',
    isPinned: true,
    missing: [],
    hasSecret: () => true,
  }
  const key: KeyReport = {
    isLive: false,
    isRestricted: true,
    account: undefined,
    currency: 'usd',
    missing: [],
  }
  const portal: PortalReport = { canCancel: true, canChangeCard: true, canSeeInvoices: true }
  const lastSweep: SweepReport = { startedAt: 0, endedAt: now, compared: 7, differing: 3, heldBack: 0 }
  const world: World = {
    isConnected: true,
    inStripe: ['basic', 'pro'],
    onSale: ['basic', 'pro'],
    unnamed: [],
    key,
    endpoint,
    isLocal: false,
    hasSecret: true,
    portal,
    lastDelivery: now,
    waiting: { count: 0, oldest: undefined },
    closed: [],
    sweepMinutes: 360,
    lastSweep,
    compared: 2,
    differences: [],
    held: undefined,
    broken: new Map(),
  }

  /** Asks, or throws what is broken about it. */
  const ask = async <Answer>(what: string, answer: () => Answer | Promise<Answer>): Promise<Answer> => {
    if (world.broken.has(what)) throw world.broken.get(what)
    return answer()
  }
  platform.problems = () => ask('problems', () => [])
  platform.memberName = async member => `name of ${member}`
  const { check } = platform.roles
  platform.roles.check = (...role) => ask('role', () => check(...role))
  let catalog: string[] | undefined

  const deps: Omit<CheckDeps, 'community'> = {
    billing: {
      account: {
        key: () => ask('key', () => world.key),
        endpoint: () =>
          ask('endpoint', () => ({
            url: 'https://bot.example/stripe/webhook',
            isLocal: world.isLocal,
            endpoint: world.endpoint,
            hasSecret: world.hasSecret,
          })),
        portal: () => ask('portal', () => world.portal),
        unnamedPrices: async () => world.unnamed,
      },
      catalog: {
        tiers: () =>
          ask('tiers', () => {
            catalog ??= world.inStripe
            return tiersOf(catalog)
          }),
        refresh() {
          catalog = undefined
        },
      },
    },
    access: {
      settings: { of: community => ask('settings', () => settings.of(community)) },
      memberships,
      chat: {
        platform: () => (world.isConnected ? platform : undefined),
        held: (...asked) => platform.roles.held(...asked),
      },
      gates: { closed: () => world.closed },
      sweep: {
        compare: community =>
          ask('compare', () => ({
            compared: community === 'discord:1' ? world.compared : 0,
            holders: new Map(),
            differences: world.differences,
          })),
        last: () => ask('last sweep', () => world.lastSweep),
      },
      harm: { held: () => ask('held', () => world.held) },
      onSale: async () => tiersOf(world.onSale),
    },
    waiting: () => ask('waiting', () => world.waiting),
    lastDelivery: () => ask('delivery', () => world.lastDelivery),
    sweepMinutes: world.sweepMinutes,
    now: () => now,
  }
  const set = (rules: CommunitySettings) => settings.change('discord:1', () => rules)
  await set({ everyPlan: ['gold'], byPlan: {}, logChannel: 'general' })

  const groups = () => runChecks({ ...deps, sweepMinutes: world.sweepMinutes, community: 'discord:1' })
  return {
    world,
    platform,
    endpoint,
    key,
    portal,
    lastSweep,
    deps,
    set,
    groups,
    /** Writes down what somebody paid for at the last look. */
    remember: (member: string, plans: string[]) =>
      memberships.set(member, { given: [], plans, isGone: false }),
    /** The lines of one group. */
    look: async (name: string) => linesOf((await groups()).filter(group => group.name === name)),
  }
}

/** A tier of its own for each lookup key. */
const tiersOf = (lookupKeys: readonly string[]): TierOnSale[] =>
  lookupKeys.map(lookupKey => ({
    productId: `prod_${lookupKey}`,
    name: lookupKey,
    description: undefined,
    image: undefined,
    features: [],
    plans: [
      {
        priceId: `price_${lookupKey}`,
        lookupKey,
        nickname: undefined,
        amount: 1000,
        currency: 'usd',
        interval: 'month',
        intervalCount: 1,
        unlocks: ['gold'],
      },
    ],
  }))

const signs = { good: '✓', open: '–', bad: '✗' } as const

/** Each line as it is read, and below what is wrong its fix. */
export const linesOf = (groups: readonly CheckGroup[]): string[] =>
  groups
    .flatMap(({ checks }) => checks)
    .flatMap(check => [
      `${signs[check.state]} ${plain(check.what)}`,
      ...(check.state === 'bad' ? [`→ ${plain(check.fix)}`] : []),
    ])
