import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { until } from '../support/until.ts'

/** The compiled bot as a process that is killed and started again, always on the same port. */
export interface MortalBot {
  url: string
  start(environment?: Record<string, string>): void
  /** Pulls the plug. */
  kill(): Promise<void>
  isRunning(): boolean
  /** Resolves when it serves and every platform was connected. */
  ready(): Promise<void>
  /** Looks that are due and not done. */
  waiting(): Promise<number>
  /** Everything it wrote since its last start. */
  output(): string
  /** Every line it ever wrote that has these words. */
  lines(words: string): string[]
  /** Ends that nobody asked for: what it wrote last. */
  accidents: string[]
}

/** Prepares a bot that runs with `environment`; it isn't started yet. */
export async function createMortalBot(environment: Record<string, string>): Promise<MortalBot> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const accidents: string[] = []
  let child: ChildProcess | undefined
  let output = ''
  const earlier: string[] = []

  const waiting = async () => {
    const metrics = await fetch(`${url}/metrics`).then(
      response => response.text(),
      () => '',
    )
    return Number(/^velvet_marks_waiting (\d+)/m.exec(metrics)?.[1] ?? Number.NaN)
  }

  return {
    url,
    accidents,
    waiting,
    output: () => output,
    lines: words =>
      [...earlier, output]
        .join('')
        .split('\n')
        .filter(line => line.includes(words)),
    isRunning: () => child !== undefined,
    start(more = {}) {
      earlier.push(output)
      output = ''
      const started = spawn(process.execPath, [resolve('dist/src/main.js')], {
        // Not the top: the `.env` there is somebody's own, and may hold real keys.
        cwd: 'dist',
        env: { PATH: process.env.PATH ?? '', ...environment, PORT: String(port), LOG_LEVEL: 'info', ...more },
      })
      child = started
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', chunk => {
          output += chunk
        })
      started.once('exit', code => {
        if (child !== started) return
        child = undefined
        accidents.push(`ended with ${code}: ${output.slice(-2_000)}`)
      })
    },
    async kill() {
      const dying = child
      if (!dying) return
      child = undefined
      const ended = once(dying, 'exit')
      dying.kill('SIGKILL')
      await ended
    },
    async ready() {
      await until(
        'the bot to be ready',
        () =>
          fetch(`${url}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          ),
        30_000,
      )
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
