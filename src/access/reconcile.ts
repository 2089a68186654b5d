import type { Logger } from 'pino'
import type { Customers } from '../billing/customers.ts'
import { type Entitlement, entitle, isForPlan, type Subscription } from '../billing/entitlement.ts'
import type { Subscriptions } from '../billing/subscriptions.ts'
import { OperatorError, RetryLater } from '../errors.ts'
import { communityOf, type MemberId, type RoleId } from '../member.ts'
import type { Collection } from '../store/store.ts'
import { joinText, roleMention, type Text, text } from '../text.ts'
import type { Chat } from './chat.ts'
import { inherit, inheritable } from './inherited.ts'
import type { Journal } from './journal.ts'
import type { Cause } from './mark.ts'
import { type Membership, newcomer } from './membership.ts'
import { type News, newsOf } from './news.ts'
import type { Notices } from './notices.ts'
import type { Queue, Settled } from './queue.ts'
import type { CommunitySettings, SettingsBook } from './settings.ts'
import { wantedRoles, withoutExpired } from './wanted.ts'

export interface ReconcileDeps {
  billing: { customers: Pick<Customers, 'of'>; subscriptions: Pick<Subscriptions, 'of'> }
  chat: Pick<Chat, 'held' | 'grant' | 'revoke'>
  settings: Pick<SettingsBook, 'of'>
  memberships: Pick<Collection<Membership>, 'get' | 'update'>
  journal: Pick<Journal, 'add'>
  notices: Pick<Notices, 'tell'>
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
  roles: Pick<Membership, 'given' | 'isGone' | 'inherited'>
  gained: RoleId[]
  lost: RoleId[]
  did: Text
  /** What changed is not for telling. */
  isQuiet?: boolean
}

export function createReconcile(deps: ReconcileDeps): Reconcile {
  const { billing, chat, settings, memberships, journal, notices, queue, log, now, graceDays } = deps

  return async (member, causes) => {
    const [rules, before = newcomer, customers] = await Promise.all([
      settings.of(communityOf(member)),
      memberships.get(member),
      billing.customers.of(member),
    ])
    const everything = await billing.subscriptions.of(customers)
    const subscriptions = everything.filter(isForPlan)
    const at = now()
    const entitlement = entitle(subscriptions, { now: at, graceDays })
    const current = withoutExpired(before, at)
    const wanted = wantedRoles(entitlement.plans, current, rules)
    const made: Made = isSettled(before, wanted, causes)
      ? {
          roles: {
            given: before.given,
            isGone: before.isGone,
            ...(before.inherited && { inherited: before.inherited }),
          },
          gained: [],
          lost: [],
          did: text`nothing to change`,
        }
      : await makeItSo(member, before, wanted, rules)

    const { verifiedAt = now(), inherited: _, ...kept } = current
    const statuses = subscriptions.map(({ status }) => status)
    const changed: Membership = { ...kept, ...made.roles, plans: entitlement.plans, statuses, verifiedAt }
    const news = newsOf(before, { ...made, after: changed, subscriptions, entitlement, causes })
    // What an admin gave or took away while Stripe was asked stands; it has a mark of its own.
    const after = await memberships.update(member, latest =>
      withTold(withComplimentaryOf(latest && withoutExpired(latest, at), changed), news),
    )
    await journal.add(member, { at: now(), causes, found: found(everything), wanted, did: made.did })
    await setTimers(member, entitlement, after)
    log.info({ member, causes, plans: entitlement.plans, gained: made.gained, lost: made.lost }, 'reconciled')
    return news.length ? { afterwards: () => notices.tell(member, news) } : {}
  }

  async function makeItSo(
    member: MemberId,
    before: Membership,
    wanted: RoleId[],
    rules: CommunitySettings,
  ): Promise<Made> {
    const held = await chat.held(member, [
      ...new Set([...before.given, ...inheritable(before, rules), ...wanted]),
    ])
    if (held === 'gone')
      return {
        roles: { given: [], isGone: true },
        gained: [],
        lost: before.given,
        did: text`is not in the community`,
      }
    // Read after the chat was asked: what a process that is just ending gave meanwhile stands there, and is the bot's too.
    const { given: known = [] } = (await memberships.get(member)) ?? {}
    const {
      given: own,
      left,
      isQuiet,
    } = inherit({ ...before, given: [...new Set([...before.given, ...known])] }, rules, held)
    const missing = wanted.filter(role => !held.includes(role))
    // Roles that somebody else gave first are not the bot's, and stay when the bot's reason ends.
    const given = [...new Set([...own.filter(role => held.includes(role)), ...missing])]
    const surplus = given.filter(role => !wanted.includes(role))
    if (missing.length || surplus.length) {
      // Written before the first role is given: even a crash leaves no role of unknown origin.
      const { verifiedAt: _, ...unverified } = before
      await memberships.update(member, latest =>
        withComplimentaryOf(latest, { ...unverified, given, isGone: false }),
      )
    }
    const failures = await forEach(missing, async role => {
      if ((await chat.grant(member, role)) === 'gone')
        throw new RetryLater('they left while a role was given')
    })
    // An upgrade whose new role can't be given yet keeps the old one: whoever pays holds something.
    const holdsNothingWanted = failures.length > 0 && failures.length === wanted.length
    if (!holdsNothingWanted) failures.push(...(await forEach(surplus, role => chat.revoke(member, role))))
    if (failures.length) throw together(failures)
    return {
      roles: { given: given.filter(role => wanted.includes(role)), isGone: false, ...left },
      gained: missing,
      lost: surplus,
      did: didWhat(missing, surplus),
      isQuiet,
    }
  }

  // What ends by itself is a mark with a time.
  async function setTimers(member: MemberId, { changesAt }: Entitlement, { complimentary }: Membership) {
    for (const at of [changesAt, complimentary?.until])
      if (at !== undefined) await queue.mark(`member:${member}`, { what: 'timer' }, at)
  }
}

/** Changes each role, whatever becomes of the others; answers what went wrong. */
async function forEach(roles: RoleId[], change: (role: RoleId) => Promise<unknown>): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const role of roles) await change(role).catch((error: unknown) => failures.push(error))
  return failures
}

// What time mends is tried again at once; whoever waits for several persons goes on with the first who acts.
function together(failures: unknown[]): unknown {
  const passing = failures.find(failure => !(failure instanceof OperatorError))
  return passing ?? (failures.length === 1 ? failures[0] : new AggregateError(new Set(failures)))
}

function withComplimentaryOf(latest: Membership | undefined, changed: Membership): Membership {
  const { complimentary: _, ...rest } = changed
  return latest?.complimentary ? { ...rest, complimentary: latest.complimentary } : rest
}

// Only the chat, a sweep or a person can know better than a membership that was verified; Stripe's events can't.
function isSettled({ given, verifiedAt, isGone }: Membership, wanted: RoleId[], causes: Cause[]): boolean {
  if (verifiedAt === undefined || isGone) return false
  const trusted = causes.every(({ what }) => what === 'event' || what === 'timer' || what === 'checkout')
  return trusted && given.length === wanted.length && wanted.every(role => given.includes(role))
}

const didWhat = (gained: RoleId[], lost: RoleId[]): Text => {
  const did = joinText(
    [
      gained.length ? text`gave ${roleList(gained)}` : undefined,
      lost.length ? text`took back ${roleList(lost)}` : undefined,
    ],
    '; ',
  )
  return did.length ? did : text`already so`
}

const roleList = (roles: RoleId[]): Text =>
  joinText(
    roles.map(id => [roleMention(id)]),
    ', ',
  )

const found = (subscriptions: Subscription[]): string =>
  subscriptions
    .map(({ status, awaitsFirstPayment, items }) =>
      [
        status,
        ...items.map(({ plan }) => plan?.lookupKey ?? 'another price'),
        ...(awaitsFirstPayment ? ['(first payment not there yet)'] : []),
      ].join(' '),
    )
    .join(', ') || 'no subscription'

const mostTold = 20

// Written with the roles and told afterwards, so a crash may lose a notice and never repeats one.
function withTold(membership: Membership, news: News[]): Membership {
  const keys = news.flatMap(({ key }) => key ?? [])
  return keys.length
    ? { ...membership, told: [...keys, ...(membership.told ?? [])].slice(0, mostTold) }
    : membership
}
