import { describe, plansOf } from '../../billing/registry.ts'
import { say } from '../terminal.ts'
import { workThrough } from '../work.ts'
import type { ImportDeps } from './import-deps.ts'
import { type RosterLine, readRoster } from './roster.ts'

interface Outcome {
  line: number
  kind: 'linked' | 'already' | 'refused'
  words: string
}

/** Links every line of the file that Stripe agrees to, and says for each what became of it; `false` where one was refused. */
export async function importRoster(file: string, deps: ImportDeps): Promise<boolean> {
  const { isApplied, stop } = deps
  const { lines, problems } = readRoster(file)
  const outcomes: Outcome[] = problems.map(({ line, why }) => ({ line, kind: 'refused', words: why }))
  const what = isApplied ? 'linking' : 'asking Stripe'
  const done = await workThrough(lines, { what, stop }, async each => {
    outcomes.push({ line: each.line, ...(await linkOne(each, deps)) })
  })

  for (const { line, words } of outcomes.sort((a, b) => a.line - b.line)) say(`line ${line}: ${words}`)
  const count = (kind: Outcome['kind']) => outcomes.filter(each => each.kind === kind).length
  say(
    `${count('linked')} ${isApplied ? 'linked' : 'to link'}, ${count('already')} linked before, ${count('refused')} refused`,
  )
  if (done < lines.length) say(`Stopped, ${lines.length - done} to go: run it again, it goes on from there.`)
  if (isApplied && count('linked'))
    say(
      'A running bot hears of them from Stripe (customer.updated) within seconds; one that is not running looks at them when it starts.',
    )
  if (lines.length === 0 && problems.length === 0) say('There is nobody in this file.')
  return count('refused') === 0
}

async function linkOne({ member, customer }: RosterLine, deps: ImportDeps): Promise<Omit<Outcome, 'line'>> {
  const { billing, isApplied } = deps
  const found = await billing.registry.read(customer)
  if ('none' in found) return { kind: 'refused', words: found.none }
  if (found.member && found.member !== member)
    return {
      kind: 'refused',
      words: `${customer} is the customer of ${found.member}; if that is wrong, change chat_member in its metadata in Stripe`,
    }
  if (found.unreadable)
    return {
      kind: 'refused',
      words: `${customer} carries chat_member "${found.unreadable}", which is nobody; clear it in Stripe if it is not in use`,
    }
  const plans = plansOf(found.subscriptions)
  const place = { member, customer, plans, inherited: deps.isAdopting ? plans : [] }
  const others = (await billing.customers.of(member)).filter(each => each !== customer)
  const pays = `${customer} (${describe(found.subscriptions)})`
  const beside = others.length ? `, beside ${others.join(', ')}` : ''
  if (found.isNamed && found.member === member) {
    if (isApplied) {
      await deps.links.remember(place)
      await deps.links.link(place)
    }
    return { kind: 'already', words: `${member} is linked to ${pays} already` }
  }
  if (isApplied) {
    await deps.links.remember(place)
    await billing.registry.assign(customer, member)
    await deps.links.link(place)
  }
  return { kind: 'linked', words: `${isApplied ? 'linked' : 'links'} ${member} to ${pays}${beside}` }
}
