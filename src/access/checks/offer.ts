import { code, joinText, roleMention, type Text, text } from '../../text.ts'
import { allRoles } from '../settings.ts'
import { bad, type Check, type CheckDeps, good, open, problem, safely } from './check.ts'

const mostNamed = 10

/** The paid roles and the plans: is there something to sell, and can the bot give it? */
export async function checkOffer(deps: CheckDeps): Promise<Check[]> {
  const rules = await deps.access.settings.of(deps.community)
  const roles = allRoles(rules)
  return [
    ...(roles.length
      ? (await Promise.all(roles.map(role => checkRole(deps, role)))).flat()
      : [
          bad(
            text`No paid ${wordOf(deps)} is set, so nothing is for sale.`,
            text`Choose one with ${code('/premium setup')} or ${code('/premium role')}.`,
          ),
        ]),
    ...(await safely('The plans', () => checkPlans(deps, roles.length > 0, Object.keys(rules.byPlan)))),
  ]
}

const wordOf = ({ access, community }: CheckDeps) => access.chat.platform(community)?.roleWord ?? 'role'

const checkRole = ({ access, community }: CheckDeps, role: string): Promise<Check[]> =>
  safely('A paid role', async () => {
    const problems = (await access.chat.platform(community)?.roles.check(community, role)) ?? []
    return problems.length ? problems.map(problem) : [good(text`The bot can give ${roleMention(role)}.`)]
  })

async function checkPlans(
  { access, billing, community }: CheckDeps,
  hasRoles: boolean,
  withOwnRole: string[],
): Promise<Check[]> {
  // What was changed in Stripe a moment ago is just what an admin wants to see here.
  billing.catalog.refresh()
  const [tiers, onSale, unnamed] = await Promise.all([
    billing.catalog.tiers(),
    access.onSale(community),
    billing.account.unnamedPrices(),
  ])
  const known = tiers.flatMap(({ plans }) => plans.map(({ lookupKey }) => lookupKey))
  const sold = onSale.flatMap(({ plans }) => plans.map(({ lookupKey }) => lookupKey))
  const gone = withOwnRole.filter(lookupKey => !known.includes(lookupKey))
  const checks: Check[] = []
  if (sold.length)
    checks.push(
      good(text`${sold.length} ${sold.length === 1 ? 'plan is' : 'plans are'} on sale: ${list(sold)}.`),
    )
  else if (known.length === 0)
    checks.push(
      bad(
        text`Stripe has no active recurring price with a lookup key, so there is no plan to sell.`,
        unnamed.length
          ? text`Give ${list(unnamed)} a lookup key in the Stripe dashboard (Product catalog, the price, Edit).`
          : text`Make one in the Stripe dashboard (Product catalog), or run ${code('npm run seed')} for three examples.`,
      ),
    )
  else if (hasRoles)
    checks.push(
      bad(
        text`No plan that Stripe has is on sale here: ${list(known)}.`,
        text`Say what they unlock with ${code('/premium role')}.`,
      ),
    )
  for (const lookupKey of gone)
    checks.push(
      bad(
        text`The plan ${code(lookupKey)} unlocks something here, but Stripe has no active price with that lookup key. Who has it keeps it; nobody can buy it.`,
        text`Unarchive its price and product in the Stripe dashboard (Product catalog), or move the lookup key to the price that replaces it.`,
      ),
    )
  if (unnamed.length && known.length)
    checks.push(
      open(
        text`${unnamed.length} active ${unnamed.length === 1 ? 'price has' : 'prices have'} no lookup key and can't be bought here: ${list(unnamed)}.`,
      ),
    )
  return checks
}

/** A few names, and how many more. */
export const list = (names: readonly string[]): Text =>
  joinText(
    [
      ...names.slice(0, mostNamed).map(name => text`${code(name)}`),
      names.length > mostNamed ? text`${names.length - mostNamed} more` : undefined,
    ],
    ', ',
  )
