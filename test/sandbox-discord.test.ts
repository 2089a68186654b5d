import {
  type ButtonInteraction,
  ButtonStyle,
  type ChatInputCommandInteraction,
  ComponentType,
  MessageFlags,
  Routes,
} from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DiscordStandIn, Guild } from '../src/sandbox/discord/index.ts'
import { type Bench, openBench, refusalOf } from './sandbox-discord-client.ts'

let bench: Bench
let discord: DiscordStandIn
let guild: Guild
let login: Bench['login']

beforeEach(async () => {
  bench = await openBench()
  ;({ discord, guild, login } = bench)
})

afterEach(() => bench.close())

const plansCommand = { name: 'plans', description: 'What is for sale' }
const premiumCommand = {
  name: 'premium',
  description: 'Set things up',
  options: [
    {
      type: 1,
      name: 'role',
      description: 'Sets the paid role',
      options: [
        { type: 8, name: 'role', description: 'The role', required: true },
        { type: 3, name: 'plan', description: 'Only for this plan', autocomplete: true },
      ],
    },
  ],
}

describe('a real discord.js client', () => {
  test('logs in and knows its guilds, their roles and channels', async () => {
    discord.addRole(guild.id, { name: 'Premium' })
    const client = await login()
    const seen = client.guilds.cache.get(guild.id)
    expect(client.user.id).toBe(discord.botUserId)
    expect(seen?.name).toBe('Rope Club')
    expect(seen?.roles.cache.map(role => role.name).sort()).toEqual(['@everyone', 'Premium', 'Velvet Rope'])
    expect(seen?.channels.cache.map(channel => channel.name)).toEqual(['general'])
    expect(seen?.members.me?.roles.highest.position).toBe(2)
  })

  test('answers a command with a deferred private reply and edits it', async () => {
    const client = await login(async interaction => {
      const command = interaction as ChatInputCommandInteraction
      await command.deferReply({ flags: MessageFlags.Ephemeral })
      await command.editReply({
        embeds: [{ title: 'Pro', description: `for ${command.member?.user.username}` }],
      })
    })
    await client.application.commands.set([plansCommand])
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const invocation = await discord.as(alice.user.id, guild.id).command('/plans')
    expect(invocation.first).toMatchObject({ type: 5, flags: MessageFlags.Ephemeral })
    expect(invocation.ackMs).toBeLessThan(3000)
    const reply = await invocation.reply()
    expect(reply.embeds[0]).toMatchObject({ title: 'Pro', description: 'for alice' })
    const bob = discord.addMember(guild.id, { username: 'bob' })
    expect(discord.messages(invocation.channelId, alice.user.id)).toHaveLength(1)
    expect(discord.messages(invocation.channelId, bob.user.id)).toHaveLength(0)
  })

  test('gets arguments of every kind, resolved, from a typed line', async () => {
    let seen: unknown
    const client = await login(async interaction => {
      const { options } = interaction as ChatInputCommandInteraction<'cached'>
      seen = {
        user: options.getMember('member')?.displayName,
        role: options.getRole('role')?.name,
        channel: options.getChannel('channel')?.name,
        days: options.getInteger('days'),
        sure: options.getBoolean('sure'),
        reason: options.getString('reason'),
      }
      await (interaction as ChatInputCommandInteraction).reply('done')
    })
    await client.application.commands.set([
      {
        name: 'grant',
        description: 'Complimentary access',
        options: [
          { type: 6, name: 'member', description: 'Who', required: true },
          { type: 8, name: 'role', description: 'Which role' },
          { type: 7, name: 'channel', description: 'Where' },
          { type: 4, name: 'days', description: 'How long', min_value: 1 },
          { type: 5, name: 'sure', description: 'Really' },
          { type: 3, name: 'reason', description: 'Why' },
        ],
      },
    ])
    discord.addRole(guild.id, { name: 'Gold Member' })
    const alice = discord.addMember(guild.id, { username: 'alice', globalName: 'Alice A' })
    const line =
      '/grant member:@Alice A role:@Gold Member channel:#general days:30 sure:true reason:"days: many"'
    const invocation = await discord.as(alice.user.id, guild.id).command(line)
    expect(invocation.message()?.content).toBe('done')
    expect(seen).toEqual({
      user: 'Alice A',
      role: 'Gold Member',
      channel: 'general',
      days: 30,
      sure: true,
      reason: 'days: many',
    })
  })

  test('completes what is being typed', async () => {
    const client = await login(async interaction => {
      if (!interaction.isAutocomplete()) return
      const typed = interaction.options.getFocused()
      await interaction.respond([
        { name: `${interaction.options.getSubcommand()} ${typed}…`, value: 'pro_monthly' },
      ])
    })
    await client.application.commands.set([premiumCommand])
    const admin = discord.addMember(guild.id, { username: 'admin', admin: true })
    discord.addRole(guild.id, { name: 'Premium' })
    const completions = await discord
      .as(admin.user.id, guild.id)
      .autocomplete('/premium role role:@Premium plan:pro')
    expect(completions.choices).toEqual([{ name: 'role pro…', value: 'pro_monthly' }])
  })

  test('is told of a pressed button and updates its message', async () => {
    const client = await login(async interaction => {
      if (interaction.isButton()) {
        const button = interaction as ButtonInteraction
        await button.update({ content: `${button.user.username} pressed ${button.customId}`, components: [] })
      } else if (interaction.isChatInputCommand()) {
        const row = {
          type: ComponentType.ActionRow,
          components: [
            {
              type: ComponentType.Button,
              style: ButtonStyle.Primary,
              label: 'Subscribe',
              custom_id: 'subscribe:pro',
            },
            {
              type: ComponentType.Button,
              style: ButtonStyle.Link,
              label: 'Terms',
              url: 'https://example.com',
            },
          ],
        }
        await interaction.reply({ content: 'Choose', components: [row] })
      }
    })
    await client.application.commands.set([plansCommand])
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const seat = discord.as(alice.user.id, guild.id)
    const shown = await (await seat.command('/plans')).reply()
    await expect(seat.press(shown, 'Terms')).rejects.toThrow('link to https://example.com')
    const pressed = await seat.press(shown, 'Subscribe')
    expect(pressed.first?.type).toBe(7)
    expect(pressed.message()).toMatchObject({
      id: shown.id,
      content: 'alice pressed subscribe:pro',
      components: [],
    })
  })

  test('gives and takes roles below its own, again and again without harm', async () => {
    const client = await login()
    const premium = discord.addRole(guild.id, { name: 'Premium' })
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const route = Routes.guildMemberRole(guild.id, alice.user.id, premium.id)
    await client.rest.put(route)
    await client.rest.put(route)
    expect(discord.member(guild.id, alice.user.id)?.roles).toEqual([premium.id])
    expect(
      (
        await client.guilds.cache.get(guild.id)?.members.fetch({ user: alice.user.id, force: true })
      )?.roles.cache.has(premium.id),
    ).toBe(true)
    await client.rest.delete(route)
    await client.rest.delete(route)
    expect(discord.member(guild.id, alice.user.id)?.roles).toEqual([])
  })

  test('is refused roles above its own, managed roles, @everyone, and any without Manage Roles', async () => {
    const client = await login()
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const give = (roleId: string) => client.rest.put(Routes.guildMemberRole(guild.id, alice.user.id, roleId))
    const above = discord.addRole(guild.id, { name: 'Above', position: 5 })
    const managed = discord.addRole(guild.id, { name: 'Another bot', managed: true })
    const premium = discord.addRole(guild.id, { name: 'Premium' })
    const missing = { status: 403, code: 50013 }
    expect(await refusalOf(give(above.id))).toEqual(missing)
    expect(await refusalOf(give(managed.id))).toEqual(missing)
    expect(await refusalOf(give(guild.id))).toEqual(missing)
    expect(await refusalOf(give(discord.botRole(guild.id).id))).toEqual(missing)
    discord.updateRole(guild.id, discord.botRole(guild.id).id, { permissions: 0n })
    expect(await refusalOf(give(premium.id))).toEqual(missing)
    discord.updateRole(guild.id, discord.botRole(guild.id).id, { permissions: 1n << 28n })
    await give(premium.id)
    discord.moveRole(guild.id, premium.id, 4)
    expect(await refusalOf(give(premium.id))).toEqual(missing)
    expect(discord.refusals()[403]).toBe(6)
  })

  test('is refused what does not exist, with the code for each', async () => {
    const client = await login()
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const premium = discord.addRole(guild.id, { name: 'Premium' })
    const give = (userId: string, roleId: string) =>
      client.rest.put(Routes.guildMemberRole(guild.id, userId, roleId))
    expect(await refusalOf(give(alice.user.id, '1'))).toEqual({ status: 404, code: 10011 })
    discord.removeMember(guild.id, alice.user.id)
    expect(await refusalOf(give(alice.user.id, premium.id))).toEqual({ status: 404, code: 10007 })
    const read = client.rest.get(Routes.guildMember(guild.id, alice.user.id))
    expect(await refusalOf(read)).toEqual({ status: 404, code: 10007 })
    expect(await refusalOf(client.rest.get(Routes.guild('1')))).toEqual({ status: 404, code: 10004 })
    discord.kickBot(guild.id)
    expect(await refusalOf(client.rest.get(Routes.guild(guild.id)))).toEqual({ status: 403, code: 50001 })
  })

  test('writes to channels and to people, unless they closed their direct messages', async () => {
    const client = await login()
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const [channelId = ''] = guild.channels.keys()
    const channel = await client.channels.fetch(channelId)
    if (!channel?.isSendable()) throw new Error('not sendable')
    const sent = await channel.send('hello')
    await sent.edit('hello all')
    expect(discord.messages(channelId).map(message => message.content)).toEqual(['hello all'])
    await client.users.send(alice.user.id, 'welcome')
    expect(discord.dms(alice.user.id).map(message => message.content)).toEqual(['welcome'])
    discord.closeDms(alice.user.id)
    expect(await refusalOf(client.users.send(alice.user.id, 'again'))).toEqual({ status: 403, code: 50007 })
    expect(discord.dms(alice.user.id)).toHaveLength(1)
  })
})
