import { AttachmentBuilder, Routes } from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, openBench, refusalOf } from './sandbox-discord-client.ts'

let bench: Bench

beforeEach(async () => {
  bench = await openBench()
})

afterEach(() => bench.close())

const button = (own: object) => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...own })
const row = (...components: object[]) => ({ type: 1, components })
const option = (value: string) => ({ label: value, value })
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

describe('a message is refused', () => {
  const bad: [string, object][] = [
    ['with more than 2000 characters', { content: 'x'.repeat(2001) }],
    ['with an embed title over 256', { embeds: [{ title: 'x'.repeat(257) }] }],
    ['with an embed description over 4096', { embeds: [{ description: 'x'.repeat(4097) }] }],
    ['with more than 10 embeds', { embeds: many(11, () => ({ title: 'x' })) }],
    [
      'with more than 6000 characters in its embeds',
      { embeds: many(2, () => ({ description: 'x'.repeat(3001) })) },
    ],
    ['with more than 25 fields', { embeds: [{ fields: many(26, () => ({ name: 'n', value: 'v' })) }] }],
    ['with an empty field value', { embeds: [{ fields: [{ name: 'n', value: '' }] }] }],
    ['with an embed of nothing', { embeds: [{}] }],
    ['with a picture that is no address', { embeds: [{ title: 'x', image: { url: 'cat.png' } }] }],
    ['with six rows', { components: many(6, index => row(button({ custom_id: `b${index}` }))) }],
    [
      'with six buttons in a row',
      { components: [row(...many(6, index => button({ custom_id: `b${index}` })))] },
    ],
    ['with an empty row', { components: [row()] }],
    ['with a button outside a row', { components: [button({})] }],
    ['with a custom id over 100', { components: [row(button({ custom_id: 'x'.repeat(101) }))] }],
    ['with the same custom id twice', { components: [row(button({})), row(button({}))] }],
    ['with a button label over 80', { components: [row(button({ label: 'x'.repeat(81) }))] }],
    [
      'with a link that has a custom id',
      { components: [row(button({ style: 5, url: 'https://example.com' }))] },
    ],
    ['with a link without an address', { components: [row({ type: 2, style: 5, label: 'Go' })] }],
    [
      'with a link of another scheme',
      { components: [row({ type: 2, style: 5, label: 'Go', url: 'javascript:alert(1)' })] },
    ],
    [
      'with a menu of 26',
      { components: [row({ type: 3, custom_id: 'm', options: many(26, index => option(`${index}`)) })] },
    ],
    ['with a menu of none', { components: [row({ type: 3, custom_id: 'm', options: [] })] }],
    [
      'with a menu value twice',
      { components: [row({ type: 3, custom_id: 'm', options: [option('a'), option('a')] })] },
    ],
    ['with a menu beside a button', { components: [row(button({}), { type: 5, custom_id: 'm' })] }],
  ]
  test.each(bad)('%s', async (_title, body) => {
    const client = await bench.login()
    const send = client.rest.post(Routes.channelMessages(bench.channelId), {
      body: { content: 'hello', ...body },
    })
    expect(await refusalOf(send)).toEqual({ status: 400, code: 50035 })
    expect(bench.discord.messages(bench.channelId)).toEqual([])
  })

  test('with nothing in it', async () => {
    const client = await bench.login()
    const send = client.rest.post(Routes.channelMessages(bench.channelId), { body: { content: ' ' } })
    expect(await refusalOf(send)).toEqual({ status: 400, code: 50006 })
  })

  test('where the bot may not write, or cannot even look', async () => {
    const { discord, guild } = bench
    const client = await bench.login()
    const send = (channelId: string) =>
      refusalOf(client.rest.post(Routes.channelMessages(channelId), { body: { content: 'x' } }))
    const everyone = (deny: bigint) => ({
      overwrites: [{ id: guild.id, type: 0, allow: '0', deny: deny.toString() }],
    })
    const readOnly = discord.addChannel(guild.id, { name: 'rules', ...everyone(1n << 11n) })
    const hidden = discord.addChannel(guild.id, { name: 'staff', ...everyone(1n << 10n) })
    expect(await send(readOnly.id)).toEqual({ status: 403, code: 50013 })
    expect(await send(hidden.id)).toEqual({ status: 403, code: 50001 })
    expect(await send('1')).toEqual({ status: 404, code: 10003 })
  })
})

test('a full message within all limits is taken and comes back as it was sent', async () => {
  const client = await bench.login()
  const components = many(5, line => row(...many(5, index => button({ custom_id: `${line}.${index}` }))))
  const embeds = many(10, () => ({ title: 't'.repeat(256), description: 'd'.repeat(344) }))
  await client.rest.post(Routes.channelMessages(bench.channelId), {
    body: { content: 'x', embeds, components },
  })
  expect(bench.discord.messages(bench.channelId)).toMatchObject([{ content: 'x', embeds, components }])
})

test('a file keeps its name and bytes, and an embed can show it', async () => {
  const client = await bench.login()
  const channel = await client.channels.fetch(bench.channelId)
  if (!channel?.isSendable()) throw new Error('not sendable')
  const bytes = Buffer.from([0, 1, 2, 255, 254, 13, 10])
  const file = new AttachmentBuilder(bytes, { name: 'alle mitglieder ä.png', description: 'A picture' })
  await channel.send({
    files: [file],
    embeds: [{ title: 'x', image: { url: 'attachment://alle_mitglieder_ä.png' } }],
  })
  const [message] = bench.discord.messages(bench.channelId)
  const attachment = message?.attachments[0]
  expect(attachment).toMatchObject({ filename: 'alle_mitglieder_ä.png', size: 7, description: 'A picture' })
  expect(message?.embeds[0]?.image?.url).toBe(attachment?.url)
  const served = await fetch(attachment?.url ?? '')
  expect(Buffer.from(await served.arrayBuffer())).toEqual(bytes)
  expect(bench.discord.file(attachment?.id ?? '')?.bytes).toEqual(bytes)
})

test('words call only those whom the bot allows them to call', async () => {
  const { discord, guild, channelId } = bench
  const client = await bench.login()
  const alice = discord.addMember(guild.id, { username: 'alice' })
  const content = `@everyone <@${alice.user.id}>`
  const send = (body: object) =>
    client.rest.post(Routes.channelMessages(channelId), { body: { content, ...body } })
  await send({})
  discord.updateRole(guild.id, discord.botRole(guild.id).id, { permissions: 8n })
  await send({})
  await send({ allowed_mentions: { parse: ['users'] } })
  await send({ allowed_mentions: { parse: [] } })
  const called = discord
    .messages(channelId)
    .map(message => [message.mention_everyone, message.mentions.length])
  expect(called).toEqual([
    [false, 1],
    [true, 1],
    [false, 1],
    [false, 0],
  ])
})

describe('commands', () => {
  const command = (own: object) => ({ name: 'plans', description: 'What is for sale', ...own })
  const text = (own: object) => ({ type: 3, name: 'plan', description: 'Which', ...own })
  const bad: [string, object][] = [
    ['a name with capitals', command({ name: 'Plans' })],
    ['a name with a space', command({ name: 'my plans' })],
    ['a name over 32', command({ name: 'x'.repeat(33) })],
    ['no description', command({ description: '' })],
    ['a description over 100', command({ description: 'x'.repeat(101) })],
    ['26 options', command({ options: many(26, index => text({ name: `o${index}` })) })],
    ['an option name twice', command({ options: [text({}), text({})] })],
    [
      'a required option after an optional one',
      command({ options: [text({}), text({ name: 'b', required: true })] }),
    ],
    [
      'subcommands beside options',
      command({ options: [text({}), { type: 1, name: 'sub', description: 'x' }] }),
    ],
    [
      '26 choices',
      command({ options: [text({ choices: many(26, i => ({ name: `c${i}`, value: `${i}` })) })] }),
    ],
    [
      'completion beside choices',
      command({ options: [text({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
    ],
    [
      'a subcommand in a subcommand',
      command({
        options: [
          { type: 1, name: 'a', description: 'x', options: [{ type: 1, name: 'b', description: 'x' }] },
        ],
      }),
    ],
    ['an unknown option type', command({ options: [text({ type: 99 })] })],
  ]
  test.each(bad)('are refused with %s', async (_title, body) => {
    const client = await bench.login()
    const put = client.rest.put(Routes.applicationCommands(bench.discord.applicationId), { body: [body] })
    expect(await refusalOf(put)).toEqual({ status: 400, code: 50035 })
    expect(bench.discord.commands()).toEqual([])
  })

  test('say where they are wrong, as Discord does', async () => {
    const client = await bench.login()
    const put = client.rest.put(Routes.applicationCommands(bench.discord.applicationId), {
      body: [command({ name: 'A B' })],
    })
    await expect(put).rejects.toThrow('0.name[APPLICATION_COMMAND_INVALID_NAME]: Command name is invalid')
  })

  test('keep their ids when all are replaced, and the ones left out are gone', async () => {
    const client = await bench.login()
    const first = await client.application.commands.set([command({}), command({ name: 'billing' })] as never)
    const second = await client.application.commands.set([command({ description: 'Changed' })] as never)
    const idOf = (list: typeof first) => list.find(({ name }) => name === 'plans')?.id
    expect(idOf(second)).toBe(idOf(first))
    expect(bench.discord.commands().map(({ name }) => name)).toEqual(['plans'])
    expect((await client.application.commands.fetch()).map(({ description }) => description)).toEqual([
      'Changed',
    ])
  })

  test('are made, changed and deleted one by one, in one guild too', async () => {
    const client = await bench.login()
    const commands = client.guilds.cache.get(bench.guild.id)?.commands
    const made = await commands?.create(command({}) as never)
    await made?.edit({ description: 'Changed' })
    expect(bench.discord.commands()).toMatchObject([{ guild_id: bench.guild.id, description: 'Changed' }])
    await made?.delete()
    expect(bench.discord.commands()).toEqual([])
    expect(await refusalOf(made?.delete() ?? Promise.resolve())).toEqual({ status: 404, code: 10063 })
  })
})
