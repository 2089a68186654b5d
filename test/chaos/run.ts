import { until } from '../support/until.ts'
import { buttonsOf, press, read, say, startWorld, type World } from '../support/world.ts'
import { createActions } from './actions.ts'
import { createMortalBot, type MortalBot } from './bot.ts'
import { failAtRandom } from './faults.ts'
import { createOracle, type Person, type Rules, toldTooOften } from './oracle.ts'
import { type Chance, createChance } from './random.ts'

export interface ChaosPlan {
  seed: number
  members: number
  kills: number
  /** Actions between two kills, at most. */
  actions: number
  say?: (line: string) => void
}

export interface ChaosReport {
  kills: number
  /** How often what was done. */
  did: Record<string, number>
  holders: number
  told: number
  /** Everything that isn't as it should be; empty when all is well. */
  wrong: string[]
}

/**
 * A hundred people do what people do while every far end fails and the bot is killed again and again; then nothing fails
 * any more, and after one sweep everybody must hold what Stripe and the settings say.
 */
export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const chance = createChance(plan.seed)
  const world = await startWorld({ start: false, environment: { SWEEP_MINUTES: '0' } })
  const bot = await createMortalBot(world.environment)
  try {
    const [endpoint] = world.stripe.objects.endpoints
    await world.sdk.webhookEndpoints.update(endpoint?.id ?? '', { url: `${bot.url}/stripe/webhook` })
    return await suffer(plan, { world, bot, chance })
  } finally {
    await bot.kill()
    await world.close()
  }
}

async function suffer(
  plan: ChaosPlan,
  { world, bot, chance }: { world: World; bot: MortalBot; chance: Chance },
): Promise<ChaosReport> {
  const addRole = (name: string) => world.discord.addRole(world.guild, { name }).id
  const [second, third] = [addRole('Gold'), addRole('Silver')]
  const foreign = [addRole('Helper'), addRole('Artist'), addRole('Early bird')]
  const sold = [world.premium, second, third]
  world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 20)
  const people = Array.from({ length: plan.members }, (_, n): Person => {
    const { id } = world.discord.addMember(world.guild, { username: `member${n}` }).user
    // A tenth held the paid role before the bot was there: it is theirs for good.
    const byHand = n % 10 === 0 ? [world.premium] : []
    world.discord.setRoles(world.guild, id, byHand)
    return { id, byHand, starts: 0, ends: 0 }
  })
  const oracle = createOracle(world, sold)
  const act = createActions({ world, chance, oracle, foreign, sold })
  const did: Record<string, number> = {}
  const busy = new Set<Person>()
  const running = new Set<Promise<void>>()

  const begin = (): Promise<void> => {
    const person = chance.one(people)
    if (busy.has(person)) return Promise.resolve()
    busy.add(person)
    const done = act(person)
      .then(what => {
        if (what) did[what] = (did[what] ?? 0) + 1
      })
      .finally(() => {
        busy.delete(person)
        running.delete(done)
      })
    running.add(done)
    return done
  }

  const rules: Rules = { everyPlan: world.premium, byPlan: { pro_monthly: second } }
  const setRole = async (role: string, plan?: string) => {
    const line = `/premium role role:${role}${plan ? ` plan:${plan}` : ''}`
    const reply = await say(world, world.admin, line)
    // Where many would lose a role the bot wants an admin's word, and the next try finds nothing in the way.
    const [confirm] = read(reply).startsWith('This waits') ? buttonsOf(reply) : []
    if (confirm) await press(world, world.admin, reply, confirm.label).catch(() => undefined)
    return read(reply).startsWith('Done')
  }
  const changeRules = () =>
    setRole(chance.one([world.premium, third]), chance.is(0.5) ? 'pro_monthly' : undefined).catch(() => false)

  bot.start()
  await bot.ready()
  await setRole(rules.everyPlan)
  await setRole(second, 'pro_monthly')

  const heal = failAtRandom(world, chance)
  let kills = 0
  while (kills < plan.kills) {
    if (!bot.isRunning()) bot.start()
    if (chance.is(0.7)) await bot.ready().catch(() => undefined)
    if (chance.is(0.3)) {
      const changing = changeRules().then(() => void running.delete(changing))
      running.add(changing)
    }
    for (let left = 1 + chance.below(plan.actions); left > 0; left--) {
      const doing = begin()
      if (chance.is(0.8)) await Promise.race([doing, pause(400)])
    }
    await pause(chance.below(600))
    await bot.kill()
    kills++
    plan.say?.(`${kills} of ${plan.kills} kills, ${sum(did)} actions`)
  }
  await Promise.all(running)
  heal()

  bot.start()
  await bot.ready()
  // With a backlog of looks an answer may take longer than a person would watch for it.
  for (const [lookupKey, role] of [[undefined, rules.everyPlan], ...Object.entries(rules.byPlan)] as const)
    await until(
      `the role of ${lookupKey ?? 'every plan'}`,
      () => setRole(role ?? '', lookupKey).catch(() => false),
      60_000,
    )
  for (const { event, pending } of world.stripe.deliveries()) if (pending) world.stripe.resend(event)
  await calm(world, bot)

  // Some events are lost for good, and only a sweep can find what they were about.
  world.stripe.faults.delivery = () => 'drop'
  for (let lost = 0; lost < 6; lost++) await begin()
  await Promise.all(running)
  await bot.kill()
  bot.start({ SWEEP_MINUTES: '360' })
  await bot.ready()
  await until('the sweep', () => bot.output().includes('"swept"'), 60_000)
  await calm(world, bot)

  const wrong = [
    ...bot.accidents,
    ...people.flatMap(person =>
      [...oracle.complaints(person, rules), ...toldTooOften(world, person)].map(complaint =>
        [`${person.id} ${complaint}`, ...bot.lines(person.id)].join('\n'),
      ),
    ),
  ]
  return {
    kills,
    did,
    holders: people.filter(({ id }) => oracle.plans(id).length > 0).length,
    told: people.reduce((all, { id }) => all + world.discord.dms(id).length, 0),
    wrong,
  }
}

async function calm(world: World, bot: MortalBot): Promise<void> {
  await until(
    'every look to be had',
    async () => {
      await world.stripe.settled()
      return (await bot.waiting()) === 0
    },
    90_000,
  )
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0)
