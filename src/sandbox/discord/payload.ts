import {
  type APIInteraction,
  type APIInteractionDataResolved,
  ApplicationIntegrationType,
  ChannelType,
  ComponentType,
  InteractionContextType,
  type InteractionType,
  type Locale,
  ApplicationCommandOptionType as OptionType,
} from 'discord.js'
import type { FilledOption } from './command-line.ts'
import { ALL_PERMISSIONS, basePermissions, channelPermissions } from './permissions.ts'
import { memberWithoutUser } from './wire.ts'
import type { Guild, World } from './world.ts'

/** Who did what, where: enough to make the payload. */
export interface Happening {
  id: string
  token: string
  type: InteractionType
  userId: string
  guild: Guild | undefined
  channelId: string
  locale: Locale | undefined
  data: object
  message?: object | undefined
}

/** The interaction as Discord sends it (docs.discord.com/developers/interactions/receiving-and-responding#interaction-object). */
export function interactionPayload(world: World, happening: Happening): APIInteraction {
  const { guild, userId, channelId } = happening
  const known = world.users.get(userId)
  if (!known) throw new Error(`There is no user ${userId}`)
  const member = guild?.members.get(userId)
  const bot = guild?.members.get(world.bot.id)
  const channel = guild?.channels.get(channelId)
  const direct = world.directChannels.get(channelId)
  const allowed = (who: typeof member) =>
    (guild && channel && who ? channelPermissions(guild, channel, who) : ALL_PERMISSIONS).toString()
  return {
    id: happening.id,
    application_id: world.applicationId,
    type: happening.type,
    token: happening.token,
    version: 1,
    data: happening.data,
    ...(happening.message !== undefined && { message: structuredClone(happening.message) }),
    channel_id: channelId,
    channel: channel
      ? { ...channel, permissions: allowed(member) }
      : { ...direct?.channel, type: ChannelType.DM },
    ...(guild && member
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
          member: structuredClone({ ...member, permissions: allowed(member) }),
          context: InteractionContextType.Guild,
        }
      : { user: known.user, context: InteractionContextType.BotDM }),
    locale: happening.locale ?? known.locale,
    app_permissions: allowed(bot),
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: { [ApplicationIntegrationType.GuildInstall]: guild?.id ?? '0' },
    attachment_size_limit: 10_485_760,
  } as unknown as APIInteraction
}

/** The users, members, roles and channels that a command's arguments name. */
export function resolveOptions(
  world: World,
  guild: Guild | undefined,
  options: FilledOption[],
): object | undefined {
  const found: APIInteractionDataResolved = {}
  const visit = (option: FilledOption) => {
    for (const inner of option.options ?? []) visit(inner)
    if (typeof option.value !== 'string') return
    const { type, value } = option
    if (type === OptionType.User || type === OptionType.Mentionable) addUser(world, guild, found, value)
    if (type === OptionType.Role || type === OptionType.Mentionable) addRole(guild, found, value)
    if (type === OptionType.Channel) addChannel(world, guild, found, value)
  }
  for (const option of options) visit(option)
  return Object.keys(found).length > 0 ? found : undefined
}

/** The same for what was chosen in a menu of users, roles or channels. */
export function resolveValues(
  world: World,
  guild: Guild | undefined,
  type: ComponentType,
  values: string[],
): object | undefined {
  const found: APIInteractionDataResolved = {}
  for (const value of values) {
    if (type === ComponentType.UserSelect || type === ComponentType.MentionableSelect) {
      addUser(world, guild, found, value)
    }
    if (type === ComponentType.RoleSelect || type === ComponentType.MentionableSelect)
      addRole(guild, found, value)
    if (type === ComponentType.ChannelSelect) addChannel(world, guild, found, value)
  }
  return Object.keys(found).length > 0 ? found : undefined
}

function addUser(
  world: World,
  guild: Guild | undefined,
  found: APIInteractionDataResolved,
  id: string,
): void {
  const user = id === world.bot.id ? world.bot : world.users.get(id)?.user
  if (user) found.users = { ...found.users, [id]: user }
  const member = guild?.members.get(id)
  if (!guild || !member) return
  const permissions = basePermissions(guild, member).toString()
  found.members = { ...found.members, [id]: structuredClone({ ...memberWithoutUser(member), permissions }) }
}

function addRole(guild: Guild | undefined, found: APIInteractionDataResolved, id: string): void {
  const role = guild?.roles.get(id)
  if (role) found.roles = { ...found.roles, [id]: structuredClone(role) }
}

function addChannel(
  world: World,
  guild: Guild | undefined,
  found: APIInteractionDataResolved,
  id: string,
): void {
  const channel = guild?.channels.get(id)
  if (!guild || !channel) return
  const bot = guild.members.get(world.bot.id)
  const permissions = (bot ? channelPermissions(guild, channel, bot) : ALL_PERMISSIONS).toString()
  found.channels = {
    ...found.channels,
    [id]: { id, type: channel.type, name: channel.name, permissions, app_permissions: permissions },
  }
}
