import type { Billing } from '../../billing/billing.ts'
import type { Links } from '../links.ts'

/** What both ways of importing work with. */
export interface ImportDeps {
  billing: Billing
  links: Links
  /** false: a dry run, which writes nothing anywhere. */
  isApplied: boolean
  /** A paid role that they hold already, say from the bot before this one, counts as given by this one. */
  isAdopting: boolean
  stop: AbortSignal
}
