import type { MemberId } from '../../member.ts'
import { code, joinText, type Text, text } from '../../text.ts'
import { bad, type Check, type CheckDeps, good, safely } from './check.ts'

const mostNamed = 10
const mostAsked = 50

/** The people: who has a right to something they don't hold, and what waits for an admin's word. */
export async function checkMembers(deps: CheckDeps): Promise<Check[]> {
  const [missing, held] = await Promise.all([
    safely('Who holds what', () => checkMissing(deps)),
    safely('What waits for an admin', () => checkHeld(deps)),
  ])
  return [...missing, ...held]
}

async function checkMissing({ access, community }: CheckDeps): Promise<Check[]> {
  const { compared, differences } = await access.sweep.compare(community)
  const lacking: MemberId[] = []
  const candidates = differences.filter(({ missing }) => missing.length > 0)
  for (const { member, missing } of candidates.slice(0, mostAsked)) {
    const held = await access.chat.held(member, missing)
    // Whoever left waits for nothing, and a role that somebody else gave is held all the same.
    if (held !== 'gone' && missing.some(role => !held.includes(role))) lacking.push(member)
  }
  if (lacking.length === 0)
    return [good(text`Everybody who pays holds what they paid for (${compared} compared).`)]
  const platform = access.chat.platform(community)
  const names = await Promise.all(
    lacking.slice(0, mostNamed).map(async member => (await platform?.memberName(member)) ?? member),
  )
  const more = lacking.length - names.length
  const isCut = candidates.length > mostAsked
  return [
    bad(
      text`${lacking.length}${isCut ? ' or more' : ''} ${lacking.length === 1 ? "person who pays doesn't" : "people who pay don't"} hold what they paid for: ${nameList(names)}${more > 0 ? ` and ${more} more` : ''}.`,
      text`Mend what else is red here, then ${code('/premium sync')}; ${code('/premium why')} tells each one's story.`,
    ),
  ]
}

const nameList = (names: string[]): Text =>
  joinText(
    names.map(name => [name]),
    ', ',
  )

async function checkHeld({ access, community }: CheckDeps): Promise<Check[]> {
  const held = await access.harm.held(community)
  if (!held) return []
  const { losing, holders, settings } = held
  return [
    {
      ...bad(
        settings
          ? text`A changed setting waits for an admin's word: it would take access from ${losing} of ${holders} people.`
          : text`${losing} of ${holders} people would lose access, which waits for an admin's word.`,
        text`If that can't be right, check Stripe first. If it is, confirm it with the button, or with ${code('/premium sync confirm:yes')}.`,
      ),
      button: { label: `Take access from ${losing} people`, run: 'premium sync confirm:yes' },
    },
  ]
}
