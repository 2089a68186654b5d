import { existsSync } from 'node:fs'
import { type Billing, createBilling } from '../billing/billing.ts'
import { ConfigError } from '../config.ts'
import { OperatorError, RetryLater } from '../errors.ts'
import { openStore } from '../store/store.ts'
import { plain } from '../text.ts'

/** One line to the operator. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Runs a command for the terminal with `.env` read in; an error becomes a line on stderr and exit code 1. */
export function terminal(run: (environment: NodeJS.ProcessEnv) => Promise<void>): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
  run(process.env).catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
  })
}

/** The Stripe account of the environment, for a command that needs no store of its own. */
export async function openBilling(
  environment: NodeJS.ProcessEnv,
): Promise<{ billing: Billing; secretKey: string; close: () => Promise<void> }> {
  const secretKey = environment.STRIPE_SECRET_KEY?.trim()
  if (!secretKey)
    throw new ConfigError(['STRIPE_SECRET_KEY is missing (Stripe dashboard, Developers, API keys)'])
  const store = await openStore('sqlite://:memory:')
  const publicUrl = environment.PUBLIC_URL || 'http://localhost:3000'
  const billing = createBilling({
    secretKey,
    apiBase: environment.STRIPE_API_BASE || undefined,
    publicUrl,
    store,
    now: Date.now,
    home: async () => publicUrl,
  })
  return { billing, secretKey, close: store.close }
}

function explain(error: unknown): string {
  if (error instanceof OperatorError) return `${plain(error.problem.what)} ${plain(error.problem.fix)}`
  if (error instanceof RetryLater) return `${error.message}; run this again later, nothing is lost`
  return error instanceof Error ? error.message : String(error)
}
