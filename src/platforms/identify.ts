import type { DiscordIdentity } from './discord/identity.ts'
import type { SlackIdentity } from './slack/identity.ts'

export type { DiscordIdentity } from './discord/identity.ts'
export type { SlackIdentity } from './slack/identity.ts'

// A chat's SDK takes a second to load, and most questions need neither.

/** Asks Discord whose token this is. Throws `TokenRefused` where it is no bot's, and `RetryLater` where nobody answers. */
export async function identifyDiscord(token: string, apiBase: string | undefined): Promise<DiscordIdentity> {
  return (await import('./discord/identity.ts')).identifyDiscord(token, apiBase)
}

/** Asks Slack whose token this is; throws as `identifyDiscord` does. */
export async function identifySlack(token: string, apiBase: string | undefined): Promise<SlackIdentity> {
  return (await import('./slack/identity.ts')).identifySlack(token, apiBase)
}

/** Asks Slack for a socket with an app-level token; throws as `identifyDiscord` does. */
export async function canOpenSocket(appToken: string, apiBase: string | undefined): Promise<void> {
  return (await import('./slack/identity.ts')).canOpenSocket(appToken, apiBase)
}
