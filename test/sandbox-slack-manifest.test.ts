import { describe, expect, it } from 'vitest'
import { client, httpApp, standIn } from './sandbox-slack-app.ts'

const manifest = {
  display_information: { name: 'Velvet Rope' },
  features: {
    app_home: { home_tab_enabled: true },
    bot_user: { display_name: 'Velvet Rope' },
    slash_commands: [
      { command: '/plans', description: 'What there is', url: 'https://x.test/slack/events' },
      {
        command: '/premium',
        description: 'For admins',
        url: 'https://x.test/slack/events',
        should_escape: true,
      },
    ],
  },
  oauth_config: {
    redirect_urls: ['https://x.test/slack/oauth_redirect'],
    scopes: { bot: ['commands', 'chat:write'] },
  },
  settings: {
    event_subscriptions: { request_url: 'https://x.test/slack/events', bot_events: ['app_home_opened'] },
    interactivity: { is_enabled: true, request_url: 'https://x.test/slack/events' },
  },
}

describe('an app made from its manifest', () => {
  it('has the commands, escaping, scopes, events and redirect URLs written there, and no others', async () => {
    const slack = await standIn({ manifest })
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    await httpApp(slack, app => {
      app.command(/.*/, async ({ ack, command }) => ack(`${command.command}: ${command.text}`))
    })
    const say = (line: string) => slack.as(ada.id).command(line)
    expect((await say('/plans @ada')).message()?.text).toBe('/plans: @ada')
    expect((await say('/premium @ada')).message()?.text).toBe(`/premium: <@${ada.id}|ada>`)
    expect(await say('/billing')).toMatchObject({ failure: 'unknown_command' })
    expect(await slack.as(ada.id).openHome()).toMatchObject({ status: 200 })
    await expect(client(slack).users.info({ user: ada.id })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'users:read' },
    })
    slack.deactivate(slack.team.id, ada.id)
    await slack.settled()
    expect(slack.deliveries().filter(({ kind }) => kind === 'events_api')).toHaveLength(1)
    expect(slack.redirectUrls).toEqual(['https://x.test/slack/oauth_redirect'])
  })

  it('is refused where an event lacks its scope, a command its url, or the shape is wrong', async () => {
    const events = { request_url: 'https://x.test/', bot_events: ['user_change', 'subteam_updated'] }
    await expect(
      standIn({ manifest: { ...manifest, settings: { event_subscriptions: events } } }),
    ).rejects.toThrow(
      'event user_change needs scope users:read\nevent subteam_updated needs scope usergroups:read',
    )
    const [plans] = manifest.features.slash_commands
    const features = { ...manifest.features, slash_commands: [{ ...plans, url: undefined }] }
    await expect(standIn({ manifest: { ...manifest, features } })).rejects.toThrow('/plans needs a url')
    await expect(standIn({ manifest: { ...manifest, features: {} } })).rejects.toThrow('bot_user')
  })
})
