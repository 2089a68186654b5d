import { runChaos } from './run.ts'

const [seed = String(Date.now() % 2 ** 32), kills = '60', members = '100'] = process.argv.slice(2)
const print = (line: string) => process.stdout.write(`${line}\n`)

print(`npm run chaos -- ${seed} ${kills} ${members}   has the same dice again`)
const report = await runChaos({
  seed: Number(seed),
  kills: Number(kills),
  members: Number(members),
  actions: 240,
  say: print,
})
print(JSON.stringify(report, null, 2))
print(report.wrong.length ? `WRONG: ${report.wrong.length}` : 'everybody holds what they should')
process.exitCode = report.wrong.length ? 1 : 0
