import { z } from 'zod'

const setting = z.string().trim().optional()

/**
 * Every setting, by its name in the environment. `.env.example` lists the same ones, and a test holds them in step.
 */
export const settingsSchema = z.object({
  DISCORD_TOKEN: setting,
  DISCORD_API_BASE: setting.pipe(z.url().optional()),
  STRIPE_SECRET_KEY: setting.pipe(
    z
      .string()
      .regex(
        /^(sk|rk)_(test|live)_\S+$/,
        'is not a Stripe secret key: it starts with sk_test_, sk_live_, rk_test_ or rk_live_',
      )
      .optional(),
  ),
  STRIPE_WEBHOOK_SECRET: setting,
  STRIPE_API_BASE: setting.pipe(z.url().optional()),
  STORE_URL: setting,
  PORT: z.coerce
    .number('is not a port')
    .int('is not a port')
    .min(0, 'is not a port')
    .max(65_535, 'is not a port')
    .default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: setting.pipe(z.url('is not a web address').optional()),
  GRACE_DAYS: z.coerce.number('is not a number').min(0, 'is less than 0').default(7),
  SWEEP_MINUTES: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(0, 'is less than 0')
    .default(360),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** What the bot runs with. */
export interface Config {
  /** Nothing is set: the far ends are stand-ins on this machine. */
  isSandbox: boolean
  discord: { token: string; apiBase: string | undefined } | undefined
  stripe: { secretKey: string; webhookSecrets: string[]; apiBase: string | undefined }
  storeUrl: string
  port: number
  host: string
  /** Without a slash at the end; `undefined` until the port is known. */
  publicUrl: string | undefined
  graceDays: number
  sweepMinutes: number
  logLevel: string
}

/** Settings that can't be used: one line each, for the operator. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(readonly problems: string[]) {
    super(problems.join('\n'))
  }
}

/** Reads the settings; an empty variable is an unset one. Throws a `ConfigError` with one line per problem. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const parsed = settingsSchema.safeParse(given)
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`))
  const settings = parsed.data
  const isAnythingSet = Boolean(
    settings.DISCORD_TOKEN || settings.STRIPE_SECRET_KEY || settings.STRIPE_WEBHOOK_SECRET,
  )
  const problems = isAnythingSet ? missing(settings) : []
  // Empty is not unset here: with an empty secret anybody could sign an event.
  const isSecretBlank = environment.STRIPE_WEBHOOK_SECRET !== undefined && !settings.STRIPE_WEBHOOK_SECRET
  if (isSecretBlank && settings.STRIPE_SECRET_KEY)
    problems.splice(
      0,
      problems.length,
      ...problems.filter(problem => !problem.startsWith('STRIPE_WEBHOOK_SECRET')),
      'STRIPE_WEBHOOK_SECRET is empty: with an empty secret anybody could forge a payment',
    )
  if (problems.length) throw new ConfigError(problems)
  const isSandbox = !isAnythingSet
  return {
    isSandbox,
    discord: settings.DISCORD_TOKEN
      ? { token: settings.DISCORD_TOKEN, apiBase: settings.DISCORD_API_BASE }
      : undefined,
    stripe: {
      secretKey: settings.STRIPE_SECRET_KEY ?? '',
      webhookSecrets: secrets(settings.STRIPE_WEBHOOK_SECRET),
      apiBase: settings.STRIPE_API_BASE,
    },
    storeUrl:
      settings.STORE_URL ?? (isSandbox ? 'sqlite://data/sandbox.sqlite' : 'sqlite://data/velvet.sqlite'),
    port: settings.PORT,
    host: settings.HOST,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
    graceDays: settings.GRACE_DAYS,
    sweepMinutes: settings.SWEEP_MINUTES,
    logLevel: settings.LOG_LEVEL,
  }
}

function missing(settings: z.infer<typeof settingsSchema>): string[] {
  const problems: string[] = []
  if (!settings.DISCORD_TOKEN)
    problems.push(
      'DISCORD_TOKEN is missing: no platform is set up (Developer Portal, your application, Bot, Reset Token)',
    )
  if (!settings.STRIPE_SECRET_KEY)
    problems.push('STRIPE_SECRET_KEY is missing (Stripe dashboard, Developers, API keys)')
  if (secrets(settings.STRIPE_WEBHOOK_SECRET).length === 0)
    problems.push(
      'STRIPE_WEBHOOK_SECRET is missing (Stripe dashboard, Developers, Webhooks, your endpoint, Signing secret)',
    )
  return problems
}

// Several secrets are all accepted: that is how one is rotated without losing an event.
const secrets = (list: string | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map(secret => secret.trim())
    .filter(Boolean)
