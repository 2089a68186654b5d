import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'
import { until } from './until.ts'

// util-linux's, where there is one.
const terminals = 'script'
const compiled = fileURLToPath(new URL('../../dist/src/operator/setup.js', import.meta.url))

/** `npm run setup` with somebody before it who reads and types. */
export interface Guided {
  /** Everything that was on the screen, without colours. */
  screen(): string
  /** Waits until these words come up, after those that were waited for before. */
  sees(words: string): Promise<void>
  /** Waits for a question and answers it: what is typed, then Enter; `y` and `n` need none. */
  answer(question: string, typed?: string): Promise<void>
  press(keys: string): void
  /** Waits for a question and presses Ctrl-C at it; answers the exit code. */
  leave(question: string): Promise<number | null>
  /** Waits until it ends; answers the exit code. */
  ends(): Promise<number | null>
}

export const keys = { down: '\u001B[B', stop: '\u0003', clear: '\u0015' }

/** Starts the guide in `folder`, in a pseudo-terminal where this machine can make one. */
export function startGuide(folder: string, environment: Record<string, string>): Guided {
  // A pseudo-terminal without a terminal behind it has no width.
  const line = `stty cols 160 rows 60; exec '${process.execPath}' '${compiled}'`
  const [command = '', ...args] = hasTerminals()
    ? [terminals, '--quiet', '--return', '--command', line, '/dev/null']
    : [process.execPath, compiled]
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...environment },
  })
  let screen = ''
  let read = 0
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      screen += stripVTControlCharacters(String(chunk))
    })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })

  const sees = async (words: string) => {
    try {
      await until(
        '',
        () => {
          const at = screen.indexOf(words, read)
          if (at >= 0) read = at + words.length
          return at >= 0
        },
        20_000,
      )
    } catch {
      throw new Error(`"${words}" did not come up after:\n${screen.slice(Math.max(0, read - 500))}`)
    }
  }
  // A key that comes before the question listens is lost; the screen shows it before that.
  const asks = async (question: string) => {
    await sees(question)
    await until('the question to listen', () => /└\s*$/.test(screen.slice(read)), 20_000)
  }
  const ends = async () => {
    await ended
    return child.exitCode
  }
  return {
    screen: () => screen,
    sees,
    async answer(question, typed = '') {
      await asks(question)
      child.stdin.write(typed)
      // y and n answer by themselves, and Enter would answer the next question.
      if (typed !== 'y' && typed !== 'n') child.stdin.write('\r')
    },
    press: typed => void child.stdin.write(typed),
    async leave(question) {
      await asks(question)
      child.stdin.write(keys.stop)
      return ends()
    },
    ends,
  }
}

function hasTerminals(): boolean {
  try {
    return execFileSync(terminals, ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}
