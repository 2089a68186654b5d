import type { Logger } from 'pino'
import type { Customers } from '../billing/customers.ts'
import { entitle } from '../billing/entitlement.ts'
import type { Refunds } from '../billing/refunds.ts'
import type { Subscriptions } from '../billing/subscriptions.ts'
import { OperatorError } from '../errors.ts'
import { type CommunityId, communityOf, type MemberId, parseMember, type RoleId } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'
import type { Chat } from './chat.ts'
import { type Harm, losesAccess } from './harm.ts'
import type { Cause } from './mark.ts'
import { type Membership, newcomer } from './membership.ts'
import type { Queue } from './queue.ts'
import type { CommunitySettings, SettingsBook } from './settings.ts'
import { wantedRoles, withoutExpired } from './wanted.ts'

/** Somebody whose roles aren't what Stripe and the settings say; without either role, what the store knows of them is old. */
export interface Difference {
  member: MemberId
  missing: RoleId[]
  surplus: RoleId[]
}

/** What a look at everybody found. */
export interface Comparison {
  /** How many members were compared. */
  compared: number
  /** How many hold something from the bot, by community. */
  holders: Map<CommunityId, number>
  differences: Difference[]
}

export interface SweepReport {
  startedAt: number
  endedAt: number
  /** How many members were compared. */
  compared: number
  differing: number
  /** How many would lose access and weren't marked: more than may go without an admin's word. */
  heldBack: number
}

/** How a look at everybody is watched and ended. */
export interface Watch {
  progress?: (compared: number, of: number) => void
  /** Ends the look before anybody is marked. */
  stop?: AbortSignal
}

/** The look at everybody. It changes nothing itself: it marks those who differ. */
export interface Sweep {
  /** Compares everybody, of one community or of all; throws, and has marked nobody, where Stripe doesn't answer. */
  compare(
    community: CommunityId | undefined,
    /** `rules`: settings to try out instead of those that are set. */
    options?: Watch & { rules?: CommunitySettings },
  ): Promise<Comparison>
  /** Compares, and marks those who differ as far as the cap on harm lets it; answers whom it marked. */
  run(cause: Cause, community?: CommunityId, watch?: Watch): Promise<SweepReport & { marked: MemberId[] }>
  last(): Promise<SweepReport | undefined>
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

const dayMs = 86_400_000

export function createSweep(deps: {
  billing: {
    customers: Pick<Customers, 'known' | 'link' | 'relink'>
    subscriptions: Pick<Subscriptions, 'everybody'>
    refunds: Pick<Refunds, 'since'>
  }
  chat: Pick<Chat, 'held' | 'platform'>
  settings: Pick<SettingsBook, 'of' | 'communities'>
  memberships: Pick<Collection<Membership>, 'get' | 'entries'>
  queue: Pick<Queue, 'mark'>
  harm: Pick<Harm, 'isTooMuch' | 'hold' | 'release'>
  store: Store
  log: Logger
  now: () => number
  graceDays: number
}): Sweep {
  const { billing, chat, settings, memberships, queue, harm, log, now, graceDays } = deps
  const reports: Collection<SweepReport> = deps.store.collection('sweeps')

  // Paid plans by member, from one walk through Stripe; on the way, links that the store lost are made again.
  const paidPlans = async () => {
    const plans = new Map<MemberId, string[]>()
    for (const [customer, { member: named, subscriptions }] of await billing.subscriptions.everybody()) {
      const known = await billing.customers.known(customer)
      if (known && known !== named) await billing.customers.relink(customer)
      else if (named) await billing.customers.link(named, customer)
      if (!named) continue
      const entitlement = entitle(subscriptions, { now: now(), graceDays })
      plans.set(named, [...new Set([...(plans.get(named) ?? []), ...entitlement.plans])])
    }
    return plans
  }

  const everyone = async (plans: Map<MemberId, string[]>, community: CommunityId | undefined) => {
    const members = new Set<MemberId>()
    for await (const [key] of memberships.entries(community ? `${community}:` : '')) {
      const parsed = parseMember(key)
      if (parsed) members.add(parsed.member)
    }
    for (const member of plans.keys())
      if (!community || communityOf(member) === community) members.add(member)
    return members
  }

  const compare: Sweep['compare'] = async (only, { progress, stop, rules: tried } = {}) => {
    const plans = await paidPlans()
    const holders = createHolders(chat, log)
    const found: Comparison = { compared: 0, holders: new Map(), differences: [] }
    const members = await everyone(plans, only)
    for (const member of members) {
      stop?.throwIfAborted()
      const [set, stored] = await Promise.all([settings.of(communityOf(member)), memberships.get(member)])
      const rules = tried ?? set
      const membership = withoutExpired(stored ?? newcomer, now())
      const wanted = wantedRoles(plans.get(member) ?? [], membership, rules)
      const given = membership.given
      const missing: RoleId[] = []
      for (const role of wanted)
        if (!given.includes(role) || !(await holders.holds(member, role))) missing.push(role)
      const surplus = given.filter(role => !wanted.includes(role))
      const isForgotten = stored !== undefined && stored.verifiedAt === undefined
      const hasPlansWrong =
        stored !== undefined && stored.plans.join() !== (plans.get(member) ?? []).sort().join()
      if (missing.length || surplus.length || isForgotten || hasPlansWrong)
        found.differences.push({ member, missing, surplus })
      const community = communityOf(member)
      if (given.length) found.holders.set(community, (found.holders.get(community) ?? 0) + 1)
      found.compared += 1
      progress?.(found.compared, members.size)
    }
    return found
  }

  // Of each community either all who would lose access, or none of them.
  const withoutHarm = async (
    { differences, holders }: Comparison,
    cause: Cause,
    only: CommunityId | undefined,
  ) => {
    const losing = new Map<CommunityId, number>()
    for (const { member, ...difference } of differences)
      if (losesAccess(difference)) losing.set(communityOf(member), (losing.get(communityOf(member)) ?? 0) + 1)
    const stopped = new Set<CommunityId>()
    for (const community of only ? [only] : await all(settings.communities())) {
      const [lose, hold] = [losing.get(community) ?? 0, holders.get(community) ?? 0]
      if (await harm.isTooMuch(community, lose, hold)) {
        stopped.add(community)
        await harm.hold(community, { at: now(), cause, losing: lose, holders: hold })
      } else await harm.release(community)
    }
    return differences.filter(
      ({ member, ...rest }) => !stopped.has(communityOf(member)) || !losesAccess(rest),
    )
  }

  return {
    compare,
    async run(cause, community, watch) {
      const startedAt = now()
      // The last one may lie ahead, if the clock was wrong then.
      const since = Math.min((await reports.get('last'))?.startedAt ?? startedAt - 30 * dayMs, startedAt)
      for (const charge of await billing.refunds.since(since - dayMs))
        await queue.mark(`charge:${charge}`, cause)
      const comparison = await compare(community, watch)
      const { compared, differences } = comparison
      const marked = (await withoutHarm(comparison, cause, community)).map(({ member }) => member)
      for (const member of marked) await queue.mark(`member:${member}`, cause)
      const report: SweepReport = {
        startedAt,
        endedAt: now(),
        compared,
        differing: differences.length,
        heldBack: differences.length - marked.length,
      }
      if (!community) await reports.set('last', report)
      log.info({ ...report, community }, 'swept')
      return { ...report, marked }
    },
    last: () => reports.get('last'),
  }
}

/** Who holds what: one list a role where the platform gives it, else one question a member. */
function createHolders(chat: Pick<Chat, 'held' | 'platform'>, log: Logger) {
  const lists = new Map<string, Promise<Set<MemberId> | undefined>>()

  const list = async (community: CommunityId, role: RoleId): Promise<Set<MemberId> | undefined> => {
    const members = new Set<MemberId>()
    try {
      for await (const member of chat.platform(community)?.roles.holders(community, role) ?? [])
        members.add(member)
      return members
    } catch (error) {
      log.warn({ err: error, community, role }, 'holders could not be listed, asking one by one')
      return undefined
    }
  }

  return {
    /** Somebody who isn't in the community, or whom nothing can be learnt about, counts as holding: nothing is to be done. */
    async holds(member: MemberId, role: RoleId): Promise<boolean> {
      const community = communityOf(member)
      const key = `${community}:${role}`
      const known = lists.get(key) ?? list(community, role)
      lists.set(key, known)
      const members = await known
      if (members?.has(member)) return true
      try {
        const held = await chat.held(member, [role])
        return held === 'gone' || held.includes(role)
      } catch (error) {
        if (error instanceof OperatorError) return true
        throw error
      }
    },
  }
}
