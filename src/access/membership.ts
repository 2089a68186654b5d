import type { MemberId, RoleId } from '../member.ts'

/** What the bot last made true for a member. Times are milliseconds since the epoch. */
export interface Membership {
  /** Roles the bot gave or is giving. Only these will it ever take away. */
  given: RoleId[]
  /** Lookup keys of the plans that were paid for at the last look. */
  plans: string[]
  /** Stripe's words for their subscriptions at the last look: `active`, `past_due`. */
  statuses?: string[]
  /** Access that an admin gave away; `undefined` roles: what every plan unlocks. */
  complimentary?: Complimentary
  /** When the chat last agreed; absent while roles are being changed, so that a crash is noticed. */
  verifiedAt?: number
  /** They weren't in the community at the last look. */
  isGone: boolean
  /** Set for a member from before this store knew them (an import, a lost store), until a look has settled it. */
  inherited?: string[]
  /** What was told once and stays true for a while, such as an invoice that isn't paid; the newest first. */
  told?: string[]
}

export interface Complimentary {
  roles?: RoleId[]
  until?: number
  by: MemberId
  reason?: string
}

/** Somebody the bot has done nothing for yet. */
export const newcomer: Membership = { given: [], plans: [], isGone: false }
