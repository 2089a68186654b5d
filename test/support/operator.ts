import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a command for the terminal said and how it ended. */
export interface Told {
  code: number | null
  output: string
  errors: string
}

/** Runs a compiled command as operators do, in a process and a folder of its own, until it ends. */
export async function operator(
  command: string,
  {
    args = [],
    environment,
    folder,
    during,
  }: {
    args?: string[]
    environment: Record<string, string>
    /** Not the top, whose `.env` may hold real keys. */
    folder: string
    /** Called with the running process. */
    during?: (child: { interrupt(): void; errors(): string }) => Promise<void>
  },
): Promise<Told> {
  const child = spawn(process.execPath, [`${root}dist/src/operator/${command}.js`, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...environment },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const ended = once(child, 'close')
  await during?.({ interrupt: () => child.kill('SIGINT'), errors: () => errors })
  await ended
  return { code: child.exitCode, output, errors }
}
