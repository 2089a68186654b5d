import { type CommandContext, defineCommand } from '../../src/command.ts'
import { csv } from '../../src/csv.ts'
import { UserError } from '../../src/errors.ts'
import { type CommunityId, type MemberId, parseMember, userOf } from '../../src/member.ts'
import { nearest } from '../../src/nearest.ts'
import { pageOf } from '../../src/paging.ts'
import { typedName } from '../../src/plan.ts'
import type { Reply } from '../../src/reply.ts'
import { bold, code, date, didYouMean, joinText, lines, mention, type Text, text } from '../../src/text.ts'

const membersPerPage = 10
const mostNames = 200
const namesAtOnce = 4
const mostChoices = 25

/** What somebody is here, in the order in which the first that fits is taken. */
const states = [
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
  'complimentary',
  'incomplete',
  'former',
] as const

/** Not what somebody is, but where: they left, and what they pay for waits. */
const left = 'left'

type State = (typeof states)[number]
type Membership = NonNullable<Awaited<ReturnType<CommandContext['access']['memberships']['get']>>>
type Subscription = Awaited<ReturnType<CommandContext['billing']['subscriptions']['of']>>[number]

interface Row {
  member: MemberId
  membership: Membership
  state: State
}

export default defineCommand({
  description: 'Who is a member: their plan, state and dates; also as a file',
  access: 'admin',
  options: [
    {
      name: 'plan',
      description: 'only this plan',
      type: 'text',
      async complete({ access, billing, community }, typed) {
        const [tiers, { byPlan }] = await Promise.all([
          billing.catalog.tiers(),
          access.settings.of(community),
        ])
        const sold = new Map(
          tiers.flatMap(({ plans }) => plans.map(plan => [plan.lookupKey, typedName(plan)] as const)),
        )
        const found = choices([...new Set([...sold.keys(), ...Object.keys(byPlan)])], typed)
        return found.map(({ label }) => ({ label, value: sold.get(label) ?? label }))
      },
    },
    {
      name: 'state',
      description: 'only those who are: active, past_due, complimentary, left, former, …',
      type: 'text',
      complete: async (_, typed) => choices([...states, left], typed),
    },
    { name: 'export', description: 'as a CSV file, for you alone', type: 'yes-no' },
    { name: 'page', description: 'which page', type: 'number', internal: true },
  ],
  async run(context): Promise<Reply> {
    const { billing, options } = context
    const [named, state] = [options.text('plan'), stateOf(options.text('state'))]
    const sold = named ? (await billing.catalog.find(named))?.plan : undefined
    const plan = sold?.lookupKey ?? named
    const all = await everybody(context)
    const wanted = all.filter(
      row =>
        (!plan || row.membership.plans.includes(plan)) &&
        // Whoever has nothing any more is listed only when asked for.
        (state === left ? row.membership.isGone : state ? row.state === state : row.state !== 'former'),
    )
    if (wanted.length === 0) return nobody(all, plan, state)
    if (options.yes('export')) return exported(context, wanted)

    // A lookup key may be longer than a button can carry.
    const filters = [plan && `plan:"${sold?.priceId ?? plan}"`, state && `state:${state}`]
      .filter(Boolean)
      .join(' ')
    const line = `premium members ${filters}`.trim()
    const page = pageOf(wanted, options.number('page') ?? 1, membersPerPage, line)
    const shown = await Promise.all(page.items.map(row => lineOf(context, row)))
    return {
      title: text`${wanted.length} ${wanted.length === 1 ? 'member' : 'members'}`,
      text: lines(...shown, page.words ? text`${page.words}` : undefined),
      buttons: [...page.buttons, { label: 'Export as CSV', run: `${line} export:yes` }],
    }
  },
})

async function everybody({ access, community, now }: CommandContext): Promise<Row[]> {
  const rows: Row[] = []
  for await (const [key, membership] of access.memberships.entries(`${community}:`)) {
    const parsed = parseMember(key)
    if (parsed) rows.push({ member: parsed.member, membership, state: whatTheyAre(membership, now()) })
  }
  return rows
}

function whatTheyAre({ statuses = [], plans, complimentary }: Membership, now: number): State {
  const known = states.find(state => statuses.includes(state))
  const isGiven = complimentary && (complimentary.until ?? Number.POSITIVE_INFINITY) > now
  // A gift carries somebody whose subscription unlocks nothing.
  if (isGiven && plans.length === 0) return 'complimentary'
  return known ?? (plans.length ? 'active' : 'former')
}

function stateOf(typed: string | undefined): State | typeof left | undefined {
  if (!typed) return undefined
  const known = [...states, left] as const
  const found = known.find(state => state === typed.toLowerCase())
  if (found) return found
  throw new UserError(
    text`There is no state ${code(typed.slice(0, 50))}. ${didYouMean(nearest(typed, known))}States are ${known.join(', ')}.`,
  )
}

function nobody(all: Row[], plan: string | undefined, state: string | undefined): Reply {
  if (!plan && !state)
    return {
      text: all.length
        ? text`Nobody is a member now; ${code('/premium members state:former')} shows who was.`
        : text`Nobody is a member yet. ${code('/premium status')} shows whether anything is in the way.`,
    }
  const plans = [...new Set(all.flatMap(({ membership }) => membership.plans))]
  return {
    text: text`Nobody fits. ${plan ? didYouMean(nearest(plan, plans)) : undefined}${code('/premium members')} lists everybody.`,
  }
}

async function lineOf({ billing }: CommandContext, row: Row): Promise<Text> {
  const { member, membership, state } = row
  const subscriptions = await billing.subscriptions.of(await billing.customers.of(member))
  const { since, until } = datesOf(subscriptions, membership)
  return joinText(
    [
      text`${mention(member)}`,
      membership.plans.length ? text`${bold(membership.plans.join(', '))}` : undefined,
      text`${state}${membership.isGone ? ', left' : ''}${membership.complimentary && state !== 'complimentary' ? ', complimentary too' : ''}`,
      since ? text`since ${date(since)}` : undefined,
      until ? text`until ${date(until)}` : undefined,
    ],
    ' · ',
  )
}

/** Since when they are members without a break that Stripe knows of, and when that ends if it is decided. */
function datesOf(subscriptions: Subscription[], { complimentary }: Membership) {
  const live = subscriptions.filter(({ status }) => !status.startsWith('incomplete'))
  const ends = live.map(({ endsAt }) => endsAt)
  const since = live.length ? Math.min(...live.map(({ startedAt }) => startedAt)) : undefined
  if (complimentary) ends.push(complimentary.until)
  const isOpen = ends.length === 0 || ends.includes(undefined)
  return { since, until: isOpen ? undefined : Math.max(...ends.map(end => end ?? 0)) }
}

async function exported(context: CommandContext, rows: Row[]): Promise<Reply> {
  const { billing, community, now, progress } = context
  progress({ text: text`Asking Stripe about everybody…` })
  const bought = await boughtBy(context)
  const table: string[][] = []
  const names = await namesOf(context, rows)
  for (const [index, { member, membership, state }] of rows.entries()) {
    const { since, until } = datesOf(bought.get(member) ?? [], membership)
    const { complimentary, plans, given, isGone } = membership
    table.push([
      userOf(member),
      names[index] ?? '',
      plans.join(' '),
      state,
      day(since),
      day(until),
      isGone ? 'yes' : 'no',
      given.join(' '),
      (await billing.customers.of(member)).join(' '),
      complimentary?.reason ?? '',
    ])
  }
  const head = 'user name plan state since until left roles stripe_customers reason'.split(' ')
  return {
    title: text`${rows.length} ${rows.length === 1 ? 'member' : 'members'}, as a file`,
    text: lines(
      text`It is yours alone. It names people and their Stripe customers: keep it where that belongs.`,
      rows.length > mostNames ? text`Names are filled in for the first ${mostNames}.` : undefined,
    ),
    file: { name: `members-${fileName(community)}-${day(now())}.csv`, content: csv([head, ...table]) },
  }
}

// One walk through Stripe, whoever many they are.
async function boughtBy({ billing }: CommandContext): Promise<Map<MemberId, Subscription[]>> {
  const bought = new Map<MemberId, Subscription[]>()
  for (const [customer, { member: named, subscriptions }] of await billing.subscriptions.everybody()) {
    const member = named ?? (await billing.customers.known(customer))
    if (member) bought.set(member, [...(bought.get(member) ?? []), ...subscriptions])
  }
  return bought
}

async function namesOf({ access, community, progress }: CommandContext, rows: Row[]): Promise<string[]> {
  const platform = access.chat.platform(community)
  const asked = rows.slice(0, mostNames)
  const names: string[] = []
  const waiting = asked.entries()
  const worker = async () => {
    for (const [index, { member }] of waiting) {
      names[index] = (await platform?.memberName(member)) ?? ''
      if (index % 25 === 24) progress({ text: text`${index + 1} of ${asked.length} names…` })
    }
  }
  await Promise.all(Array.from({ length: namesAtOnce }, worker))
  return names
}

const choices = (words: readonly string[], typed: string) =>
  words
    .filter(word => word.toLowerCase().includes(typed.toLowerCase()))
    .slice(0, mostChoices)
    .map(word => ({ label: word, value: word }))

const day = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10))

const fileName = (community: CommunityId) => community.replace(/[^A-Za-z0-9]+/g, '-')
