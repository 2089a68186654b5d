import { styleText } from 'node:util'
import type { CheckGroup } from '../../access/checks.ts'
import { plain } from '../../text.ts'
import { say } from '../terminal.ts'

const signs = { good: '✓', open: '–', bad: '✗' } as const
const colors = { good: 'green', open: 'gray', bad: 'red' } as const

/** Writes the checks of one place to the terminal, one line each, with the fix below what is wrong. */
export function print(place: string, groups: readonly CheckGroup[]): void {
  say(place)
  for (const { name, checks } of groups) {
    if (checks.length === 0) continue
    say(`  ${name}`)
    for (const check of checks) {
      say(`    ${sign(check.state)} ${plain(check.what)}`)
      if (check.state === 'bad') say(`      → ${plain(check.fix)}`)
    }
  }
}

const sign = (state: keyof typeof signs) =>
  process.stdout.isTTY ? styleText(colors[state], signs[state]) : signs[state]
