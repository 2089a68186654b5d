import { z } from 'zod'

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const setting = z.string().trim().optional()
// Of `localhost:3000` a URL parser makes an address whose scheme is `localhost`.
const address = (example: string) =>
  setting.pipe(
    z.url({ protocol: /^https?$/, error: `is not a web address: write it whole, as ${example}` }).optional(),
  )

/**
 * Every setting, by its name in the environment. `.env.example` lists the same ones, and a test holds them in step.
 */
export const settingsSchema = z.object({
  DISCORD_TOKEN: setting,
  DISCORD_API_BASE: address('http://host/api'),
  SLACK_BOT_TOKEN: setting.pipe(
    z.string().startsWith('xoxb-', 'is not a Slack bot token: it starts with xoxb-').optional(),
  ),
  SLACK_SIGNING_SECRET: setting,
  SLACK_APP_TOKEN: setting.pipe(
    z.string().startsWith('xapp-', 'is not a Slack app-level token: it starts with xapp-').optional(),
  ),
  SLACK_CLIENT_ID: setting,
  SLACK_CLIENT_SECRET: setting,
  SLACK_STATE_SECRET: setting,
  SLACK_API_BASE: address('http://host/api/'),
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
  STRIPE_API_BASE: address('http://host'),
  STORE_URL: setting,
  PORT: z.coerce
    .number('is not a port')
    .int('is not a port')
    .min(0, 'is not a port')
    .max(65_535, 'is not a port')
    .default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: address('https://bot.example.com'),
  GRACE_DAYS: z.coerce.number('is not a number').min(0, 'is less than 0').default(7),
  REFUND_ENDS_ACCESS: z.enum(['yes', 'no'], 'is neither yes nor no').default('yes'),
  SWEEP_MINUTES: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(0, 'is less than 0')
    .default(360),
  LOG_LEVEL: z.enum(logLevels, `is none of ${logLevels.join(', ')}`).default('info'),
})

/** What the bot runs with. */
export interface Config {
  /** Nothing is set: the far ends are stand-ins on this machine. */
  isSandbox: boolean
  discord: { token: string; apiBase: string | undefined } | undefined
  slack: SlackConfig | undefined
  stripe: { secretKey: string; webhookSecrets: string[]; apiBase: string | undefined }
  storeUrl: string
  port: number
  host: string
  /** Without a slash at the end; `undefined` until the port is known. */
  publicUrl: string | undefined
  graceDays: number
  /** Whether a full refund or a lost dispute ends access until the next paid invoice. */
  refundEndsAccess: boolean
  sweepMinutes: number
  logLevel: string
}

/** Slack by one workspace's token, or for any workspace that installs the app. */
export interface SlackConfig {
  signingSecret: string
  /** Socket Mode instead of HTTP. */
  appToken: string | undefined
  access: { botToken: string } | { clientId: string; clientSecret: string; stateSecret: string }
  apiBase: string | undefined
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
  const given: Given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const parsed = settingsSchema.safeParse(given)
  const wrong = parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []
  const isSandbox = !(
    given.DISCORD_TOKEN ||
    isSlackMeant(given) ||
    given.STRIPE_SECRET_KEY ||
    given.STRIPE_WEBHOOK_SECRET
  )
  const isSecretBlank = environment.STRIPE_WEBHOOK_SECRET !== undefined && !given.STRIPE_WEBHOOK_SECRET
  const problems = [...wrong, ...(isSandbox ? unsafe(given) : missing(given, isSecretBlank))]
  if (!parsed.success || problems.length) throw new ConfigError(problems)
  const settings = parsed.data
  return {
    isSandbox,
    discord: settings.DISCORD_TOKEN
      ? { token: settings.DISCORD_TOKEN, apiBase: settings.DISCORD_API_BASE }
      : undefined,
    slack: slackOf(settings),
    stripe: {
      secretKey: settings.STRIPE_SECRET_KEY ?? '',
      webhookSecrets: secrets(settings.STRIPE_WEBHOOK_SECRET),
      apiBase: settings.STRIPE_API_BASE,
    },
    storeUrl:
      settings.STORE_URL ?? (isSandbox ? 'sqlite://data/sandbox.sqlite' : 'sqlite://data/velvet.sqlite'),
    port: settings.PORT,
    host: isSandbox ? '127.0.0.1' : settings.HOST,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
    graceDays: settings.GRACE_DAYS,
    refundEndsAccess: settings.REFUND_ENDS_ACCESS === 'yes',
    sweepMinutes: settings.SWEEP_MINUTES,
    logLevel: settings.LOG_LEVEL,
  }
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

type Settings = z.infer<typeof settingsSchema>
/** What is set, before it is known to be right: a wrong value isn't a missing one. */
type Given = { [Name in keyof Settings]?: string | undefined }

const unsafe = ({ HOST: host = '127.0.0.1' }: Given): string[] =>
  loopback.has(host)
    ? []
    : [
        `HOST ${host} would let others in: with no keys set this is the sandbox, which listens on 127.0.0.1 alone`,
      ]

type SlackNames = Extract<keyof Settings, `SLACK_${string}`>
const isSlackMeant = (settings: Pick<Given, SlackNames>): boolean =>
  Boolean(
    settings.SLACK_BOT_TOKEN ||
      settings.SLACK_SIGNING_SECRET ||
      settings.SLACK_APP_TOKEN ||
      settings.SLACK_CLIENT_ID ||
      settings.SLACK_CLIENT_SECRET ||
      settings.SLACK_STATE_SECRET,
  )

function slackOf(settings: Settings): SlackConfig | undefined {
  if (!isSlackMeant(settings)) return undefined
  return {
    signingSecret: settings.SLACK_SIGNING_SECRET ?? '',
    appToken: settings.SLACK_APP_TOKEN,
    access: settings.SLACK_BOT_TOKEN
      ? { botToken: settings.SLACK_BOT_TOKEN }
      : {
          clientId: settings.SLACK_CLIENT_ID ?? '',
          clientSecret: settings.SLACK_CLIENT_SECRET ?? '',
          stateSecret: settings.SLACK_STATE_SECRET ?? '',
        },
    apiBase: settings.SLACK_API_BASE,
  }
}

const slackApp = 'api.slack.com/apps, your app'

// Half a Slack would start and then be deaf or mute: each setting that is missing has its own line.
function missingOfSlack(settings: Given): string[] {
  if (!isSlackMeant(settings)) return []
  const forAnybody = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_STATE_SECRET'] as const
  const given = forAnybody.filter(name => settings[name])
  const problems: string[] = []
  if (settings.SLACK_BOT_TOKEN && given.length)
    problems.push(
      `SLACK_BOT_TOKEN is for one workspace, and ${given.join(', ')} for any that installs the app: keep one or the other`,
    )
  else if (given.length)
    for (const name of forAnybody.filter(each => !settings[each]))
      problems.push(
        name === 'SLACK_STATE_SECRET'
          ? `${name} is missing (any long random text of your own)`
          : `${name} is missing (${slackApp}, Basic Information, App Credentials)`,
      )
  else if (!settings.SLACK_BOT_TOKEN)
    problems.push(`SLACK_BOT_TOKEN is missing (${slackApp}, OAuth & Permissions, Bot User OAuth Token)`)
  if (!settings.SLACK_SIGNING_SECRET)
    problems.push(`SLACK_SIGNING_SECRET is missing (${slackApp}, Basic Information, App Credentials)`)
  return problems
}

function missing(settings: Given, isSecretBlank: boolean): string[] {
  const problems: string[] = missingOfSlack(settings)
  if (!settings.DISCORD_TOKEN && !isSlackMeant(settings))
    problems.push(
      'DISCORD_TOKEN is missing: no platform is set up (Developer Portal, your application, Bot, Reset Token; or SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET for Slack)',
    )
  if (!settings.STRIPE_SECRET_KEY)
    problems.push('STRIPE_SECRET_KEY is missing (Stripe dashboard, Developers, API keys)')
  // Empty is not unset here: with an empty secret anybody could sign an event.
  if (isSecretBlank && settings.STRIPE_SECRET_KEY)
    problems.push('STRIPE_WEBHOOK_SECRET is empty: with an empty secret anybody could forge a payment')
  else if (secrets(settings.STRIPE_WEBHOOK_SECRET).length === 0)
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
