import { describe, plansOf } from '../../billing/registry.ts'
import { readEverybody } from '../everybody.ts'
import { say } from '../terminal.ts'
import { workThrough } from '../work.ts'
import type { ImportDeps } from './import-deps.ts'

/** Links every customer that carries `chat_member` and that the store doesn't know yet; `false` where one names nobody. */
export async function importFromMetadata(deps: ImportDeps): Promise<boolean> {
  const { billing, links, isApplied, isAdopting, stop } = deps
  const everybody = await readEverybody(billing, stop)
  const unreadable = everybody.filter(each => each.unreadable !== undefined)
  for (const each of unreadable)
    say(`${each.customer}: chat_member is "${each.unreadable}", which is nobody; mend it in Stripe`)

  const strangers = everybody.filter(each => !each.member && each.unreadable === undefined)
  let linked = 0
  let before = 0
  const named = everybody.flatMap(({ customer, member, subscriptions }) => {
    const plans = plansOf(subscriptions)
    return member ? [{ customer, member, subscriptions, plans, inherited: isAdopting ? plans : [] }] : []
  })
  const done = await workThrough(named, { what: isApplied ? 'linking' : 'comparing', stop }, async each => {
    const isNew = (await billing.customers.known(each.customer)) !== each.member
    if (isNew) linked++
    else before++
    if (isNew && !isApplied) say(`links ${each.member} to ${each.customer} (${describe(each.subscriptions)})`)
    if (!isApplied) return
    await links.remember(each)
    await links.link(each)
  })
  say(
    `${linked} ${isApplied ? 'linked' : 'to link'}, ${before} linked before, ${unreadable.length} name nobody, ` +
      `${strangers.length} are none of the chat's`,
  )
  if (stop.aborted || done < named.length) say('Stopped: run it again, it goes on from there.')
  if (isApplied && linked)
    say(
      'The bot looks at them when it starts; one that is running, at its next sweep or after /premium sync.',
    )
  return unreadable.length === 0
}
