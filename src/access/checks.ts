import type { ChatPlatform } from '../platforms/platform.ts'
import { code, text } from '../text.ts'
import { type CheckDeps, type CheckGroup, open, safely } from './checks/check.ts'
import { checkMembers } from './checks/members.ts'
import { checkOffer } from './checks/offer.ts'
import { checkStripe } from './checks/stripe.ts'
import { checkConnection, checkWork } from './checks/work.ts'

export type { CheckDeps, CheckGroup } from './checks/check.ts'

/**
 * Looks at everything that has to be right for one community, now. Never throws: what can't be looked at is a line of its
 * own, and the others are there all the same.
 */
export async function runChecks(deps: CheckDeps): Promise<CheckGroup[]> {
  // The chat first: that is where the bot learns who it is there.
  const work = await safely('The chat', () => checkWork(deps))
  const [offer, stripe, members] = await Promise.all([
    safely('What is for sale', () => checkOffer(deps)),
    safely('Stripe', () => checkStripe(deps)),
    safely('The members', () => checkMembers(deps)),
  ])
  return withoutRepeats([
    { name: 'What is for sale', checks: offer },
    { name: 'Stripe', checks: stripe },
    { name: 'The bot', checks: work },
    { name: 'Members', checks: members },
  ])
}

/** What can be looked at before any community has been set up: the chat and the Stripe account. Never throws. */
export async function runFirstChecks(
  deps: Omit<CheckDeps, 'community'>,
  platform: ChatPlatform,
): Promise<CheckGroup[]> {
  const [stripe, chat] = await Promise.all([
    safely('Stripe', () => checkStripe(deps)),
    safely('The chat', () => checkConnection(platform)),
  ])
  const nothing = text`Nothing is set up in any community yet: ${code('/premium setup')} there is the next step.`
  return withoutRepeats([
    { name: 'What is for sale', checks: [open(nothing)] },
    { name: 'Stripe', checks: stripe },
    { name: 'The bot', checks: chat },
  ])
}

// A refused key is met by every question that needs it, and is one thing to mend.
function withoutRepeats(groups: CheckGroup[]): CheckGroup[] {
  const seen = new Set<string>()
  return groups.map(({ name, checks }) => ({
    name,
    checks: checks.filter(check => {
      const key = JSON.stringify(check.what)
      if (check.state === 'bad' && seen.has(key)) return false
      seen.add(key)
      return true
    }),
  }))
}
