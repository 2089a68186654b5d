import type { Membership } from '../../access/membership.ts'
import type { Billing } from '../../billing/billing.ts'
import { plansOf } from '../../billing/registry.ts'
import { communityOf } from '../../member.ts'
import type { Store } from '../../store/store.ts'
import { readEverybody } from '../everybody.ts'
import { openLinks, type Place, unaccounted } from '../links.ts'
import { createProgress } from '../progress.ts'
import { say } from '../terminal.ts'
import { workThrough } from '../work.ts'

// Whoever ended earlier than this lost the role while the store was still there to say so.
const forgottenMs = 30 * 86_400_000

/** Makes links, memberships and marks from what Stripe carries. What is there already stays as it is. */
export async function rebuild(deps: {
  billing: Billing
  store: Store
  stop: AbortSignal
  /** Those whom the bot met since the store was lost count as forgotten too. */
  isAdopting: boolean
}): Promise<void> {
  const { billing, store, stop, isAdopting } = deps
  const links = openLinks({ billing, store, command: 'rebuild' })
  const places = await readPlaces(billing, stop)
  let restored = 0
  let met = 0
  const done = await workThrough(places, { what: 'restoring', stop }, async place => {
    const isForgotten = await links.remember(place)
    const isAdopted = isAdopting && (await links.adopt(place))
    const isLinked = await links.link(place)
    if (isForgotten || isAdopted || isLinked) restored++
    if (!isForgotten && !isAdopted && (await isDoubtful(store, place))) met++
  })

  say(
    `${restored} of the chat's ${places.length} customers restored, ${done - restored} were as Stripe has them`,
  )
  if (stop.aborted) return say('Stopped: run it again, it goes on from there.')
  if (met)
    say(
      `${met} of them were looked at since the store was lost, or changed plans since its copy was made: a paid role that they ` +
        'hold and the store has not written down counts as given by somebody else, and stays when they stop paying. If it ' +
        'was the bot that gave it: npm run rebuild -- --adopt',
    )
  for (const community of new Set(places.map(({ member }) => communityOf(member))))
    if (!(await store.collection('settings').get(community)))
      say(
        `${community} has no paid role: set it there with /premium role; /premium status says what else is missing`,
      )
  say('Now start the bot, or start it again: it looks at everybody.')
}

async function readPlaces(billing: Billing, stop: AbortSignal): Promise<Place[]> {
  const reading = createProgress({ what: 'reading subscriptions' })
  const history = await billing.registry.history(Date.now() - forgottenMs, reading.at).finally(reading.end)
  const everybody = await readEverybody(billing, stop)
  for (const { customer, unreadable } of everybody)
    if (unreadable !== undefined)
      say(
        `${customer}: chat_member is "${unreadable}", which is nobody; mend it in Stripe and run this again`,
      )
  return everybody.flatMap(({ customer, member, subscriptions }) =>
    member
      ? [
          {
            member,
            customer,
            plans: plansOf(subscriptions),
            inherited: [...(history.get(customer) ?? [])].sort(),
          },
        ]
      : [],
  )
}

// The store has them without a role of the bot's for what they subscribed to: perhaps it only forgot that it gave one.
async function isDoubtful(store: Store, { member, inherited }: Place): Promise<boolean> {
  const membership = await store.collection<Membership>('memberships').get(member)
  return membership !== undefined && !membership.inherited && unaccounted(membership, inherited).length > 0
}
