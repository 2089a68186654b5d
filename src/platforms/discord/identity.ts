import { type APIApplication, ApplicationFlags, PermissionFlagsBits, REST, Routes } from 'discord.js'
import { type Identity, TokenRefused } from '../identity.ts'
import { sorted } from './errors.ts'

const membersIntentFlags = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited

/** What the bot may do in a server, and nothing it doesn't need. */
const invitePermissions =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.ManageRoles

/** Who a Discord bot is. */
export interface DiscordIdentity extends Identity {
  /** Where an admin invites it. */
  invite: string
  /** How many servers it is in, roughly. */
  servers: number
  hasMembersIntent: boolean
  /** Commands are sent to an address, and the gateway hears none. */
  isDeafened: boolean
}

/** Asks Discord whose token this is. Throws `TokenRefused` where it is no bot's, and `RetryLater` where nobody answers. */
export async function identifyDiscord(token: string, apiBase: string | undefined): Promise<DiscordIdentity> {
  const rest = new REST({
    version: '10',
    retries: 0,
    timeout: 15_000,
    ...(apiBase && { api: apiBase }),
  }).setToken(token)
  const application = await rest.get(Routes.currentApplication()).then(
    // The edge where Discord's JSON comes in.
    answer => answer as APIApplication & { interactions_endpoint_url?: string | null },
    (error: unknown) => {
      const kind = sorted(error, async () => false)
      throw kind instanceof Error && 'problem' in kind
        ? new TokenRefused('Discord refuses this token.', { cause: error })
        : kind
    },
  )
  const query = new URLSearchParams({
    client_id: application.id,
    scope: 'bot applications.commands',
    permissions: String(invitePermissions),
  })
  return {
    name: application.bot?.username ?? application.name,
    invite: `https://discord.com/oauth2/authorize?${query}`,
    servers: application.approximate_guild_count ?? 0,
    hasMembersIntent: ((application.flags ?? 0) & membersIntentFlags) !== 0,
    isDeafened: Boolean(application.interactions_endpoint_url),
  }
}
