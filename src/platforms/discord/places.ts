import {
  type APIGuild,
  type APIGuildChannel,
  type APIGuildMember,
  type APIOverwrite,
  type APIRole,
  ChannelType,
  type GuildChannelType,
  OverwriteType,
  PermissionFlagsBits,
  type REST,
  Routes,
} from 'discord.js'
import type { Problem } from '../../errors.ts'
import { type CommunityId, groupOf } from '../../member.ts'
import { bold, channelMention, code, text } from '../../text.ts'
import type { ChatPlatform, Choice } from '../platform.ts'
import { isAbove } from './roles.ts'

type Channel = APIGuildChannel<GuildChannelType> & {
  position: number
  permission_overwrites?: APIOverwrite[]
}

interface Place {
  guild: APIGuild
  roles: APIRole[]
  bot: APIGuildMember
  channels: Channel[]
}

const needed = [
  ['View Channel', PermissionFlagsBits.ViewChannel],
  ['Send Messages', PermissionFlagsBits.SendMessages],
  ['Embed Links', PermissionFlagsBits.EmbedLinks],
] as const

export interface DiscordPlaces extends Pick<ChatPlatform, 'choices' | 'checkChannel'> {
  /** The system channel, else the first one that the bot may write into; and who owns the server. */
  front(community: CommunityId): Promise<{ channel: string | undefined; owner: string }>
}

/** What a server has to choose from, and where the bot may write in it; read from Discord at each call. */
export function createDiscordPlaces(deps: {
  rest: REST
  ask: <Answer>(question: () => Promise<unknown>) => Promise<Answer>
  botId: () => Promise<string>
}): DiscordPlaces {
  const { rest, ask, botId } = deps

  const look = async (community: CommunityId): Promise<Place> => {
    const id = groupOf(community)
    const me = await botId()
    const [guild, roles, bot, channels] = await Promise.all([
      ask<APIGuild>(() => rest.get(Routes.guild(id))),
      ask<APIRole[]>(() => rest.get(Routes.guildRoles(id))),
      ask<APIGuildMember>(() => rest.get(Routes.guildMember(id, me))),
      ask<Channel[]>(() => rest.get(Routes.guildChannels(id))),
    ])
    return { guild, roles, bot, channels }
  }

  const written = ({ channels }: Place) =>
    channels
      .filter(({ type }) => type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement)
      .sort((a, b) => a.position - b.position)

  return {
    async choices(community) {
      const place = await look(community)
      const { roles, bot, guild } = place
      const own = roles.filter(each => bot.roles.includes(each.id))
      const inReach = (role: APIRole) => own.some(each => isAbove(each, role))
      const asChoice = (role: APIRole): Choice => ({
        id: role.id,
        label: `@${role.name}`,
        ...(!inReach(role) && { hint: "stands above the bot's own role" }),
      })
      const channels = written(place).map((channel): Choice => {
        const missing = lacking(place, channel)
        return {
          id: channel.id,
          label: `#${channel.name}`,
          ...(missing.length > 0 && { hint: "the bot can't write here" }),
        }
      })
      return {
        roles: roles
          .filter(({ id, managed }) => id !== guild.id && !managed)
          .sort((a, b) => (isAbove(a, b) ? -1 : 1))
          .map(asChoice)
          .sort(usableFirst),
        channels: channels.sort(usableFirst),
      }
    },
    async checkChannel(community, id) {
      const place = await look(community)
      const channel = place.channels.find(each => each.id === id)
      const problem = (what: Problem['what'], fix: Problem['fix']) => [
        { id: `${community}:${id}`, what, fix },
      ]
      if (!channel)
        return problem(
          text`The channel ${channelMention(id)} was deleted, or the bot can't see it.`,
          text`Choose another one with ${code('/premium log')}.`,
        )
      if (!written(place).includes(channel))
        return problem(
          text`${channelMention(id)} isn't a text channel.`,
          text`Choose a text channel with ${code('/premium log')}.`,
        )
      const missing = lacking(place, channel)
      if (missing.length === 0) return []
      return problem(
        text`The bot can't write into ${channelMention(id)}.`,
        text`Open the channel's settings, Permissions, add the bot's role and allow ${bold(missing.join(', '))}.`,
      )
    },
    async front(community) {
      const place = await look(community)
      const writable = written(place).filter(channel => lacking(place, channel).length === 0)
      const system = writable.find(({ id }) => id === place.guild.system_channel_id)
      return { channel: (system ?? writable[0])?.id, owner: place.guild.owner_id }
    },
  }
}

const usableFirst = (a: Choice, b: Choice): number =>
  Number(a.hint !== undefined) - Number(b.hint !== undefined)

const lacking = (place: Place, channel: Channel): string[] => {
  const permissions = permissionsIn(place, channel)
  return needed.filter(([, bit]) => (permissions & bit) === 0n).map(([name]) => name)
}

// discord.com/developers/docs/topics/permissions#permission-overwrites
function permissionsIn({ guild, roles, bot }: Place, { permission_overwrites = [] }: Channel): bigint {
  const mine = roles.filter(({ id }) => id === guild.id || bot.roles.includes(id))
  let permissions = mine.reduce((all, role) => all | BigInt(role.permissions), 0n)
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return ~0n
  const apply = (overwrites: APIOverwrite[]) => {
    const deny = overwrites.reduce((all, each) => all | BigInt(each.deny), 0n)
    const allow = overwrites.reduce((all, each) => all | BigInt(each.allow), 0n)
    permissions = (permissions & ~deny) | allow
  }
  const ofRoles = permission_overwrites.filter(({ type }) => type === OverwriteType.Role)
  apply(ofRoles.filter(({ id }) => id === guild.id))
  apply(ofRoles.filter(({ id }) => id !== guild.id && bot.roles.includes(id)))
  apply(permission_overwrites.filter(({ type, id }) => type === OverwriteType.Member && id === bot.user.id))
  return permissions
}
