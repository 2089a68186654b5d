import { z } from 'zod'

/** What a manifest makes of the app: docs.slack.dev/reference/app-manifest. */
export interface AppFeatures {
  /** The commands there are, and whether their text is escaped. */
  commands: Map<string, { escape: boolean }>
  scopes: string[]
  events: string[]
  redirectUrls: string[]
  homeTab: boolean
  interactivity: boolean
}

const shape = z.object({
  display_information: z.object({
    name: z.string().min(1).max(35),
    description: z.string().max(140).optional(),
  }),
  features: z.object({
    app_home: z.object({ home_tab_enabled: z.boolean().optional() }).optional(),
    bot_user: z.object({ display_name: z.string().min(1).max(80) }),
    slash_commands: z
      .array(
        z.object({
          command: z.string().regex(/^\/[^\s/]{1,31}$/),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().max(1000).optional(),
          should_escape: z.boolean().optional(),
          url: z.url().optional(),
        }),
      )
      .max(50)
      .optional(),
  }),
  oauth_config: z.object({
    redirect_urls: z.array(z.url()).optional(),
    scopes: z.object({ bot: z.array(z.string()) }),
  }),
  settings: z.object({
    event_subscriptions: z
      .object({ request_url: z.url().optional(), bot_events: z.array(z.string()).optional() })
      .optional(),
    interactivity: z.object({ is_enabled: z.boolean(), request_url: z.url().optional() }).optional(),
    socket_mode_enabled: z.boolean().optional(),
  }),
})

/** Any one of these is enough to be told of the event (docs.slack.dev/reference/events). */
const EVENT_SCOPES: [RegExp, string[]][] = [
  [/^member_(joined|left)_channel$/, ['channels:read', 'groups:read']],
  [/^channel_/, ['channels:read']],
  [/^group_/, ['groups:read']],
  [/^subteam_/, ['usergroups:read']],
  [/^(user_change|team_join)$/, ['users:read']],
]

/** Reads a manifest as Slack would when the app is made from it; throws with every problem, one a line. */
export function readManifest(manifest: unknown): AppFeatures {
  const parsed = shape.safeParse(manifest)
  if (!parsed.success) throw new Error(`the manifest is wrong:\n${z.prettifyError(parsed.error)}`)
  const { features, oauth_config: oauth, settings } = parsed.data
  const commands = features.slash_commands ?? []
  const events = settings.event_subscriptions?.bot_events ?? []
  const scopes = oauth.scopes.bot
  const problems: string[] = []
  for (const event of events) {
    const needed = EVENT_SCOPES.find(([pattern]) => pattern.test(event))?.[1] ?? []
    if (needed.length && !needed.some(scope => scopes.includes(scope))) {
      problems.push(`event ${event} needs scope ${needed.join(' or ')}`)
    }
  }
  if (commands.length && !scopes.includes('commands')) problems.push('slash commands need scope commands')
  if (!settings.socket_mode_enabled) {
    for (const { command, url } of commands)
      if (!url) problems.push(`${command} needs a url without Socket Mode`)
    if (events.length && !settings.event_subscriptions?.request_url)
      problems.push('events need a request_url')
    if (settings.interactivity?.is_enabled && !settings.interactivity.request_url) {
      problems.push('interactivity needs a request_url')
    }
  }
  if (problems.length) throw new Error(`the manifest is wrong:\n${problems.join('\n')}`)
  return {
    commands: new Map(commands.map(one => [one.command, { escape: one.should_escape ?? false }])),
    scopes,
    events,
    redirectUrls: oauth.redirect_urls ?? [],
    homeTab: features.app_home?.home_tab_enabled ?? false,
    interactivity: settings.interactivity?.is_enabled ?? false,
  }
}
