import type { Logger } from 'pino'
import type { Billing } from '../billing/billing.ts'
import { type Entitlement, entitle, type Subscription } from '../billing/entitlement.ts'
import { RetryLater } from '../errors.ts'
import { communityOf, type MemberId, type RoleId } from '../member.ts'
import type { Collection } from '../store/store.ts'
import type { Chat } from './chat.ts'
import type { Journal } from './journal.ts'
import { type Membership, newcomer } from './membership.ts'
import type { News, Notices } from './notices.ts'
import type { Cause, Queue, Settled } from './queue.ts'
import type { SettingsBook } from './settings.ts'
import { hasAccess, wantedRoles, withoutExpired } from './wanted.ts'

export interface ReconcileDeps {
  billing: Pick<Billing, 'customers' | 'subscriptions'>
  chat: Chat
  settings: SettingsBook
  memberships: Collection<Membership>
  journal: Journal
  notices: Notices
  queue: Pick<Queue, 'mark'>
  log: Logger
  now: () => number
  graceDays: number
}

/**
 * Makes what a member holds agree with what Stripe and the settings say. May run at any time, any number of times, and
 * ends in the same state; throws, and has lost nothing, where a far end doesn't let it.
 */
export type Reconcile = (member: MemberId, causes: Cause[]) => Promise<Settled>

/** What a look did about roles. */
interface Made {
  roles: Pick<Membership, 'given' | 'isGone'>
  gained: RoleId[]
  lost: RoleId[]
  did: string
}

export function createReconcile(deps: ReconcileDeps): Reconcile {
  const { billing, chat, settings, memberships, journal, notices, queue, log, now, graceDays } = deps

  return async (member, causes) => {
    const [rules, before = newcomer, customers] = await Promise.all([
      settings.of(communityOf(member)),
      memberships.get(member),
      billing.customers.of(member),
    ])
    const subscriptions = await billing.subscriptions.of(customers)
    const entitlement = entitle(subscriptions, { now: now(), graceDays })
    const current = withoutExpired(before, now())
    const wanted = wantedRoles(entitlement.plans, current, rules)
    const made: Made = isSettled(before, wanted, causes)
      ? {
          roles: { given: before.given, isGone: before.isGone },
          gained: [],
          lost: [],
          did: 'nothing to change',
        }
      : await makeItSo(member, before, wanted)

    const { verifiedAt = now(), ...kept } = current
    const changed: Membership = { ...kept, ...made.roles, plans: entitlement.plans, verifiedAt }
    const news = newsOf(before, { ...made, after: changed, subscriptions, entitlement })
    const after = withTold(changed, news)
    await memberships.set(member, after)
    await journal.add(member, { at: now(), causes, found: found(subscriptions), did: made.did })
    await setTimers(member, entitlement, after)
    log.info({ member, causes, plans: entitlement.plans, gained: made.gained, lost: made.lost }, 'reconciled')
    return news.length ? { afterwards: () => notices.tell(member, news) } : {}
  }

  async function makeItSo(member: MemberId, before: Membership, wanted: RoleId[]): Promise<Made> {
    const held = await chat.held(member, [...new Set([...before.given, ...wanted])])
    if (held === 'gone')
      return {
        roles: { given: [], isGone: true },
        gained: [],
        lost: before.given,
        did: 'is not in the community',
      }
    const missing = wanted.filter(role => !held.includes(role))
    // Roles that somebody else gave first are not the bot's, and stay when the bot's reason ends.
    const given = [...new Set([...before.given.filter(role => held.includes(role)), ...missing])]
    const surplus = given.filter(role => !wanted.includes(role))
    if (missing.length || surplus.length) {
      // Written before the first role is given: even a crash leaves no role of unknown origin.
      const { verifiedAt: _, ...unverified } = before
      await memberships.set(member, { ...unverified, given, isGone: false })
    }
    const failures = await grantAll(member, missing)
    // An upgrade whose new role can't be given yet keeps the old one: whoever pays holds something.
    const holdsNothingWanted = failures.length > 0 && failures.length === wanted.length
    if (!holdsNothingWanted) for (const role of surplus) await chat.revoke(member, role)
    if (failures.length) throw failures[0]
    return {
      roles: { given: given.filter(role => wanted.includes(role)), isGone: false },
      gained: missing,
      lost: surplus,
      did: didWhat(missing, surplus),
    }
  }

  async function grantAll(member: MemberId, roles: RoleId[]): Promise<unknown[]> {
    const failures: unknown[] = []
    for (const role of roles) {
      try {
        if ((await chat.grant(member, role)) === 'gone')
          throw new RetryLater('they left while a role was given')
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }

  // What ends by itself is a mark with a time.
  async function setTimers(member: MemberId, { changesAt }: Entitlement, { complimentary }: Membership) {
    for (const at of [changesAt, complimentary?.until])
      if (at !== undefined) await queue.mark(`member:${member}`, { what: 'timer' }, at)
  }
}

// Only the chat, a sweep or a person can know better than a membership that was verified; Stripe's events can't.
function isSettled({ given, verifiedAt, isGone }: Membership, wanted: RoleId[], causes: Cause[]): boolean {
  if (verifiedAt === undefined || isGone) return false
  const trusted = causes.every(({ what }) => what === 'event' || what === 'timer' || what === 'checkout')
  return trusted && given.length === wanted.length && wanted.every(role => given.includes(role))
}

const didWhat = (gained: RoleId[], lost: RoleId[]): string =>
  [gained.length && `gave ${gained.join(', ')}`, lost.length && `took back ${lost.join(', ')}`]
    .filter(Boolean)
    .join('; ') || 'already so'

const found = (subscriptions: Subscription[]): string =>
  subscriptions
    .map(({ status, items }) => [status, ...items.map(({ plan }) => plan?.lookupKey)].join(' '))
    .join(', ') || 'no subscription'

/** What a look changed that somebody should hear of; each transition once, as it follows from the stored state. */
function newsOf(
  before: Membership,
  made: Made & { after: Membership; subscriptions: Subscription[]; entitlement: Entitlement },
): News[] {
  const { after, gained, lost, subscriptions, entitlement } = made
  const had = hasAccess(before)
  const has = hasAccess(after)
  const news: News[] = []
  if (had && !has) news.push({ kind: 'ended', roles: lost })
  else if (!had && has) news.push({ kind: 'started', roles: after.given, isGone: after.isGone })
  else if ((gained.length || lost.length) && !after.isGone) news.push({ kind: 'changed', gained, lost })

  for (const { owed, status } of subscriptions)
    if (owed && status === 'past_due')
      news.push({
        kind: 'payment trouble',
        key: `invoice:${owed.invoice}`,
        needsConfirmation: owed.needsConfirmation,
        until: has ? entitlement.changesAt : undefined,
      })
  const paying = subscriptions.filter(({ id }) => entitlement.by.includes(id))
  if (paying.length > 1) {
    const ids = paying.map(({ id }) => id).sort()
    news.push({ kind: 'paid twice', key: `twice:${ids.join('+')}`, subscriptions: ids })
  }
  return news.filter(({ key }) => key === undefined || !before.told?.includes(key))
}

const mostTold = 10

// Written with the roles and told afterwards, so a crash may lose a notice and never repeats one.
function withTold(membership: Membership, news: News[]): Membership {
  const keys = news.flatMap(({ key }) => key ?? [])
  return keys.length
    ? { ...membership, told: [...keys, ...(membership.told ?? [])].slice(0, mostTold) }
    : membership
}
