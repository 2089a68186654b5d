import { describe, expect, it } from 'vitest'
import { text } from '../src/text.ts'
import { aCommunity, minute, now } from './support/checked.ts'

const refusal = (id: string) => ({ id, what: text`${id} is closed.`, fix: text`Open ${id}.` })

describe('what the status says of the bot', () => {
  it('is one line for each thing while all is well', async () => {
    const { look } = await aCommunity()
    expect(await look('The bot')).toEqual([
      '✓ All is well.',
      '✓ No look waits.',
      '✓ The last look at everybody ended 2026-01-02 12:00: 7 compared, 3 mended.',
      '✓ The bot can write into the log channel #general.',
    ])
  })

  it('is that a chat which was turned off takes nothing from anybody', async () => {
    const { world, look } = await aCommunity()
    world.isConnected = false
    expect(await look('The bot')).toEqual([
      '✗ The chat of this community is not set up any more.',
      '→ Set its variables again and restart the bot; its members lose nothing until then.',
      '✓ No look waits.',
      '✓ The last look at everybody ended 2026-01-02 12:00: 7 compared, 3 mended.',
      '✓ The bot can write into the log channel #general.',
    ])
  })

  it.each([
    [1, 0, '✓ 1 look waits, the oldest since 2026-01-02 12:00.'],
    [2, 0, '✓ 2 looks wait, the oldest since 2026-01-02 12:00.'],
    [2, 5 * minute - 1, '✓ 2 looks wait, the oldest since 2026-01-02 11:55.'],
    [2, 5 * minute, '✗ 2 looks wait, the oldest since 2026-01-02 11:55.'],
  ])('is how long %i looks have waited, after %i ms', async (count, age, line) => {
    const { world, look } = await aCommunity()
    world.waiting = { count, oldest: now - age }
    const [, seen, fix] = await look('The bot')
    expect(seen).toBe(line)
    if (line.startsWith('✗'))
      expect(fix).toBe(
        "→ See that the bot runs; /premium why shows what somebody's look waits for, and the bot's log the rest.",
      )
  })

  it('is what stops this community, its chat or Stripe, and nothing of the others', async () => {
    const { world, look } = await aCommunity()
    const ours = ['stripe:key', 'discord', 'discord:1', 'discord:1:gold']
    world.closed = [...ours, 'slack', 'slack:1', 'discord:2', 'discord:10', 'discord:10:gold'].map(refusal)
    const seen = ours.flatMap(id => [`✗ ${id} is closed.`, `→ Open ${id}.`])
    expect((await look('The bot')).slice(1, -2)).toEqual(['✓ No look waits.', ...seen])
    world.waiting = { count: 2, oldest: now - minute }
    expect((await look('The bot')).slice(1, -2)).toEqual([
      '✓ 2 looks wait, the oldest since 2026-01-02 11:59.',
      ...seen,
    ])
    world.waiting = { count: 2, oldest: now - 5 * minute }
    expect((await look('The bot')).slice(1, -2)).toEqual([
      '✗ 2 looks wait, the oldest since 2026-01-02 11:55.',
      '→ They go on by themselves once the other lines in red are mended.',
      ...seen,
    ])
  })

  it('is that the sweep is turned off, though there was one', async () => {
    const { world, look } = await aCommunity()
    world.sweepMinutes = 0
    expect((await look('The bot'))[2]).toBe(
      '– The sweep is turned off (SWEEP_MINUTES is 0): /premium sync looks at everybody when you say so.',
    )
  })

  it('is that no sweep was ever finished', async () => {
    const { world, look } = await aCommunity()
    world.lastSweep = undefined
    expect((await look('The bot')).slice(2, 4)).toEqual([
      '✗ The bot never finished a look at everybody.',
      '→ It tries every 360 minutes; /premium sync does it now and says what is in the way.',
    ])
  })

  it('is whom the last sweep held back', async () => {
    const { world, lastSweep, look } = await aCommunity()
    world.lastSweep = { ...lastSweep, heldBack: 1 }
    expect((await look('The bot'))[2]).toBe(
      '✓ The last look at everybody ended 2026-01-02 12:00: 7 compared, 2 mended, 1 held back.',
    )
  })

  it('is that a sweep is overdue after two rounds and five minutes, and not before', async () => {
    const { world, lastSweep, look } = await aCommunity()
    world.sweepMinutes = 10
    world.lastSweep = { ...lastSweep, endedAt: now - 25 * minute }
    const ended = 'The last look at everybody ended 2026-01-02 11:35: 7 compared, 3 mended.'
    expect((await look('The bot'))[2]).toBe(`✓ ${ended}`)
    world.lastSweep = { ...lastSweep, endedAt: now - 25 * minute - 1 }
    expect((await look('The bot')).slice(2, 4)).toEqual([
      '✗ The last look at everybody ended 2026-01-02 11:34: 7 compared, 3 mended. The next one is overdue.',
      '→ /premium sync does it now and says what is in the way.',
    ])
  })

  it('is where notices go, or that they go nowhere', async () => {
    const { set, look } = await aCommunity()
    await set({ everyPlan: ['gold'], byPlan: {}, logChannel: 'nowhere' })
    expect((await look('The bot')).slice(3)).toEqual(['✗ It is broken.', '→ Mend it.'])
    await set({ everyPlan: ['gold'], byPlan: {} })
    expect((await look('The bot')).slice(3)).toEqual([
      '– No log channel is set; /premium log sets where notices for admins go.',
    ])
  })
})
