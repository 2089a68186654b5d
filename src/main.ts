import { existsSync } from 'node:fs'
import { type App, startApp } from './app.ts'
import { ConfigError, readConfig } from './config.ts'
import { operatorLine } from './errors.ts'
import { createLog } from './log.ts'

const shutdownMs = 9_000

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  let app: App | undefined
  let isStopping = false
  const stop = (signal: string) => {
    if (isStopping) return
    isStopping = true
    log.info({ signal }, 'stopping')
    // Until it has started there is nobody to take leave of, and what was taken is on disk.
    if (!app) process.exit(0)
    // What a far end keeps waiting is on disk as a mark: the next start takes it up.
    setTimeout(() => process.exit(0), shutdownMs).unref()
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  app = await startApp(config, log)
  log.info({ web: app.url }, 'serving')
  app.connected.then(
    () => log.info({ web: app.url, sandbox: config.isSandbox }, 'ready'),
    (error: unknown) => {
      if (!isStopping) fail(error)
    },
  )
  if (config.isSandbox)
    process.stdout.write(
      `SANDBOX: nothing here is real, and no money moves. Open ${app.publicUrl} and try it.\n`,
    )
}

function fail(error: unknown): void {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error]
  const problems = error instanceof ConfigError ? error.problems : errors.map(operatorLine)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exit(1)
}

main().catch(fail)
