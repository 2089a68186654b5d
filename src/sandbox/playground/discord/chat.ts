import { type APIMessage, ApplicationCommandType, InteractionType } from 'discord.js'
import type { DiscordStandIn } from '../../discord/index.ts'
import type { Lounge } from '../../lounge.ts'
import type { PlaygroundChat } from '../chat.ts'
import type { Player } from '../view.ts'
import { actInDiscord } from './acts.ts'
import { commandViews } from './commands.ts'
import { messageView } from './messages.ts'
import type { DiscordRoom } from './room.ts'
import { displayName, isAdmin, isPrivate, memberViews, roleViews, sees } from './server.ts'

/** How many of a channel's messages the page shows. */
const shown = 100

/** The Discord stand-in as one of the page's chats. */
export function createDiscordChat(discord: DiscordStandIn, lounge: Lounge): PlaygroundChat {
  const names = new Map<string, string>()
  const people = [lounge.admin, ...lounge.members].map(id => {
    const member = discord.member(lounge.guild, id)
    if (member) names.set(id, displayName(member))
    return { id, key: member?.user.username ?? id, part: id === lounge.admin ? 'admin' : 'member' }
  })

  const nameOf = (id: string) => {
    if (id === discord.botUserId)
      return discord.guild(lounge.guild).members.get(id)?.user.username ?? 'Velvet Rope'
    const member = discord.guild(lounge.guild).members.get(id)
    return member ? displayName(member) : (names.get(id) ?? 'Somebody')
  }
  const personOf = (key: string) => {
    const person = people.find(each => each.key === key) ?? people[0]
    if (!person) throw new Error('Nobody is here')
    return person
  }

  return {
    name: 'discord',
    label: 'Discord',
    room(key): DiscordRoom {
      const { id, key: known } = personOf(key)
      const guild = discord.guild(lounge.guild)
      const member = guild.members.get(id)
      const view = (messages: APIMessage[]) =>
        messages.slice(-shown).map(message => messageView(message, nameOf))
      return {
        chat: 'discord',
        server: { id: guild.id, name: guild.name },
        players: people.map(
          (person): Player => ({ key: person.key, name: nameOf(person.id), part: person.part }),
        ),
        viewer: {
          key: known,
          id,
          isPresent: member !== undefined,
          isAdmin: member !== undefined && isAdmin(guild, member),
        },
        bot: { id: discord.botUserId, name: nameOf(discord.botUserId), isOnline: discord.connected() > 0 },
        channels: [...guild.channels.values()]
          .filter(channel => member && sees(guild, channel, member))
          .map(channel => ({
            id: channel.id,
            name: channel.name,
            topic: channel.topic ?? '',
            isPrivate: isPrivate(guild, channel),
            messages: view(discord.messages(channel.id, id)),
          })),
        directMessages: view(discord.dms(id)),
        roles: roleViews(guild, discord.botUserId),
        members: memberViews(guild),
        away: people
          .filter(person => !guild.members.has(person.id))
          .map(person => ({ id: person.id, name: nameOf(person.id) })),
        commands: member ? commandViews(discord.as(id, guild.id).commands()) : [],
      }
    },
    act: (key, wanted) => actInDiscord({ discord, guild: lounge.guild, user: personOf(key).id }, wanted),
    nameOf(member) {
      const [platform, guild, user] = member.split(':')
      return platform === 'discord' && guild === lounge.guild && user ? nameOf(user) : undefined
    },
    isRoleSet: () =>
      discord.interactions().some(({ payload, state }) => {
        if (payload.type !== InteractionType.ApplicationCommand || state !== 'answered') return false
        const { data } = payload
        if (data.type !== ApplicationCommandType.ChatInput) return false
        return data.name === 'premium' && data.options?.[0]?.name === 'role'
      }),
    file: id => discord.file(id),
    watch: changed => discord.subscribe(({ type }) => type !== 'request' && changed()),
  }
}
