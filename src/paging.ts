import type { Button } from './reply.ts'

/** One page of a list, with the buttons that turn it. */
export interface Page<Item> {
  items: Item[]
  /** `Page 2 of 5.`, or nothing where there is one. */
  words: string | undefined
  buttons: Button[]
}

/** The page of that number, from 1, or the nearest that there is; `line` is the command line that shows it. */
export function pageOf<Item>(all: readonly Item[], page: number, size: number, line: string): Page<Item> {
  const count = Math.max(1, Math.ceil(all.length / size))
  const number = Math.min(Math.max(page, 1), count)
  const turn = (label: string, to: number): Button => ({ label, run: `${line} page:${to}` })
  return {
    items: all.slice((number - 1) * size, number * size),
    words: count > 1 ? `Page ${number} of ${count}.` : undefined,
    buttons: [
      ...(number > 1 ? [turn('Previous page', number - 1)] : []),
      ...(number < count ? [turn('Next page', number + 1)] : []),
    ],
  }
}
