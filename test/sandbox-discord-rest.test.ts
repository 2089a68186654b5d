import { Routes } from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, openBench, refusalOf } from './sandbox-discord-client.ts'

let bench: Bench

beforeEach(async () => {
  bench = await openBench()
})

afterEach(() => bench.close())

const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

describe('members', () => {
  test('are listed by their ids, 1000 a page', async () => {
    const { discord, guild } = bench
    for (let number = 0; number < 1200; number++) discord.addMember(guild.id, { username: `user${number}` })
    const client = await bench.login()
    const page = async (after: string) =>
      (await client.rest.get(Routes.guildMembers(guild.id), {
        query: new URLSearchParams({ limit: '1000', after }),
      })) as { user: { id: string } }[]
    const first = await page('0')
    const second = await page(first.at(-1)?.user.id ?? '')
    expect([first.length, second.length]).toEqual([1000, 202])
    expect(new Set([...first, ...second].map(member => member.user.id)).size).toBe(1202)
  })
})

describe('rate limits', () => {
  test('come with every answer', async () => {
    const { discord } = bench
    const answer = await fetch(`${discord.apiBase}/v10/users/@me`, {
      headers: { authorization: `Bot ${discord.token}` },
    })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '49',
      'x-ratelimit-bucket': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      'x-ratelimit-reset-after': expect.stringMatching(/^[01]\.\d{3}$/) as string,
    })
  })

  test('refuse the request that is one too many with 429, and tell how long to wait', async () => {
    const own = await openBench({ limits: { globalPerSecond: 3 } })
    try {
      const headers = { authorization: `Bot ${own.discord.token}` }
      const answers = await Promise.all(
        many(4, () => fetch(`${own.discord.apiBase}/v10/users/@me`, { headers })),
      )
      const refused = answers.find(answer => answer.status === 429)
      expect(answers.filter(answer => answer.ok)).toHaveLength(3)
      expect(refused?.headers.get('x-ratelimit-global')).toBe('true')
      expect(refused?.headers.get('retry-after')).toBe('1')
      expect(await refused?.json()).toMatchObject({ message: 'You are being rate limited.', global: true })
      expect(own.discord.refusals()).toEqual({ 401: 0, 403: 0, 429: 1 })
    } finally {
      await own.close()
    }
  })

  test('are kept by a real client without one refusal', async () => {
    const own = await openBench({ limits: { bucket: () => ({ limit: 2, seconds: 0.2 }) } })
    try {
      const client = await own.login()
      await Promise.all(many(5, () => client.rest.get(Routes.guildRoles(own.guild.id))))
      expect(own.discord.refusals()[429]).toBe(0)
    } finally {
      await own.close()
    }
  })
})

describe('a fault', () => {
  const rolesOnly = (method: string, path: string) => method === 'PUT' && path.includes('/roles/')

  async function grant(retries = 0) {
    const { discord, guild } = bench
    const premium = discord.addRole(guild.id, { name: 'Premium' })
    const alice = discord.addMember(guild.id, { username: 'alice' })
    const client = await bench.login(undefined, { rest: { api: discord.apiBase, retries, timeout: 300 } })
    return {
      client,
      give: () => client.rest.put(Routes.guildMemberRole(guild.id, alice.user.id, premium.id)),
      held: () => discord.member(guild.id, alice.user.id)?.roles.length === 1,
    }
  }

  test('answers in place of the request', async () => {
    const { give, held } = await grant()
    bench.discord.faults.current = ({ method, path }) =>
      rolesOnly(method, path) ? { status: 503 } : undefined
    await expect(give()).rejects.toMatchObject({ status: 503 })
    expect(held()).toBe(false)
    bench.discord.faults.current = undefined
    await give()
    expect(held()).toBe(true)
  })

  test('can hang, or break the connection, and nothing is done', async () => {
    const { give, held } = await grant()
    bench.discord.faults.current = ({ method, path }) => (rolesOnly(method, path) ? 'hang' : undefined)
    await expect(give()).rejects.toMatchObject({ name: 'AbortError' })
    bench.discord.faults.current = ({ method, path }) => (rolesOnly(method, path) ? 'reset' : undefined)
    await expect(give()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(held()).toBe(false)
  })

  test('can lose the answer of a request that was done', async () => {
    const { give, held } = await grant()
    bench.discord.faults.current = ({ method, path }) =>
      rolesOnly(method, path) ? { lost: 'reset' } : undefined
    await expect(give()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(held()).toBe(true)
  })

  test('can be a rate limit, which a real client waits out', async () => {
    const { give, held } = await grant()
    let refused = 0
    bench.discord.faults.current = ({ method, path }) => {
      if (!rolesOnly(method, path) || refused++ > 0) return undefined
      return { rateLimit: { retryAfterSeconds: 0.2 } }
    }
    await give()
    expect(held()).toBe(true)
    expect(bench.discord.refusals()[429]).toBe(1)
  })

  test('can be a delay', async () => {
    const { give, held } = await grant()
    bench.discord.faults.current = ({ method, path }) =>
      rolesOnly(method, path) ? { delayMs: 50 } : undefined
    await give()
    expect(held()).toBe(true)
  })
})

test('an unknown route answers 404 in Discord’s shape and is logged', async () => {
  const logged: string[] = []
  const own = await openBench({ log: ({ method, path }) => void logged.push(`${method} ${path}`) })
  try {
    const client = await own.login()
    expect(await refusalOf(client.rest.get('/no/such/thing'))).toEqual({ status: 404, code: 0 })
    expect(logged).toEqual(['GET /no/such/thing'])
    expect(own.discord.requests().at(-1)).toMatchObject({
      method: 'GET',
      path: '/no/such/thing',
      status: 404,
    })
  } finally {
    await own.close()
  }
})

test('broken JSON is refused with 50109', async () => {
  const { discord, channelId } = bench
  const answer = await fetch(`${discord.apiBase}/v10/channels/${channelId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    body: '{"content":',
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code: 50109 })
})

test('an id that is none is refused with 50035', async () => {
  const client = await bench.login()
  expect(await refusalOf(client.rest.get('/guilds/nonsense'))).toEqual({ status: 400, code: 50035 })
})

test('a file over 10 MiB is refused with 40005, a request over all bounds too', async () => {
  const client = await bench.login()
  const send = (bytes: number) =>
    client.rest.post(Routes.channelMessages(bench.channelId), {
      files: [{ name: 'big.bin', data: Buffer.alloc(bytes) }],
    })
  expect(await refusalOf(send(10 * 1024 * 1024 + 1))).toEqual({ status: 413, code: 40005 })
  expect(await refusalOf(send(31 * 1024 * 1024))).toEqual({ status: 413, code: 40005 })
})

test('the reason for the audit log is kept with the request', async () => {
  const { discord, guild } = bench
  const client = await bench.login()
  const premium = discord.addRole(guild.id, { name: 'Premium' })
  const route = Routes.guildMemberRole(guild.id, guild.ownerId, premium.id)
  await client.rest.put(route, { reason: 'Paid for Pro ✓' })
  expect(discord.requests().at(-1)).toMatchObject({ method: 'PUT', status: 204, reason: 'Paid for Pro ✓' })
})
