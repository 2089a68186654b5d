import type { RoleId } from '../member.ts'
import type { Membership } from './membership.ts'
import { type CommunitySettings, rolesOf } from './settings.ts'

/** The roles somebody should hold: what their plans unlock, joined with what an admin gave away. */
export function wantedRoles(
  plans: readonly string[],
  { complimentary }: Pick<Membership, 'complimentary'>,
  rules: CommunitySettings,
): RoleId[] {
  const free = complimentary ? (complimentary.roles ?? rules.everyPlan) : []
  return [...new Set([...plans.flatMap(plan => rolesOf(rules, plan)), ...free])]
}

/** The membership without complimentary access that has run out; it ends on the millisecond. */
export function withoutExpired(membership: Membership, now: number): Membership {
  const { complimentary, ...rest } = membership
  const hasExpired = complimentary?.until !== undefined && complimentary.until <= now
  return hasExpired ? rest : membership
}

/** Whether there is a reason for access, whatever roles it unlocks. */
export const hasAccess = ({ plans, complimentary }: Membership): boolean =>
  plans.length > 0 || complimentary !== undefined
