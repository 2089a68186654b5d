import type { Billing } from '../../billing/billing.ts'
import { OperatorError, type Problem, RetryLater } from '../../errors.ts'
import type { CommunityId } from '../../member.ts'
import { type Text, text } from '../../text.ts'
import type { Access } from '../access.ts'

/** One line of the checklist. `open`: nothing is wrong, and nothing is there to be right. */
export type Check = ({ state: 'good' | 'open'; what: Text } | { state: 'bad'; what: Text; fix: Text }) & {
  /** A command line that mends it, once an admin says so. */
  button?: { label: string; run: string }
}

/** Checks that belong together, in the order in which one sets them up. */
export interface CheckGroup {
  name: string
  checks: Check[]
}

/** What the checks look at. */
export interface CheckDeps {
  community: CommunityId
  billing: { account: Billing['account']; catalog: Pick<Billing['catalog'], 'tiers' | 'refresh'> }
  access: Pick<Access, 'harm' | 'onSale'> & {
    settings: Pick<Access['settings'], 'of'>
    memberships: Pick<Access['memberships'], 'entries'>
    chat: Pick<Access['chat'], 'platform' | 'held'>
    gates: Pick<Access['gates'], 'closed'>
    sweep: Pick<Access['sweep'], 'compare' | 'last'>
  }
  /** Marks that are due, and since when the oldest waits. */
  waiting(): Promise<{ count: number; oldest: number | undefined }>
  lastDelivery(): Promise<number | undefined>
  /** 0: never. */
  sweepMinutes: number
  now: () => number
}

/** A line for what is as it should be. */
export const good = (what: Text): Check => ({ state: 'good', what })
/** A line for what isn't there, and needn't be. */
export const open = (what: Text): Check => ({ state: 'open', what })
/** A line for what is wrong, with what mends it. */
export const bad = (what: Text, fix: Text): Check => ({ state: 'bad', what, fix })
/** A problem that a far end named, as a line. */
export const problem = ({ what, fix }: Problem): Check => bad(what, fix)

/** The lines of `look`, or the one that says why `name` could not be looked at. */
export async function safely(name: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof OperatorError) return [problem(error.problem)]
    if (error instanceof RetryLater)
      return [
        bad(
          text`${name} can't be checked now: ${error.message}.`,
          text`Look again in a minute; until then the bot waits and tries again.`,
        ),
      ]
    return [
      bad(
        text`${name} could not be checked: ${error instanceof Error ? error.message : String(error)}`,
        text`Look again in a minute; if it stays, the bot's log says more.`,
      ),
    ]
  }
}
