import { blocksAnother, type Entitlement, type Subscription } from '../billing/entitlement.ts'
import type { RoleId } from '../member.ts'
import type { Cause } from './mark.ts'
import type { Membership } from './membership.ts'
import { hasAccess } from './wanted.ts'

/** Something a look found that people should hear of. `key`: tell it once as long as it stays true. */
export type News =
  | { kind: 'started'; key?: undefined; roles: RoleId[]; isGone: boolean; isImported: boolean }
  | {
      kind: 'changed'
      key?: undefined
      gained: RoleId[]
      lost: RoleId[]
      /** Only what a membership's own change brought is told to the member: settings change for many at once. */
      because: 'membership' | 'drift' | 'settings'
    }
  | {
      kind: 'ended'
      key?: undefined
      roles: RoleId[]
      /** A subscription is still there, unpaid or paused: what is missing opens it again, and not another purchase. */
      isOnHold: boolean
    }
  | { kind: 'payment trouble'; key: string; needsConfirmation: boolean; until: number | undefined }
  | { kind: 'paid twice'; key: string; subscriptions: string[] }
  /** A full refund or a lost dispute took back what paid for access. */
  | { kind: 'money back'; key: string }
  | { kind: 'disputed'; key: string }
  | { kind: 'dispute closed'; key: string }

/** What a look changed that somebody should hear of; each transition once, as it follows from the stored state. */
export function newsOf(
  before: Membership,
  made: {
    gained: RoleId[]
    lost: RoleId[]
    /** What changed is not for telling. */
    isQuiet?: boolean
    after: Membership
    subscriptions: Subscription[]
    entitlement: Entitlement
    causes: Cause[]
  },
): News[] {
  const { after, gained, lost, subscriptions, entitlement, causes } = made
  const had = hadAccess(before)
  const has = hasAccess(after)
  const news: News[] = []
  // Whoever was a member all along hears nothing, and neither do the thousand others.
  if (made.isQuiet) return news
  if (had && !has) news.push({ kind: 'ended', roles: lost, isOnHold: subscriptions.some(blocksAnother) })
  else if (!had && has)
    news.push({
      kind: 'started',
      roles: after.given,
      isGone: after.isGone,
      isImported: causes.every(isImport),
    })
  else if ((gained.length || lost.length) && !after.isGone) {
    const isSame = before.plans.join() === after.plans.join() && !before.isGone
    const isDrift = isSame && !causes.some(({ what }) => what === 'admin' || what === 'settings')
    const because = causes.some(({ what }) => what === 'settings') && isSame ? 'settings' : 'membership'
    news.push({ kind: 'changed', gained, lost, because: isDrift ? 'drift' : because })
  }

  // Whoever has another reason for access keeps it whatever becomes of this payment.
  const isOnlyReason = (id: string) => entitlement.by.join() === id && !after.complimentary
  for (const { id, owed, status } of subscriptions)
    if (owed && status === 'past_due')
      news.push({
        kind: 'payment trouble',
        key: `invoice:${owed.invoice}`,
        needsConfirmation: owed.needsConfirmation,
        until: isOnlyReason(id) ? entitlement.changesAt : undefined,
      })
  for (const { latestInvoice, endedInvoice } of subscriptions)
    if (endedInvoice && endedInvoice === latestInvoice)
      news.push({ kind: 'money back', key: `back:${endedInvoice}` })
  for (const { detail = '' } of causes) {
    const [, what, event] = /^charge\.dispute\.(created|closed) (\S+)$/.exec(detail) ?? []
    if (what && event)
      news.push(
        what === 'created'
          ? { kind: 'disputed', key: `dispute:${event}` }
          : { kind: 'dispute closed', key: `dispute:${event}` },
      )
  }
  const paying = subscriptions.filter(({ id }) => entitlement.by.includes(id))
  if (paying.length > 1) {
    const ids = paying.map(({ id }) => id).sort()
    news.push({ kind: 'paid twice', key: `twice:${ids.join('+')}`, subscriptions: ids })
  }
  return news.filter(({ key }) => key === undefined || !before.told?.includes(key))
}

// What was being given when a process ended was not yet had.
const hadAccess = ({ plans, given, complimentary, verifiedAt }: Membership): boolean =>
  plans.length > 0 || (verifiedAt !== undefined && (given.length > 0 || complimentary !== undefined))

// An operator's command marks many at once, and nobody did anything that they wait to hear of.
const isImport = ({ what, by }: Cause) => what === 'admin' && by === undefined
