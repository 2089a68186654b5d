import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAlone } from '../src/sandbox/alone.ts'
import { openStore } from '../src/store/store.ts'
import { operator } from './support/operator.ts'
import { runToEnd, startProcess } from './support/process.ts'
import { ownFolder } from './support/store.ts'
import { until } from './support/until.ts'
import { startWorld, type World } from './support/world.ts'

describe('starting', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
  })
  afterAll(() => world.close())

  const refusal = async (change: Record<string, string>) => {
    const environment = { ...world.environment, ...change }
    const { code, errors } = await runToEnd(environment)
    expect(code).toBe(1)
    for (const name of ['DISCORD_TOKEN', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'])
      if (environment[name]) expect(errors).not.toContain(environment[name])
    return errors.trim().split('\n')
  }

  it('with half of what a platform needs says what is missing, a line each', async () => {
    const lines = await refusal({ STRIPE_SECRET_KEY: '', STRIPE_WEBHOOK_SECRET: '' })
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^STRIPE_SECRET_KEY is missing/)
    expect(lines[1]).toMatch(/^STRIPE_WEBHOOK_SECRET is missing/)
  })

  it('with an empty webhook secret is refused', async () => {
    expect(await refusal({ STRIPE_WEBHOOK_SECRET: '' })).toEqual([
      expect.stringContaining('STRIPE_WEBHOOK_SECRET is empty'),
    ])
  })

  it('with a store that cannot be opened names it', async () => {
    const file = join(await ownFolder(), 'a-file')
    await writeFile(file, '')
    const lines = await refusal({ STORE_URL: `sqlite://${file}/velvet.sqlite` })
    expect(lines).toEqual([expect.stringMatching(/^STORE_URL.*a-file/)])
  })

  it('on an address that is not this machine’s names it', async () => {
    // Kept for documentation, so nobody has it (RFC 5737).
    expect(await refusal({ HOST: '192.0.2.1' })).toEqual([
      expect.stringContaining('HOST 192.0.2.1 is no address'),
    ])
  })

  it('on a port in use says so', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    expect(await refusal({ PORT: String(port) })).toEqual([expect.stringMatching(/^PORT \d+ is in use/)])
    server.close()
  })

  it('with a Discord token that is refused says where to get one', async () => {
    const lines = await refusal({ DISCORD_TOKEN: 'not.the.token' })
    expect(lines).toEqual([expect.stringMatching(/Discord refuses the bot token.*Developer Portal/)])
  })

  it('with a Stripe key that is refused says so', async () => {
    const lines = await refusal({ STRIPE_SECRET_KEY: 'sk_test_somebodyelses' })
    expect(lines).toEqual([expect.stringMatching(/Stripe refuses the secret key.*STRIPE_SECRET_KEY/)])
  })

  it('without the Server Members intent says what is lost, and goes on', async () => {
    world.discord.allowIntent('GuildMembers', false)
    const bot = await startProcess(world.environment)
    expect(bot.output()).toContain('Server Members intent is off')
    expect(await bot.terminate()).toBe(0)
    world.discord.allowIntent('GuildMembers', true)
  })

  // The script's `exec` leaves no shell between npm and the bot that could die of the signal alone. Windows knows no `exec`,
  // and goes on to what stands behind `||`.
  it('by npm ends with 0 when npm is told to end, and leaves nobody behind', async () => {
    const folder = await ownFolder()
    for (const name of ['package.json', 'dist', 'node_modules'])
      await symlink(resolve(name), join(folder, name))
    // Without `prestart`: what the other tests run is not to be compiled anew under them.
    const npm = spawn('npm', ['start', '--ignore-scripts'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        npm_config_cache: folder,
        ...world.environment,
        LOG_LEVEL: 'info',
      },
    })
    let output = ''
    npm.stdout.on('data', chunk => {
      output += chunk
    })
    await until('the bot to be ready', () => output.includes('"msg":"ready"'), 20_000)
    const ended = once(npm, 'exit')
    npm.kill('SIGTERM')
    const end = await ended
    const [, bot] = /"pid":(\d+)/.exec(output) ?? []
    expect(() => process.kill(Number(bot), 'SIGKILL')).toThrow('ESRCH')
    expect(end).toEqual([0, null])
  })

  it('twice registers the commands once', async () => {
    const puts = () =>
      world.discord.requests().filter(({ method, path }) => method === 'PUT' && path.includes('/commands'))
    const first = await startProcess(world.environment)
    await first.terminate()
    const before = puts().length
    const second = await startProcess(world.environment)
    await second.terminate()
    expect(puts().length).toBe(before)
  })
})

describe('starting with nothing set', () => {
  it('says that nothing is real, and serves the playground', async () => {
    const folder = await ownFolder()
    const began = performance.now()
    const bot = await startProcess({ PORT: '0', STORE_URL: `sqlite://${join(folder, 'sandbox.sqlite')}` })
    const took = performance.now() - began
    const page = await fetch(bot.url)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Velvet Rope')
    expect((await fetch(`${bot.url}/readyz`)).status).toBe(200)
    await expect(fetch(bot.url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow()
    expect(
      bot
        .output()
        .split('\n')
        .filter(line => line.includes('nothing here is real')),
    ).toHaveLength(1)
    const warnings = bot
      .output()
      .split('\n')
      .filter(line => /"level":[4-6]0/.test(line))
    expect(warnings).toEqual([])
    expect(await bot.terminate()).toBe(0)
    process.stdout.write(`sandbox ready after ${Math.round(took)} ms\n`)
  })

  it('empties the store of the last sandbox, and refuses to empty a real one', async () => {
    const url = `sqlite://${join(await ownFolder(), 'velvet.sqlite')}`
    const remembered = async () => {
      const store = await openStore(url)
      const found = await store.collection('settings').get('discord:1')
      await store.close()
      return found
    }
    const remember = async () => {
      const store = await openStore(url)
      await store.collection('settings').set('discord:1', { everyPlan: ['2'] })
      await store.close()
    }
    await remember()
    const { code, errors } = await runToEnd({ PORT: '0', STORE_URL: url })
    expect(code).toBe(1)
    expect(errors.trim().split('\n')).toEqual([
      expect.stringMatching(/^STORE_URL: .* is a real bot's.*Set the keys/),
    ])
    expect(await remembered()).toEqual({ everyPlan: ['2'] })

    const own = await openStore(url.replace('velvet', 'own'), { fresh: true })
    await own.collection('settings').set('discord:1', { everyPlan: ['2'] })
    await own.close()
    const bot = await startProcess({ PORT: '0', STORE_URL: url.replace('velvet', 'own') })
    expect(await bot.terminate()).toBe(0)
    const after = await openStore(url.replace('velvet', 'own'))
    expect(await after.collection('settings').get('discord:1')).toBeUndefined()
    await after.close()
  })

  it('is refused where others could reach it', async () => {
    const { code, errors } = await runToEnd({ PORT: '0', HOST: '0.0.0.0' })
    expect(code).toBe(1)
    expect(errors.trim()).toMatch(/^HOST 0\.0\.0\.0 would let others in.*127\.0\.0\.1 alone$/)
  })
})

describe('the far ends alone', () => {
  it('are met by a bot that has in its environment what they say', async () => {
    const far = await startAlone({ discord: 0, stripe: 0, slack: 0 }, () => undefined)
    try {
      const environment = { ...far.environment, PORT: '0', SWEEP_MINUTES: '0' }
      const bot = await startProcess({ ...environment, STORE_URL: `sqlite://${await ownFolder()}/a.sqlite` })
      expect((await fetch(`${bot.url}/readyz`)).status).toBe(200)
      expect(bot.output()).not.toContain('nothing here is real')
      expect(await bot.terminate()).toBe(0)
    } finally {
      await far.close()
    }
  })

  it('are each named when they refuse the bot at once', async () => {
    const far = await startAlone({ discord: 0, stripe: 0, slack: 0 }, () => undefined)
    try {
      const { code, errors } = await runToEnd({
        ...far.environment,
        PORT: '0',
        STORE_URL: `sqlite://${await ownFolder()}/a.sqlite`,
        DISCORD_TOKEN: 'not.the.token',
        SLACK_BOT_TOKEN: 'xoxb-not-the-token',
      })
      expect(code).toBe(1)
      expect(errors.trim().split('\n')).toEqual([
        expect.stringContaining('Discord refuses the bot token'),
        expect.stringContaining('Slack refuses SLACK_BOT_TOKEN'),
      ])
    } finally {
      await far.close()
    }
  })

  it('leave a doctor nothing to complain of', async () => {
    const far = await startAlone({ discord: 0, stripe: 0, slack: 0 }, () => undefined)
    try {
      const folder = await ownFolder()
      const environment = { ...far.environment, STORE_URL: `sqlite://${folder}/a.sqlite` }
      const { output } = await operator('doctor', { environment, folder })
      expect(output).toContain('✓ Stripe sends every event that is needed')
    } finally {
      await far.close()
    }
  })

  it('listen on 127.0.0.1 and on no other address', async () => {
    const { environment, close } = await startAlone({ discord: 0, stripe: 0, slack: 0 }, () => undefined)
    try {
      for (const name of ['DISCORD_API_BASE', 'SLACK_API_BASE', 'STRIPE_API_BASE']) {
        const base = environment[name] ?? ''
        expect((await fetch(base)).status, name).toBeGreaterThan(0)
        await expect(fetch(base.replace('127.0.0.1', '127.0.0.2')), name).rejects.toThrow()
      }
    } finally {
      await close()
    }
  })

  it('do not start beside real keys, and name each', async () => {
    const { code, errors } = await runToEnd(
      {
        DISCORD_TOKEN: 'somebody.elses.token',
        STRIPE_SECRET_KEY: 'sk_live_1',
        STRIPE_WEBHOOK_SECRET: 'whsec_sandbox',
      },
      'dist/src/sandbox/main.js',
    )
    expect(code).toBe(1)
    expect(errors.trim().split('\n')).toEqual([
      expect.stringMatching(/^DISCORD_TOKEN is set.*beside real keys/),
      expect.stringMatching(/^STRIPE_SECRET_KEY is set.*beside real keys/),
    ])
    expect(errors).not.toMatch(/somebody|sk_live/)
  })
})
