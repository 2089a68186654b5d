import type { RoleId } from '../member.ts'
import type { Membership } from './membership.ts'
import { allRoles, type CommunitySettings, rolesOf } from './settings.ts'

/** What a look makes of somebody who was a member before the store knew them. */
export interface Inheritance {
  /** The bot's roles, with those that it or its predecessor gave before. */
  given: RoleId[]
  /** What waits for roles to be set. */
  left: Pick<Membership, 'inherited'>
  /** Nothing that this look gives is news to them. */
  isQuiet: boolean
}

/** The roles that may be taken over, if they are held. */
export const inheritable = (
  { inherited = [] }: Pick<Membership, 'inherited'>,
  rules: CommunitySettings,
): RoleId[] => inherited.flatMap(plan => rolesOf(rules, plan))

/**
 * Takes over the roles of `inherited` plans (lookup keys) that somebody holds, as if the bot had written down that it gave
 * them. Plans that have no role in the community yet wait until they do.
 */
export function inherit(
  { given, inherited }: Membership,
  rules: CommunitySettings,
  held: readonly RoleId[],
): Inheritance {
  if (!inherited) return { given, left: {}, isQuiet: false }
  const roles = inheritable({ inherited }, rules).filter(role => held.includes(role))
  const left = inherited.filter(plan => rolesOf(rules, plan).length === 0)
  const isOpen = left.length > 0 || allRoles(rules).length === 0
  return {
    given: [...new Set([...given, ...roles])],
    left: isOpen ? { inherited: left } : {},
    isQuiet: left.length < inherited.length || inherited.length === 0,
  }
}
