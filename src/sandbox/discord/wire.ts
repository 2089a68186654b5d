import type { APIGuild, APIGuildMember } from 'discord.js'
import { botIsIn, type Guild, type World } from './world.ts'

/** The guild as REST answers it (docs.discord.com/developers/resources/guild#guild-object). */
export function guildBody(world: World, guild: Guild): APIGuild {
  const firstChannel = [...guild.channels.keys()][0] ?? null
  return {
    id: guild.id,
    name: guild.name,
    icon: guild.icon,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    features: [],
    verification_level: 0,
    vanity_url_code: null,
    owner_id: guild.ownerId,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    widget_enabled: false,
    widget_channel_id: null,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [...guild.roles.values()],
    emojis: [],
    stickers: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: firstChannel,
    system_channel_flags: 0,
    rules_channel_id: null,
    max_members: 500_000,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: guild.locale,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    nsfw_level: 0,
    premium_progress_bar_enabled: false,
    hub_type: null,
    incidents_data: null,
    ...(botIsIn(world, guild) && { owner: false }),
  } as unknown as APIGuild
}

/** The guild as the gateway sends it: with channels, and of the members only the bot, as without the Presences intent. */
export function guildCreateBody(world: World, guild: Guild): object {
  const bot = guild.members.get(world.bot.id)
  return {
    ...guildBody(world, guild),
    joined_at: bot?.joined_at ?? world.timestamp(),
    large: guild.members.size > 250,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: bot ? [bot] : [],
    channels: [...guild.channels.values()],
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}

/** The member without the user, as interactions carry it beside the user in `resolved`. */
export function memberWithoutUser(member: APIGuildMember): Omit<APIGuildMember, 'user' | 'deaf' | 'mute'> {
  const { user: _user, deaf: _deaf, mute: _mute, ...rest } = member
  return rest
}
