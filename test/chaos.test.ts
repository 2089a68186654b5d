import { expect, it } from 'vitest'
import { runChaos } from './chaos/run.ts'

const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 32)

it(`whatever fails and however often the bot is killed, everybody ends up with what Stripe and the settings say (CHAOS_SEED=${seed})`, async () => {
  process.stdout.write(`chaos: CHAOS_SEED=${seed}\n`)
  const report = await runChaos({ seed, members: 30, kills: 6, actions: 40 })
  expect(report.wrong).toEqual([])
  expect(report.kills).toBe(6)
  expect(report.told).toBeGreaterThan(0)
}, 120_000)
