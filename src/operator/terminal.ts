import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Billing, createBilling } from '../billing/billing.ts'
import { ConfigError } from '../config.ts'
import { OperatorError, RetryLater } from '../errors.ts'
import { openStore, type Store } from '../store/store.ts'
import { plain } from '../text.ts'

/** One line to the operator. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/**
 * Runs a command for the terminal with `.env` read in, unless it does that itself; an error becomes a line on stderr and
 * exit code 1.
 */
export function terminal(
  run: (environment: NodeJS.ProcessEnv) => Promise<void>,
  { readsEnvFile = true } = {},
): void {
  if (readsEnvFile && existsSync('.env')) process.loadEnvFile('.env')
  run(process.env).catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
  })
}

/** Aborts at the first Ctrl-C or SIGTERM, so that long work ends between two steps; the second one ends the process. */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController()
  const stop = () => {
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
    process.exitCode = 130
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return stopping.signal
}

/** Where the bot keeps its store, by the same setting and default as the bot. */
export const storeUrlOf = (environment: NodeJS.ProcessEnv): string =>
  environment.STORE_URL?.trim() || 'sqlite://data/velvet.sqlite'

/** The Stripe account of the environment, with the store at `storeUrl`; without it, one that is gone after `close`. */
export async function openBilling(
  environment: NodeJS.ProcessEnv,
  storeUrl?: string,
): Promise<{ billing: Billing; store: Store; secretKey: string; close: () => Promise<void> }> {
  const secretKey = environment.STRIPE_SECRET_KEY?.trim()
  if (!secretKey)
    throw new ConfigError(['STRIPE_SECRET_KEY is missing (Stripe dashboard, Developers, API keys)'])
  const passing = storeUrl ? undefined : await mkdtemp(join(tmpdir(), 'velvet-'))
  const store = await openStore(storeUrl ?? `sqlite://${passing}/store.sqlite`)
  const publicUrl = environment.PUBLIC_URL || 'http://localhost:3000'
  const billing = createBilling({
    secretKey,
    apiBase: environment.STRIPE_API_BASE || undefined,
    publicUrl,
    store,
    now: Date.now,
    home: async () => publicUrl,
  })
  const close = async () => {
    await store.close()
    if (passing) await rm(passing, { recursive: true })
  }
  return { billing, store, secretKey, close }
}

function explain(error: unknown): string {
  if (error instanceof OperatorError) return `${plain(error.problem.what)} ${plain(error.problem.fix)}`
  if (error instanceof RetryLater) return `${error.message}; run this again later, nothing is lost`
  return error instanceof Error ? error.message : String(error)
}
