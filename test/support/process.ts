import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { until } from './until.ts'

/** The bot as operators run it: a process of its own, from the compiled files. */
export interface BotProcess {
  url: string
  output: () => string
  errors: () => string
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
  /** Asks it to end; answers its exit code. */
  terminate(): Promise<number | null>
}

/** Starts the compiled bot and waits until it is ready; throws with what it wrote to stderr when it ends before. */
export async function startProcess(
  environment: Record<string, string>,
  logLevel = 'info',
): Promise<BotProcess> {
  const { ready, ...bot } = launch(environment, logLevel)
  return { ...bot, url: await ready() }
}

/** Starts the compiled bot and doesn't wait; `ready` does, and answers its address. */
export function launch(
  environment: Record<string, string>,
  logLevel = 'info',
): Omit<BotProcess, 'url'> & { ready(): Promise<string> } {
  const { child, output, errors, ended } = run(environment, logLevel)
  return {
    output,
    errors,
    async ready() {
      let url = ''
      await until(
        'the bot process to be ready',
        () => {
          if (child.exitCode !== null) throw new Error(`the bot ended: ${errors()}`)
          const ready = output()
            .split('\n')
            .flatMap(line => parse(line))
            .find(({ msg }) => msg === 'ready')
          url = ready?.web ?? ''
          return ready
        },
        20_000,
      )
      return url
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async terminate() {
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}

/** Runs the compiled bot, or another of the compiled programs, until it ends by itself. */
export async function runToEnd(
  environment: Record<string, string>,
  program = 'dist/src/main.js',
): Promise<{ code: number | null; errors: string }> {
  const { child, errors, ended } = run(environment, 'info', program)
  await ended
  return { code: child.exitCode, errors: errors() }
}

function run(environment: Record<string, string>, logLevel = 'info', program = 'dist/src/main.js') {
  const child: ChildProcess = spawn(process.execPath, [resolve(program)], {
    // Not the top: the `.env` there is somebody's own, and may hold real keys.
    cwd: 'dist',
    env: { PATH: process.env.PATH ?? '', ...environment, LOG_LEVEL: logLevel },
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', chunk => {
    out += chunk
  })
  child.stderr?.on('data', chunk => {
    err += chunk
  })
  return { child, output: () => out, errors: () => err, ended: once(child, 'exit') }
}

function parse(line: string): { msg?: string; web?: string }[] {
  try {
    return [JSON.parse(line)]
  } catch {
    return []
  }
}
