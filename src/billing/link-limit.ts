import { UserError } from '../errors.ts'
import type { MemberId } from '../member.ts'
import { text } from '../text.ts'

const mostLinks = 10
const windowMs = 10 * 60_000
const mostRemembered = 10_000

/** Throws a `UserError` for whoever asks for more than ten links in ten minutes: each one costs Stripe several questions. */
export type LinkLimit = (member: MemberId) => void

/** A limit of this process; a restart forgets it, which harms nobody. */
export function createLinkLimit({ now }: { now: () => number }): LinkLimit {
  const asked = new Map<MemberId, number[]>()
  return member => {
    const at = now()
    const recent = (asked.get(member) ?? []).filter(each => each > at - windowMs && each <= at)
    const [oldest = at] = recent
    if (recent.length >= mostLinks) {
      const minutes = Math.ceil((oldest + windowMs - at) / 60_000)
      throw new UserError(
        text`You asked for ${mostLinks} links in ten minutes. The next one can be made in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
      )
    }
    // Whoever asked last is remembered last, so that the first of the map is the one to forget.
    asked.delete(member)
    asked.set(member, [...recent, at])
    const [first] = asked.keys()
    if (first && asked.size > mostRemembered) asked.delete(first)
  }
}
