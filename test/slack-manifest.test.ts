import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { loadCommands } from '../src/commands.ts'
import { botEvents, botScopes, slackManifest } from '../src/platforms/slack/manifest.ts'
import { createSlackStandIn } from '../src/sandbox/slack/index.ts'

describe('slack-manifest.json', () => {
  it('is what `npm run manifest` makes of the commands', async () => {
    const committed = await readFile(
      new URL('../src/platforms/slack/slack-manifest.json', import.meta.url),
      'utf8',
    )
    const made = slackManifest(await loadCommands(), 'https://bot.example.com')
    expect(JSON.parse(committed), 'run `npm run manifest` without PUBLIC_URL and commit it').toEqual(made)
  })

  it('declares every command, escaped, at the bot’s address', async () => {
    const commands = await loadCommands()
    const { features, settings, oauth_config } = slackManifest(commands, 'https://rope.example')
    expect(features.slash_commands.map(({ command }) => command)).toEqual(
      commands.map(({ name }) => `/${name}`),
    )
    for (const { url, should_escape } of features.slash_commands) {
      expect(url).toBe('https://rope.example/slack/events')
      expect(should_escape).toBe(true)
    }
    expect(features.slash_commands.find(({ command }) => command === '/subscribe')?.usage_hint).toBe('[plan]')
    expect(features.slash_commands.find(({ command }) => command === '/premium')?.usage_hint).toContain(
      'role',
    )
    expect(oauth_config.redirect_urls).toEqual(['https://rope.example/slack/oauth_redirect'])
    expect(settings.interactivity.request_url).toBe('https://rope.example/slack/events')
  })

  it('is taken by Slack: every event has the scope it needs', async () => {
    const manifest: unknown = slackManifest(await loadCommands(), 'https://rope.example')
    const slack = await createSlackStandIn({ manifest })
    expect([...slack.subscriptions].sort()).toEqual([...botEvents].sort())
    expect(slack.team.scopes).toEqual(botScopes)
    await slack.close()
  })
})
