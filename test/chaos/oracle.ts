import type { World } from '../support/world.ts'

/** What the test knows of a member besides what Stripe and Discord hold. */
export interface Person {
  id: string
  /** Roles that people gave by hand, sold ones among them: they stay whatever happens. */
  byHand: string[]
  /** How often they came to have access, and lost it. */
  starts: number
  ends: number
}

/** What the community sells: the roles of every plan, and of single ones. */
export interface Rules {
  everyPlan: string
  byPlan: Record<string, string>
}

/** What Stripe says, read from its objects without a line of the bot's code. */
export interface Oracle {
  /** Lookup keys of what somebody pays for now. */
  plans(user: string): string[]
  /** Remembers that an invoice's money went back for good. */
  takeBack(invoice: string): void
  /** What is wrong with what somebody holds; empty when nothing is. */
  complaints(person: Person, rules: Rules): string[]
}

/** The oracle of one world; its clock must not have passed anybody's days of grace. */
export function createOracle(world: World, sold: readonly string[]): Oracle {
  const takenBack = new Set<string>()

  const plans: Oracle['plans'] = user => {
    const { customers, subscriptions, invoices } = world.stripe.objects
    const name = `discord:${world.guild}:${user}`
    const theirs = new Set(
      customers.filter(({ metadata }) => metadata.chat_member === name).map(({ id }) => id),
    )
    const paying = subscriptions.filter(({ id, customer, status }) => {
      if (!theirs.has(customer) || !/^(active|trialing|past_due)$/.test(status)) return false
      const paid = invoices.find(
        each => each.parent?.subscription_details?.subscription === id && each.status === 'paid',
      )
      return !paid || !takenBack.has(paid.id)
    })
    return paying.flatMap(({ items }) => items.data.flatMap(({ price }) => price.lookup_key ?? []))
  }

  return {
    plans,
    takeBack: invoice => void takenBack.add(invoice),
    complaints(person, { everyPlan, byPlan }) {
      const held = world.discord.member(world.guild, person.id)?.roles
      if (!held) return []
      const paid = plans(person.id).map(plan => byPlan[plan] ?? everyPlan)
      const wanted = new Set([...paid, ...person.byHand])
      const wrong: string[] = []
      for (const role of wanted) if (!held.includes(role)) wrong.push(`lacks ${role}`)
      for (const role of held)
        if (!wanted.has(role)) wrong.push(`holds ${sold.includes(role) ? '' : 'foreign '}${role}`)
      return wrong
    },
  }
}

/** Whether somebody was told more often than there was something to tell. */
export function toldTooOften(world: World, { id, starts, ends }: Person): string[] {
  const titles = world.discord.dms(id).map(({ embeds }) => embeds[0]?.title ?? '')
  const welcomes = titles.filter(title => title.startsWith('Welcome')).length
  const goodbyes = titles.filter(title => title.includes('has ended')).length
  return [
    ...(welcomes > starts ? [`welcomed ${welcomes} times in ${starts} starts`] : []),
    ...(goodbyes > ends ? [`${goodbyes} goodbyes in ${ends} ends`] : []),
  ]
}
