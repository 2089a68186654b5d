import type { Logger } from 'pino'
import type { Customers } from '../billing/customers.ts'
import { type CommunityId, communityOf, type MemberId, type RoleId } from '../member.ts'
import type { PlatformEvents } from '../platforms/platform.ts'
import type { Collection } from '../store/store.ts'
import type { Gates } from './gates.ts'
import type { Membership } from './membership.ts'
import type { Queue } from './queue.ts'
import type { SettingsBook } from './settings.ts'
import type { Sweep } from './sweep.ts'
import type { Sweeper } from './sweeper.ts'
import { wantedRoles, withoutExpired } from './wanted.ts'

/** What the platforms tell of their people and communities. */
export type Heard = Pick<PlatformEvents, 'memberChanged' | 'communityChanged'>

/** Marks whoever a change in a chat may concern, and greets who is new. */
export function createHearing(deps: {
  billing: { customers: Pick<Customers, 'of'> }
  settings: Pick<SettingsBook, 'of'>
  memberships: Pick<Collection<Membership>, 'get'>
  queue: Pick<Queue, 'mark'>
  sweep: Pick<Sweep, 'run'>
  sweeper: Pick<Sweeper, 'soon'>
  gates: Pick<Gates, 'check'>
  greet: (community: CommunityId) => Promise<void>
  now: () => number
  log: Logger
}): Heard {
  const { billing, settings, memberships, queue, sweep, sweeper, gates, greet, now, log } = deps

  const isKnown = async (member: MemberId) =>
    (await memberships.get(member)) !== undefined || (await billing.customers.of(member)).length > 0

  const onMemberChanged = async (...[member, what, seen]: Parameters<Heard['memberChanged']>) => {
    if (what === 'roles') {
      const membership = await memberships.get(member)
      // While roles are being changed the bot hears its own steps.
      if (!membership?.verifiedAt || !seen) return
      const isLost = (role: RoleId) => ('held' in seen ? !seen.held.includes(role) : seen.lost.includes(role))
      const rules = await settings.of(communityOf(member))
      // What somebody else gave will do, as long as it isn't taken away.
      const wanted = wantedRoles(membership.plans, withoutExpired(membership, now()), rules)
      if (![...membership.given, ...wanted].some(isLost)) return
    } else if (what === 'present') {
      if (!(await memberships.get(member))?.isGone) return
    } else if (!(await isKnown(member))) return
    await queue.mark(`member:${member}`, { what: 'chat', detail: what })
  }

  const onCommunityChanged = async (community: CommunityId, what: string) => {
    if (what === 'available') sweeper.soon()
    if (what === 'roles' || what === 'added') await gates.check()
    if (what !== 'added') return
    await greet(community)
    await sweep.run({ what: 'chat', detail: 'invited again' }, community)
  }

  // The sweep finds what is missed here; a platform's socket can't be asked to send again.
  const logged = (work: Promise<void>) => {
    work.catch((error: unknown) =>
      log.error({ err: error }, 'a change in the chat was missed until the next sweep'),
    )
  }

  return {
    memberChanged: (...change) => logged(onMemberChanged(...change)),
    communityChanged: (...change) => logged(onCommunityChanged(...change)),
  }
}
