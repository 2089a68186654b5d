import { type ChatInputCommandInteraction, type Interaction, MessageFlags, Routes } from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClock } from '../src/sandbox/clock.ts'
import { type Bench, openBench, refusalOf } from './sandbox-discord-client.ts'

const commands = [
  { name: 'plans', description: 'What is for sale' },
  { name: 'settings', description: 'Only for those who manage', default_member_permissions: '32' },
]
const clock = createClock()
let bench: Bench
let aliceId: string

beforeEach(async () => {
  bench = await openBench({ clock })
  aliceId = bench.discord.addMember(bench.guild.id, { username: 'alice' }).user.id
})

afterEach(() => bench.close())

/** A bot that answers chat commands and everything else so. */
async function answering(
  answer: (interaction: ChatInputCommandInteraction) => unknown,
  other?: (interaction: Interaction) => unknown,
) {
  const client = await bench.login(interaction =>
    interaction.isChatInputCommand() ? answer(interaction) : other?.(interaction),
  )
  await client.application.commands.set(commands)
  return client
}

const alice = () => bench.discord.as(aliceId, bench.guild.id)

describe('the first response', () => {
  test('is too late after the deadline: the client says so, and the bot gets 10062', async () => {
    await bench.close()
    bench = await openBench({ deadlineMs: 100 })
    aliceId = bench.discord.addMember(bench.guild.id, { username: 'alice' }).user.id
    const held: ChatInputCommandInteraction[] = []
    await answering(interaction => held.push(interaction))
    const invocation = await alice().command('/plans')
    expect(invocation.failure).toBe('The application did not respond')
    const [late] = held
    if (!late) throw new Error('not delivered')
    expect(await refusalOf(late.reply('sorry'))).toEqual({ status: 404, code: 10062 })
  })

  test('counts once: a second one gets 40060, also when the same interaction comes twice', async () => {
    const codes: unknown[] = []
    await answering(async interaction => {
      await interaction.deferReply().catch((error: { code: unknown }) => codes.push(error.code))
    })
    const invocation = await alice().command('/plans')
    bench.discord.redeliver(invocation)
    await expect.poll(() => codes).toEqual([40060])
    expect(bench.discord.messages(bench.channelId)).toHaveLength(1)
  })

  test('is known by its own id and token only', async () => {
    const client = await answering(() => {})
    const body = { type: 4, data: { content: 'hi' } }
    const callback = Routes.interactionCallback('1', 'nonsense')
    expect(await refusalOf(client.rest.post(callback, { body }))).toEqual({ status: 404, code: 10062 })
    const edit = Routes.webhookMessage(bench.discord.applicationId, 'nonsense')
    expect(await refusalOf(client.rest.patch(edit, { body }))).toEqual({ status: 401, code: 50027 })
  })

  test('must be of a kind that fits what was done', async () => {
    const refused: unknown[] = []
    await answering(async interaction => {
      const callback = Routes.interactionCallback(interaction.id, interaction.token)
      refused.push(
        await refusalOf(interaction.client.rest.post(callback, { body: { type: 6 }, auth: false })),
      )
      await interaction.reply('fine')
    })
    await alice().command('/plans')
    expect(refused).toEqual([{ status: 400, code: 50035 }])
  })

  test('comes back as a message when it is asked for', async () => {
    let loading: boolean | undefined
    await answering(async interaction => {
      const { interaction: about, resource } = await interaction.deferReply({
        flags: MessageFlags.Ephemeral,
        withResponse: true,
      })
      loading = about.responseMessageLoading ?? undefined
      await interaction.editReply(`replying in ${resource?.message?.id}`)
    })
    const invocation = await alice().command('/plans')
    const reply = await invocation.reply()
    expect(reply.content).toBe(`replying in ${reply.id}`)
    expect(loading).toBe(true)
  })
})

describe('what follows', () => {
  test('stays as private as the deferral was, whatever later flags say', async () => {
    await answering(async interaction => {
      await interaction.deferReply()
      await interaction.client.rest.patch(
        Routes.webhookMessage(interaction.applicationId, interaction.token),
        {
          body: { content: 'secret', flags: MessageFlags.Ephemeral },
        },
      )
    })
    const reply = await (await alice().command('/plans')).reply()
    expect((reply.flags ?? 0) & MessageFlags.Ephemeral).toBe(0)
  })

  test('is refused 15 minutes after the click', async () => {
    const held: ChatInputCommandInteraction[] = []
    await answering(async interaction => {
      await interaction.deferReply()
      held.push(interaction)
    })
    await alice().command('/plans')
    await expect.poll(() => held).toHaveLength(1)
    clock.moveTo(clock.now() + 14 * 60_000)
    await held[0]?.editReply('in time')
    clock.moveTo(clock.now() + 2 * 60_000)
    expect(await refusalOf(held[0]?.editReply('too late') ?? Promise.resolve())).toEqual({
      status: 401,
      code: 50027,
    })
  })

  test('may be more messages, and the first of them takes the place of a deferral', async () => {
    await answering(async interaction => {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      await interaction.followUp('first')
      await interaction.followUp({ content: 'second', flags: MessageFlags.Ephemeral })
      await interaction.deleteReply()
    })
    const invocation = await alice().command('/plans')
    await bench.discord.until(() => (invocation.message() ? undefined : 'deleted'))
    expect(invocation.followUps().map(message => message.content)).toEqual(['second'])
    expect(bench.discord.messages(bench.channelId, aliceId)).toHaveLength(1)
  })
})

describe('what the payload says of the person', () => {
  test('permissions in this channel, locale, and the bot’s own permissions', async () => {
    const { discord, guild } = bench
    const seen: unknown[] = []
    await answering(async interaction => {
      const manages = interaction.memberPermissions?.has('ManageGuild')
      seen.push([
        manages,
        interaction.locale,
        interaction.guildLocale,
        interaction.appPermissions.has('ManageRoles'),
      ])
      await interaction.reply('ok')
    })
    await discord.as(aliceId, guild.id, undefined, { locale: 'ja' as never }).command('/plans')
    await discord.as(guild.ownerId, guild.id).command('/plans')
    expect(seen).toEqual([
      [false, 'ja', 'en-US', true],
      [true, 'en-US', 'en-US', true],
    ])
  })

  test('commands that need a permission are seen by those who hold it, unless the server allows more', async () => {
    await answering(interaction => interaction.reply('ok'))
    expect(
      alice()
        .commands()
        .map(command => command.name),
    ).toEqual(['plans'])
    await expect(alice().command('/settings')).rejects.toThrow('There is no command /settings here')
    const seat = bench.discord.as(aliceId, bench.guild.id, undefined, { seesAllCommands: true })
    expect((await seat.command('/settings')).failure).toBeUndefined()
  })
})
