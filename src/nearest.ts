import { distance } from 'fastest-levenshtein'

const most = 3
// A command line may be thousands of characters long, and nobody's name for a plan is.
const longest = 100

/** What somebody may have meant: the known words most like what they typed, the likeliest first, at most three. */
export function nearest(typed: string, known: readonly string[]): string[] {
  const wanted = typed.toLowerCase().slice(0, longest)
  const near = known
    .map(word => ({ word, off: offBy(wanted, word.toLowerCase()) }))
    .filter(({ off }) => off <= Math.max(2, wanted.length * 0.4))
    .sort((a, b) => a.off - b.off)
  return near
    .filter(({ off }) => off <= (near[0]?.off ?? 0) + 1)
    .slice(0, most)
    .map(({ word }) => word)
}

// Half a name is nearer than a name with as many letters wrong.
const offBy = (wanted: string, word: string): number =>
  wanted.length > 1 && (word.includes(wanted) || wanted.includes(word))
    ? Math.abs(word.length - wanted.length) / 100
    : distance(wanted, word)
