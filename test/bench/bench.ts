import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startProcess } from '../support/process.ts'
import { until } from '../support/until.ts'
import { becomeMember, holds, linkOf, say, startWorld } from '../support/world.ts'
import { type Load, send, signed } from './load.ts'

const connections = 32
// Many short turns: a neighbour's busy second then falls on both sides alike.
const rounds = 21
const secondsEach = 1
const secret = 'whsec_bench'

const line = (words: string) => process.stdout.write(`${words}\n`)
const round = (n: number, digits = 0) => n.toFixed(digits)
const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN

/** Prints what the bot costs beside things with a name, in one run on one machine. */
async function main(): Promise<void> {
  const world = await startWorld({
    start: false,
    environment: { SWEEP_MINUTES: '0', STRIPE_WEBHOOK_SECRET: secret },
  })
  const [endpoint] = world.stripe.objects.endpoints
  await world.sdk.webhookEndpoints.del(endpoint?.id ?? '')
  const began = performance.now()
  const bot = await startProcess(world.environment)
  line(`ready to serve: ${round(performance.now() - began)} ms after \`node\` (far ends already running)`)
  world.stripe.listen({ url: `${bot.url}/stripe/webhook`, enabledEvents: ['*'], secret })

  // Acknowledgements: the real endpoint beside a server that only checks the signature, taking turns.
  const stranger = (await world.sdk.customers.create({})).id
  const events = signed(20, stranger, secret)
  const bare = await startBare()
  const targets = { bare: bare.url, bot: `${bot.url}/stripe/webhook` }
  const results = { bare: [] as Load[], bot: [] as Load[] }
  // The first round warms both up and doesn't count.
  for (let turn = 0; turn <= rounds; turn++)
    for (const name of turn % 2 ? (['bare', 'bot'] as const) : (['bot', 'bare'] as const)) {
      const load = await send(targets[name], events, { connections, seconds: secondsEach })
      if (load.failed) throw new Error(`${load.failed} deliveries failed`)
      if (turn > 0) results[name].push(load)
    }
  const middle = (name: 'bare' | 'bot', of: keyof Load) => median(results[name].map(load => load[of]))
  for (const [name, title] of [
    ['bare', 'bare Express, signature only'],
    ['bot', 'the endpoint, durable store'],
  ] as const)
    line(
      `${title}: ${round(middle(name, 'perSecond'))}/s, p50 ${round(middle(name, 'p50'))} ms, p99 ${round(middle(name, 'p99'))} ms`,
    )
  const ratios = results.bot
    .map(({ perSecond }, index) => perSecond / (results.bare[index]?.perSecond ?? 1))
    .sort((a, b) => a - b)
  const quarter = (n: number) => round(ratios[Math.floor((ratios.length * n) / 4)] ?? Number.NaN, 2)
  line(
    `ratio at ${connections} connections: ${quarter(2)} (median of ${rounds} rounds side by side, half of them between ${quarter(1)} and ${quarter(3)})`,
  )
  bare.stop()

  // From the event to the role, with far ends that answer at once: what the bot itself adds.
  const ways: number[] = []
  await becomeMember(world, world.ada)
  for (let n = 0; n < 15; n++) {
    const { id } = world.discord.addMember(world.guild, { username: `member${n}` }).user
    const link = linkOf(await say(world, id, '/subscribe plan:basic_monthly'))
    const paid = performance.now()
    world.stripe.pay(link)
    await until('the role', () => holds(world, id))
    ways.push(performance.now() - paid)
  }
  ways.sort((a, b) => a - b)
  line(
    `event to role: p50 ${round(ways[7] ?? 0)} ms, slowest of 15 ${round(ways[14] ?? 0)} ms (far ends answer at once)`,
  )

  // A renewal: what it asks of Stripe and of the chat.
  await until('quiet', async () => (await metric(bot.url, 'velvet_marks_waiting')) === 0)
  const [customer] = world.stripe.objects.customers
  const before = world.discord.requests().length
  let reads = 0
  world.stripe.faults.current = () => {
    reads++
    return undefined
  }
  const [renewal] = signed(1, customer?.id ?? '', secret)
  if (renewal) await fetch(`${bot.url}/stripe/webhook`, renewal)
  await until('the look', async () => reads > 0 && (await metric(bot.url, 'velvet_marks_waiting')) === 0)
  world.stripe.faults.current = undefined
  line(
    `one invoice.paid of a member: ${reads} Stripe reads, ${world.discord.requests().length - before} chat calls`,
  )

  line(`memory: ${round((await metric(bot.url, 'process_resident_memory_bytes')) / 1e6)} MB resident`)
  await bot.terminate()
  await world.close()
}

/** The named thing to compare with, in a process of its own as the bot is. */
async function startBare(): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./bare.js', import.meta.url)), secret])
  const [chunk]: Buffer[] = await once(child.stdout, 'data')
  return { url: String(chunk).trim(), stop: () => child.kill('SIGKILL') }
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  },
)
