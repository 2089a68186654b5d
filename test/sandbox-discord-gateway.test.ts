import { type Client, GatewayIntentBits } from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Bench, openBench } from './sandbox-discord-client.ts'

let bench: Bench

beforeEach(async () => {
  bench = await openBench()
})

afterEach(() => bench.close())

/** What a bare WebSocket is answered when it sends these frames after the hello: opcodes, then the close code. */
async function talk(
  frames: unknown[],
  query = '?v=10&encoding=json',
): Promise<{ ops: number[]; closed: number }> {
  const socket = new WebSocket(`${bench.discord.url.replace('http', 'ws')}/gateway${query}`)
  const ops: number[] = []
  return new Promise(resolve => {
    socket.on('message', raw => {
      const { op } = JSON.parse(raw.toString()) as { op: number }
      ops.push(op)
      if (op === 10)
        for (const frame of frames) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
      if (op === 9) socket.close(1000)
    })
    socket.on('close', closed => resolve({ ops, closed }))
  })
}

const once = (client: Client, event: string) =>
  new Promise<unknown[]>(resolve => client.once(event, (...args) => resolve(args)))

describe('the gateway', () => {
  test('tells of members who join, change and leave, and of being kicked and invited again', async () => {
    const { discord, guild } = bench
    const client = await bench.login()
    const seen: string[] = []
    client.on('guildMemberAdd', member => void seen.push(`join ${member.user.username}`))
    client.on('guildMemberUpdate', (_old, member) => void seen.push(`roles ${member.roles.cache.size - 1}`))
    client.on('guildMemberRemove', member => void seen.push(`leave ${member.user.username}`))
    client.on('guildDelete', () => void seen.push('kicked'))
    client.on('guildCreate', () => void seen.push('invited'))
    const premium = discord.addRole(guild.id, { name: 'Premium' })
    const alice = discord.addMember(guild.id, { username: 'alice' })
    discord.setRoles(guild.id, alice.user.id, [premium.id])
    discord.removeMember(guild.id, alice.user.id)
    discord.kickBot(guild.id)
    discord.inviteBot(guild.id)
    await expect.poll(() => seen).toEqual(['join alice', 'roles 1', 'leave alice', 'kicked', 'invited'])
  })

  test('lets a dropped client resume and sends what it missed, once and in order', async () => {
    const { discord, guild } = bench
    const client = await bench.login()
    const joined: string[] = []
    client.on('guildMemberAdd', member => void joined.push(member.user.username))
    let readies = 0
    client.on('shardReady', () => readies++)
    const resumed = once(client, 'shardResume')
    discord.addMember(guild.id, { username: 'before' })
    await expect.poll(() => joined).toEqual(['before'])
    discord.dropGateway({ resumable: true })
    discord.addMember(guild.id, { username: 'one' })
    discord.addMember(guild.id, { username: 'two' })
    await resumed
    discord.addMember(guild.id, { username: 'after' })
    await expect.poll(() => joined).toEqual(['before', 'one', 'two', 'after'])
    expect(readies).toBe(0)
  })

  test('makes a client identify anew when its session is gone, and it sees the guilds as they are', async () => {
    const { discord, guild } = bench
    // The client's own throttle would wait five seconds between two identifies.
    const ws = { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) }
    const client = await bench.login(undefined, { ws })
    const ready = once(client, 'shardReady')
    discord.dropGateway({ resumable: false })
    discord.addRole(guild.id, { name: 'Meanwhile' })
    await ready
    expect(client.guilds.cache.get(guild.id)?.roles.cache.some(role => role.name === 'Meanwhile')).toBe(true)
    expect(discord.connected()).toBe(1)
  })

  test('refuses a wrong token, in REST and in the gateway', async () => {
    await expect(bench.client().login('wrong.token.here')).rejects.toThrow('An invalid token was provided')
    expect(bench.discord.refusals()[401]).toBe(1)
    const identify = { op: 2, d: { token: 'wrong', intents: 1, properties: {} } }
    expect(await talk([identify])).toEqual({ ops: [10], closed: 4004 })
  })

  test('ends the sessions of a token that was reset, and answers it 401 from then on', async () => {
    const { discord } = bench
    const client = await bench.login()
    const closed = once(client, 'shardDisconnect')
    client.on('error', () => {})
    const fresh = discord.resetToken()
    expect(await closed).toMatchObject([{ code: 4004 }, 0])
    await expect(client.rest.get('/users/@me')).rejects.toMatchObject({ status: 401, code: 0 })
    expect(fresh).not.toBe(client.token)
    await bench.login()
  })

  test('closes with 4014 on a privileged intent that is not allowed, and serves the rest without it', async () => {
    const { discord, guild } = bench
    discord.allowIntent('GuildMembers', false)
    await expect(bench.client().login(discord.token)).rejects.toThrow(/disallowed intents/i)
    const client = await bench.login(undefined, { intents: [GatewayIntentBits.Guilds] })
    await expect(client.rest.get(`/guilds/${guild.id}/members`)).rejects.toMatchObject({ code: 50001 })
    expect((await client.application.fetch()).flags.has('GatewayGuildMembersLimited')).toBe(false)
  })

  test('sends member events only to those who asked for them, and always what happens to the bot itself', async () => {
    const { discord, guild } = bench
    const client = await bench.login(undefined, { intents: [GatewayIntentBits.Guilds] })
    const seen: string[] = []
    client.on('raw', (packet: { t: string | null }) => void seen.push(String(packet.t)))
    discord.addMember(guild.id, { username: 'alice' })
    const role = discord.addRole(guild.id, { name: 'Premium' })
    discord.setRoles(guild.id, discord.botUserId, [discord.botRole(guild.id).id, role.id])
    await expect.poll(() => seen).toContain('GUILD_MEMBER_UPDATE')
    expect(seen).toContain('GUILD_ROLE_CREATE')
    expect(seen).not.toContain('GUILD_MEMBER_ADD')
  })

  test('spreads guilds over shards, and their events with them', async () => {
    const { discord } = bench
    for (let count = 0; count < 6; count++) discord.addGuild({ name: `Guild ${count}` })
    const clients = await Promise.all(
      [0, 1].map(shard => bench.login(undefined, { shards: [shard], shardCount: 2 })),
    )
    const seen = clients.map(client => [...client.guilds.cache.keys()])
    expect(seen.flat().sort()).toEqual(
      discord
        .guilds()
        .map(guild => guild.id)
        .sort(),
    )
    for (const [shard, guildIds] of seen.entries()) {
      for (const guildId of guildIds) expect(Number((BigInt(guildId) >> 22n) % 2n)).toBe(shard)
    }
  })

  test('gives members by id, by name, and all of them in chunks', async () => {
    const { discord, guild } = bench
    for (let number = 0; number < 1005; number++) discord.addMember(guild.id, { username: `user${number}` })
    const client = await bench.login()
    const members = client.guilds.cache.get(guild.id)?.members
    expect((await members?.fetch())?.size).toBe(1007)
    expect((await members?.fetch({ query: 'user100', limit: 3 }))?.size).toBe(3)
    expect((await members?.fetch({ user: [discord.botUserId] }))?.size).toBe(1)
  })

  test('closes with Discord’s codes on what no client should send', async () => {
    const { token } = bench.discord
    const identify = { op: 2, d: { token, intents: 1, properties: {} } }
    expect((await talk([{ op: 8, d: {} }])).closed).toBe(4003)
    expect((await talk(['not json'])).closed).toBe(4002)
    expect((await talk([identify, identify])).closed).toBe(4005)
    expect((await talk([{ op: 2, d: { token, intents: 1 << 30 } }])).closed).toBe(4013)
    expect((await talk([{ op: 2, d: { token, intents: 1, shard: [3, 2] } }])).closed).toBe(4010)
    expect((await talk([], '?v=6')).closed).toBe(4012)
    expect(
      await talk([
        { op: 1, d: null },
        { op: 6, d: { token, session_id: 'gone', seq: 4 } },
      ]),
    ).toEqual({
      ops: [10, 11, 9],
      closed: 1000,
    })
  })
})
