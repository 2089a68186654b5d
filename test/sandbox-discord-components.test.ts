import {
  type APIMessage,
  type ChatInputCommandInteraction,
  ComponentType,
  type Interaction,
  MessageFlags,
  Routes,
  TextInputStyle,
} from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, openBench } from './sandbox-discord-client.ts'

const commands = [
  { name: 'plans', description: 'What is for sale' },
  { name: 'settings', description: 'Only for those who manage', default_member_permissions: '32' },
]
let bench: Bench
let aliceId: string

beforeEach(async () => {
  bench = await openBench()
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

describe('buttons, menus and forms', () => {
  const menuRow = {
    type: ComponentType.ActionRow,
    components: [
      { type: ComponentType.StringSelect, custom_id: 'plan', options: [{ label: 'Pro', value: 'pro' }] },
    ],
  }
  const roleRow = {
    type: ComponentType.ActionRow,
    components: [{ type: ComponentType.RoleSelect, custom_id: 'role', max_values: 2 }],
  }

  test('a menu sends what was chosen, with roles resolved', async () => {
    const seen: unknown[] = []
    await answering(
      interaction => interaction.reply({ content: 'choose', components: [menuRow, roleRow] }),
      async interaction => {
        if (interaction.isStringSelectMenu()) seen.push(interaction.values)
        if (interaction.isRoleSelectMenu()) seen.push(interaction.roles.map(role => role?.name))
        if (interaction.isAnySelectMenu()) await interaction.deferUpdate()
      },
    )
    const premium = bench.discord.addRole(bench.guild.id, { name: 'Premium' })
    const shown = await (await alice().command('/plans')).reply()
    expect((await alice().select(shown, 'plan', ['pro'])).first?.type).toBe(6)
    await alice().select(shown, 'role', [premium.id])
    expect(seen).toEqual([['pro'], ['Premium']])
    await expect(alice().select(shown, 'plan', ['other'])).rejects.toThrow('no choice other')
  })

  test('a form is opened, filled in and sent', async () => {
    let typed: string | undefined
    await answering(
      interaction =>
        interaction.showModal({
          custom_id: 'reason',
          title: 'Why?',
          components: [
            {
              type: ComponentType.ActionRow,
              components: [
                {
                  type: ComponentType.TextInput,
                  custom_id: 'text',
                  label: 'Reason',
                  style: TextInputStyle.Short,
                },
              ],
            },
          ],
        }),
      async interaction => {
        if (!interaction.isModalSubmit()) return
        typed = interaction.fields.getTextInputValue('text')
        await interaction.reply('noted')
      },
    )
    const opened = await alice().command('/plans')
    expect(opened.first?.type).toBe(9)
    const sent = await alice().submit(opened, { text: 'because' })
    expect(typed).toBe('because')
    expect(sent.message()?.content).toBe('noted')
  })

  test('a button in a direct message comes without a guild, from the user', async () => {
    let where: unknown
    const client = await answering(
      () => {},
      async interaction => {
        if (!interaction.isButton()) return
        where = {
          guild: interaction.guildId,
          user: interaction.user.id,
          dm: interaction.channel?.isDMBased(),
        }
        await interaction.update('pressed')
      },
    )
    const row = {
      type: ComponentType.ActionRow,
      components: [{ type: ComponentType.Button, style: 1, label: 'Billing', custom_id: 'billing' }],
    }
    const channel = (await client.rest.post(Routes.userChannels(), {
      body: { recipient_id: aliceId },
    })) as APIMessage
    await client.rest.post(Routes.channelMessages(channel.id), {
      body: { content: 'unpaid', components: [row] },
    })
    const [message] = bench.discord.dms(aliceId)
    if (!message) throw new Error('no message')
    await alice().press(message, 'Billing')
    expect(where).toMatchObject({ guild: null, user: aliceId })
    expect(bench.discord.dms(aliceId)[0]?.content).toBe('pressed')
  })

  test('an ephemeral message can be pressed by its reader only', async () => {
    await answering(interaction =>
      interaction.reply({ content: 'psst', components: [menuRow], flags: MessageFlags.Ephemeral }),
    )
    const shown = await (await alice().command('/plans')).reply()
    const bob = bench.discord.addMember(bench.guild.id, { username: 'bob' })
    await expect(
      bench.discord.as(bob.user.id, bench.guild.id).select(shown, 'plan', ['pro']),
    ).rejects.toThrow('not for them')
  })
})
