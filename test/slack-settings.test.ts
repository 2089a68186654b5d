import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

const stripe = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }
const oneWorkspace = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret' }
const anyWorkspace = {
  SLACK_SIGNING_SECRET: 'secret',
  SLACK_CLIENT_ID: '1.2',
  SLACK_CLIENT_SECRET: 'client secret',
  SLACK_STATE_SECRET: 'state secret',
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

describe('Slack’s settings', () => {
  it('turn on one workspace, alone or beside Discord, by HTTP or by socket', () => {
    const alone = readConfig({ ...stripe, ...oneWorkspace })
    expect(alone.discord).toBeUndefined()
    expect(alone.slack).toEqual({
      signingSecret: 'secret',
      appToken: undefined,
      access: { botToken: 'xoxb-1' },
      apiBase: undefined,
    })
    const both = readConfig({ ...stripe, ...oneWorkspace, DISCORD_TOKEN: 'token', SLACK_APP_TOKEN: 'xapp-1' })
    expect(both.discord?.token).toBe('token')
    expect(both.slack?.appToken).toBe('xapp-1')
  })

  it('turn on any workspace that installs the app', () => {
    expect(readConfig({ ...stripe, ...anyWorkspace }).slack?.access).toEqual({
      clientId: '1.2',
      clientSecret: 'client secret',
      stateSecret: 'state secret',
    })
  })

  it('left out leave Slack out, and a base alone means nothing', () => {
    expect(readConfig({ ...stripe, DISCORD_TOKEN: 'token' }).slack).toBeUndefined()
    expect(readConfig({ SLACK_API_BASE: 'http://127.0.0.1:1/api/' }).isSandbox).toBe(true)
  })

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK_SIGNING_SECRET is missing']],
    [{ SLACK_SIGNING_SECRET: 'secret' }, ['SLACK_BOT_TOKEN is missing']],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, ['SLACK_BOT_TOKEN is missing', 'SLACK_SIGNING_SECRET is missing']],
    [{ ...oneWorkspace, SLACK_SIGNING_SECRET: ' ' }, ['SLACK_SIGNING_SECRET is missing']],
    [{ ...oneWorkspace, SLACK_BOT_TOKEN: 'xoxp-1' }, ['SLACK_BOT_TOKEN is not a Slack bot token']],
    [{ ...oneWorkspace, SLACK_APP_TOKEN: 'xoxb-1' }, ['SLACK_APP_TOKEN is not a Slack app-level token']],
    [{ ...anyWorkspace, SLACK_STATE_SECRET: '' }, ['SLACK_STATE_SECRET is missing']],
    [
      { SLACK_CLIENT_ID: '1.2' },
      ['SLACK_CLIENT_SECRET is missing', 'SLACK_STATE_SECRET is missing', 'SLACK_SIGNING_SECRET is missing'],
    ],
    [{ ...oneWorkspace, ...anyWorkspace }, ['SLACK_BOT_TOKEN is for one workspace']],
    [{ ...oneWorkspace, SLACK_API_BASE: 'slack' }, ['SLACK_API_BASE']],
  ])('%o name each problem on its own line', (environment, expected) => {
    for (const beside of [{}, { DISCORD_TOKEN: 'token' }]) {
      const problems = problemsOf({ ...stripe, ...environment, ...beside })
      expect(problems).toHaveLength(expected.length)
      expected.forEach((start, index) => {
        expect(problems[index]?.startsWith(start)).toBe(true)
      })
    }
  })

  it('name the missing Stripe keys too, and repeat no secret', () => {
    const problems = problemsOf({ ...oneWorkspace, SLACK_BOT_TOKEN: 'hunter2', SLACK_APP_TOKEN: 'hunter3' })
    expect(problems.join()).not.toContain('hunter')
    expect(problemsOf(oneWorkspace).map(problem => problem.split(' ')[0])).toEqual([
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRET',
    ])
  })
})
