import { runFuzz } from './run.ts'

const [seed = String(Date.now() % 2 ** 32), inputs = '100000'] = process.argv.slice(2)
const print = (line: string) => process.stdout.write(`${line}\n`)
const mostGrowth = 48

print(`npm run fuzz -- ${seed} ${inputs}   throws the same again`)
const { wrong, heap, answers } = await runFuzz({ seed: Number(seed), inputs: Number(inputs), say: print })
print(JSON.stringify(answers, null, 2))
for (const each of wrong.slice(0, 20)) print(`WRONG: ${each}`)
const [early, late] = heap
print(`heap: ${early} MB at a tenth of the way, ${late} MB at the end`)
const isFlat = late <= early + mostGrowth
if (!isFlat) print('WRONG: memory grows')
process.exit(wrong.length || !isFlat ? 1 : 0)
