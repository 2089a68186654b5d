import { expect, it } from 'vitest'
import { runFuzz } from './fuzz/run.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 32)

it(`no door breaks, whatever comes in (FUZZ_SEED=${seed})`, async () => {
  const report = await runFuzz({ seed, inputs: 1_500 })
  expect(report.wrong).toEqual([])
  expect(Object.keys(report.answers).map(line => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['webhook', 'slack', 'pages', 'arguments', 'button']),
  )
}, 90_000)
