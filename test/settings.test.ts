import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, settingsSchema } from '../src/config.ts'

const real = {
  DISCORD_TOKEN: 'token',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
}

function problemsOf(environment: Record<string, string | undefined>): string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('the settings', () => {
  it('are all in .env.example, and nothing else is', async () => {
    const example = await readFile(new URL('../.env.example', import.meta.url), 'utf8')
    const listed = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name)
    expect(listed.sort()).toEqual(Object.keys(settingsSchema.shape).sort())
  })

  it('with nothing set mean the sandbox, whatever bases and ports are given', () => {
    expect(readConfig({}).isSandbox).toBe(true)
    expect(
      readConfig({ DISCORD_TOKEN: '', PORT: '0', STRIPE_API_BASE: 'http://127.0.0.1:1' }).isSandbox,
    ).toBe(true)
    expect(readConfig({}).storeUrl).toBe('sqlite://data/sandbox.sqlite')
  })

  it('with everything set mean the real thing', () => {
    const config = readConfig({ ...real, PUBLIC_URL: 'https://bot.example/' })
    expect(config.isSandbox).toBe(false)
    expect(config.publicUrl).toBe('https://bot.example')
    expect(config.storeUrl).toBe('sqlite://data/velvet.sqlite')
  })

  it.each([
    [{ DISCORD_TOKEN: 'token' }, ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']],
    [{ STRIPE_SECRET_KEY: 'sk_test_1' }, ['DISCORD_TOKEN', 'STRIPE_WEBHOOK_SECRET']],
    [{ STRIPE_WEBHOOK_SECRET: 'whsec_1' }, ['DISCORD_TOKEN', 'STRIPE_SECRET_KEY']],
    [{ ...real, STRIPE_WEBHOOK_SECRET: '' }, ['STRIPE_WEBHOOK_SECRET is empty']],
    [{ ...real, STRIPE_WEBHOOK_SECRET: '  ' }, ['STRIPE_WEBHOOK_SECRET is empty']],
    [{ ...real, STRIPE_WEBHOOK_SECRET: ' , ' }, ['STRIPE_WEBHOOK_SECRET']],
    [{ ...real, STRIPE_SECRET_KEY: 'pk_test_1' }, ['STRIPE_SECRET_KEY is not a Stripe secret key']],
    [{ ...real, PORT: '70000' }, ['PORT is not a port']],
    [{ ...real, PORT: 'web' }, ['PORT is not a port']],
    [{ ...real, SWEEP_MINUTES: '1.5' }, ['SWEEP_MINUTES is not a whole number']],
    [{ ...real, GRACE_DAYS: '-1' }, ['GRACE_DAYS is less than 0']],
    [{ ...real, PUBLIC_URL: 'bot.example' }, ['PUBLIC_URL is not a web address']],
    [
      { ...real, PUBLIC_URL: 'localhost:3000' },
      ['PUBLIC_URL is not a web address: write it whole, as https'],
    ],
    [
      { ...real, STRIPE_API_BASE: '127.0.0.1:4020' },
      ['STRIPE_API_BASE is not a web address: write it whole'],
    ],
    [{ ...real, LOG_LEVEL: 'loud' }, ['LOG_LEVEL is none of fatal, error']],
    [{ DISCORD_TOKEN: 'token', PORT: 'web' }, ['PORT', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']],
    [
      { SLACK_BOT_TOKEN: 'abc', STRIPE_SECRET_KEY: 'pk_1', STRIPE_WEBHOOK_SECRET: '' },
      [
        'SLACK_BOT_TOKEN is not',
        'STRIPE_SECRET_KEY is not',
        'SLACK_SIGNING_SECRET is missing',
        'STRIPE_WEBHOOK_SECRET is empty',
      ],
    ],
    [{ HOST: '0.0.0.0', PORT: 'web' }, ['PORT', 'HOST']],
  ])('%o name each problem on its own line', (environment, expected) => {
    const problems = problemsOf(environment)
    expect(problems).toHaveLength(expected.length)
    expected.forEach((start, index) => {
      expect(problems[index]).toMatch(new RegExp(`^${start}`))
    })
  })

  it('accept several webhook secrets, for rotation', () => {
    expect(readConfig({ ...real, STRIPE_WEBHOOK_SECRET: 'whsec_1, whsec_2' }).stripe.webhookSecrets).toEqual([
      'whsec_1',
      'whsec_2',
    ])
  })

  it('never repeat a secret in a problem', () => {
    const environment = { ...real, STRIPE_SECRET_KEY: 'hunter2', DISCORD_TOKEN: 'hunter3', PORT: 'x' }
    expect(problemsOf(environment).join()).not.toContain('hunter')
  })
})
