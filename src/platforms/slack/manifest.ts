import type { LoadedCommand } from '../../command.ts'

/** What the bot may do in a workspace, and nothing it doesn't need. */
export const botScopes = [
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:read',
  'groups:write',
  'im:write',
  'usergroups:read',
  'usergroups:write',
  'users:read',
]

/** What Slack tells the bot of. */
export const botEvents = [
  'app_home_opened',
  'app_uninstalled',
  'channel_archive',
  'channel_deleted',
  'channel_left',
  'channel_rename',
  'channel_unarchive',
  'group_archive',
  'group_deleted',
  'group_left',
  'group_rename',
  'group_unarchive',
  'member_joined_channel',
  'member_left_channel',
  'subteam_members_changed',
  'subteam_updated',
  'team_join',
  'tokens_revoked',
  'user_change',
]

/** The app's manifest, for a bot that browsers and Slack reach at `publicUrl` (docs.slack.dev/reference/app-manifest). */
export function slackManifest(commands: readonly LoadedCommand[], publicUrl: string) {
  const url = `${publicUrl}/slack/events`
  return {
    display_information: {
      name: 'Velvet Rope',
      description: 'Sells memberships through Stripe, and opens the private channel to those who pay.',
      background_color: '#8b1e3f',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'Velvet Rope', always_online: true },
      slash_commands: commands.map(command => ({
        command: `/${command.name}`,
        description: command.description,
        url,
        ...hintOf(command),
        should_escape: true,
      })),
    },
    oauth_config: {
      redirect_urls: [`${publicUrl}/slack/oauth_redirect`],
      scopes: { bot: botScopes },
    },
    settings: {
      event_subscriptions: { request_url: url, bot_events: botEvents },
      interactivity: { is_enabled: true, request_url: url },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  }
}

function hintOf(command: LoadedCommand): { usage_hint?: string } {
  const hint = command.subcommands
    ? command.subcommands.map(({ name }) => name).join(' | ')
    : (command.options ?? [])
        .filter(({ internal }) => !internal)
        .map(({ name, required }) => (required ? name : `[${name}]`))
        .join(' ')
  return hint ? { usage_hint: hint } : {}
}
