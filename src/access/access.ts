import type { Logger } from 'pino'
import type { Billing } from '../billing/billing.ts'
import { type Entitlement, entitle, type Subscription } from '../billing/entitlement.ts'
import { operatorErrors } from '../errors.ts'
import { type CommunityId, type MemberId, parseMember } from '../member.ts'
import type { TierOnSale } from '../plan.ts'
import type { ChatPlatform } from '../platforms/platform.ts'
import type { Collection, Store } from '../store/store.ts'
import { bold, type Text, text } from '../text.ts'
import { type Changes, createChanges } from './changes.ts'
import { type Chat, createChat } from './chat.ts'
import { type CheckGroup, runChecks } from './checks.ts'
import { createGates, type Gates } from './gates.ts'
import { createGreeting } from './greeting.ts'
import { createHarm, type Harm } from './harm.ts'
import { createHearing, type Heard } from './hearing.ts'
import { createJournal, type Journal } from './journal.ts'
import type { Cause, Mark, Who } from './mark.ts'
import type { Membership } from './membership.ts'
import { createNotices, type Notices } from './notices.ts'
import { createPersonalData, type PersonalData } from './personal-data.ts'
import { createQueue, type Queue, type Settled } from './queue.ts'
import { createReconcile } from './reconcile.ts'
import { createSettings, rolesOf, type SettingsBook } from './settings.ts'
import { createSweep, type Sweep } from './sweep.ts'
import { createSweeper } from './sweeper.ts'

/** Everything that makes roles agree with Stripe. */
export interface Access {
  settings: SettingsBook
  memberships: Pick<Collection<Membership>, 'get' | 'entries' | 'update' | 'delete'>
  journal: Journal
  notices: Notices
  gates: Pick<Gates, 'closed' | 'check' | 'report'>
  queue: Pick<Queue, 'mark' | 'waiting' | 'pending' | 'settled' | 'retry'>
  sweep: Sweep
  chat: Chat
  /** What these pay for now, with the grace that is set. */
  entitlement(subscriptions: readonly Subscription[]): Entitlement
  /** What a community sells: the plans that have a role there. */
  onSale(community: CommunityId): Promise<TierOnSale[]>
  /** What was stopped because it would take access from many at once. */
  harm: Pick<Harm, 'held'>
  /** Settings that decide who holds what. */
  changes: Changes
  /** What is stored about a member, and its end. */
  personalData: PersonalData
  /** Remembers that a signed delivery came; for the status. */
  delivered(): Promise<void>
  /** Everything that has to be right for a community, as it is now; never throws. */
  checks(community: CommunityId): Promise<CheckGroup[]>
  /** What the platforms tell. */
  heard: Heard
  /** Takes up what earlier processes left, and looks at everybody. */
  start(): Promise<void>
  /** Starts no more looks, and waits for those that run. */
  stop(): Promise<void>
}

export function createAccess(deps: {
  store: Store
  billing: Billing
  platforms: readonly ChatPlatform[]
  log: Logger
  now: () => number
  graceDays: number
  /** 0: never. */
  sweepMinutes: number
  checkEveryMs?: number
}): Access {
  const { store, billing, platforms, log, now, graceDays, sweepMinutes } = deps
  const settings = createSettings(store)
  const memberships: Collection<Membership> = store.collection('memberships')
  const journal = createJournal(store)
  const gates = createGates({
    log,
    told: tellAdmins,
    ...(deps.checkEveryMs && { checkEveryMs: deps.checkEveryMs }),
  })
  const chat = createChat({ platforms, gates, settings })
  const notices = createNotices({ chat, log })
  const marks: Collection<Mark> = store.collection('marks')
  const queue = createQueue({ marks, now, log, stopped: gates.wait })
  const reconcile = createReconcile({
    billing,
    chat,
    settings,
    memberships,
    journal,
    notices,
    queue,
    log,
    now,
    graceDays,
  })
  const harm = createHarm({ store, notices, now })
  const sweep = createSweep({ billing, chat, settings, memberships, queue, harm, store, log, now, graceDays })
  const sweeper = createSweeper({ sweep, everyMinutes: sweepMinutes, now, log })
  const deliveries: Collection<number> = store.collection('deliveries')
  let lastDelivery = Number.NEGATIVE_INFINITY

  // What a person must mend stands in the timeline too, once: who waits for it isn't tried again until it is mended.
  const stopped = (member: MemberId, causes: Cause[]) => async (error: unknown) => {
    const [stop] = operatorErrors(error)
    if (stop) {
      const { id, what, fix } = stop.problem
      const [newest] = await journal.of(member)
      if (newest?.stoppedBy !== id)
        await journal.add(member, { at: now(), causes, did: text`${what} ${fix}`, stoppedBy: id })
    }
    throw error
  }

  const settle = async (who: Who, causes: Cause[]): Promise<Settled> => {
    const [kind, id] = [who.slice(0, who.indexOf(':')), who.slice(who.indexOf(':') + 1)]
    const member = kind === 'member' ? parseMember(id)?.member : undefined
    if (member) return reconcile(member, causes).catch(stopped(member, causes))
    const customer =
      kind === 'charge' ? await gates.pass(['stripe:key'], () => billing.refunds.trace(id)) : id
    const owner = customer && (await ownerOf(customer, causes))
    if (owner) for (const cause of causes) await queue.mark(`member:${owner}`, cause)
    return {}
  }

  const ownerOf = (customer: string, causes: Cause[]): Promise<MemberId | undefined> => {
    const isAbout = (types: RegExp) => causes.some(({ detail }) => types.test(detail ?? ''))
    // Only these can change whose customer somebody is; a new subscription may say whose a stranger is.
    if (isAbout(/^customer\.(updated|deleted|created) /)) return billing.customers.relink(customer)
    return billing.customers.owner(customer, isAbout(/^customer\.subscription\.created /))
  }

  function tellAdmins(
    problem: { id: string; what: Parameters<Notices['log']>[1]; fix: Parameters<Notices['log']>[1] },
    state: 'closed' | 'open',
  ) {
    const line =
      state === 'closed'
        ? text`${bold('Needs you')}: ${problem.what} ${problem.fix}`
        : text`${bold('Mended')}: ${problem.what}`
    tellWhere(problem.id, line).catch((error: unknown) => log.error({ err: error }, 'a notice was lost'))
  }

  // What stops Stripe stops every community; what stops one is told there alone.
  const tellWhere = async (problem: string, line: Text) => {
    const [platform, group] = problem.split(':')
    if (platform && group && platforms.some(({ name }) => name === platform))
      await notices.log(`${platform}:${group}`, line)
    else if (platform === 'stripe')
      for await (const community of settings.communities()) await notices.log(community, line)
  }

  const known = async (community: CommunityId) => {
    const members = new Set<MemberId>()
    for await (const member of billing.customers.members(`${community}:`)) members.add(member)
    for await (const [key] of memberships.entries(`${community}:`)) {
      const parsed = parseMember(key)
      if (parsed) members.add(parsed.member)
    }
    return members
  }
  const changes = createChanges({ settings, memberships, sweep, harm, journal, queue, known, now })

  const heard = createHearing({
    billing,
    settings,
    memberships,
    queue,
    sweep,
    sweeper,
    gates,
    greet: createGreeting({ chat, settings, log }),
    now,
    log,
  })

  const onSale: Access['onSale'] = async community => {
    const [tiers, rules] = await Promise.all([billing.catalog.tiers(), settings.of(community)])
    return tiers
      .map((tier): TierOnSale => {
        const plans = tier.plans.map(plan => ({ ...plan, unlocks: rolesOf(rules, plan.lookupKey) }))
        return { ...tier, plans: plans.filter(({ unlocks }) => unlocks.length > 0) }
      })
      .filter(({ plans }) => plans.length > 0)
  }

  return {
    settings,
    memberships,
    journal,
    notices,
    gates,
    queue,
    sweep,
    chat,
    harm,
    changes,
    // One write a minute says enough, and keeps a delivery at one write of its own.
    async delivered() {
      if (now() - lastDelivery < 60_000) return
      lastDelivery = now()
      await deliveries.set('last', lastDelivery)
    },
    entitlement: subscriptions => entitle(subscriptions, { now: now(), graceDays }),
    onSale,
    personalData: createPersonalData({ billing, memberships, journal, queue, now }),
    checks: community =>
      runChecks({
        community,
        billing,
        access: { settings, memberships, chat, gates, sweep, harm, onSale },
        waiting: async () => queue.waiting(),
        lastDelivery: () => deliveries.get('last'),
        sweepMinutes,
        now,
      }),
    heard,
    async start() {
      await queue.work(settle)
      sweeper.start()
    },
    async stop() {
      sweeper.stop()
      gates.close()
      await queue.close()
    },
  }
}
