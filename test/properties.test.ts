import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addPayer, deliver, loseEvents, quiet, subscriptionOf } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, say, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  await say(world, world.admin, '/premium role role:@Premium')
  loseEvents(world)
})
afterAll(() => world.close())

const acts = fc.constantFrom('cancel', 'will cancel', 'note', 'another', 'leave', 'return')

it('any order, duplication and loss of events, and then one sweep, end in what Stripe says', async () => {
  let count = 0
  const act = async (user: string, what: string) => {
    const { id, customer, status } = subscriptionOf(world, user)
    if (what === 'another') {
      const [price] = world.stripe.objects.prices
      await world.sdk.subscriptions.create({ customer, items: [{ price: price?.id ?? '' }] })
    } else if (what === 'leave') {
      if (world.discord.member(world.guild, user)) world.discord.removeMember(world.guild, user)
    } else if (what === 'return') {
      if (!world.discord.member(world.guild, user))
        world.discord.addMember(world.guild, { id: user, username: user })
    } else if (status !== 'canceled') {
      if (what === 'cancel') await world.sdk.subscriptions.cancel(id)
      else if (what === 'note')
        await world.sdk.subscriptions.update(id, { metadata: { note: String(count) } })
      else await world.sdk.subscriptions.update(id, { cancel_at_period_end: true })
    }
  }

  await fc.assert(
    fc.asyncProperty(
      fc.array(acts, { maxLength: 6 }),
      fc.infiniteStream(fc.nat({ max: 1000 })),
      async (done, dice) => {
        const die = () => dice.next().value ?? 0
        const before = world.stripe.objects.events.length
        const user = await addPayer(world, `any${count++}`)
        for (const what of done) {
          await act(user, what)
          // Between two acts some of what was sent so far arrives: in any order, several times, or never.
          const events = world.stripe.objects.events
          const sent = events.slice(0, events.length - before)
          for (let arriving = die() % 4; arriving > 0 && sent.length > 0; arriving--)
            await deliver(world, { ...sent[die() % sent.length] })
          if (die() % 2) await quiet(world)
        }
        await quiet(world)
        await world.app.access.sweep.run({ what: 'sweep' })
        await quiet(world)
        const customer = subscriptionOf(world, user).customer
        const isPaying = world.stripe.objects.subscriptions.some(
          each => each.customer === customer && each.status === 'active',
        )
        const isHere = world.discord.member(world.guild, user) !== undefined
        await until('the chat to agree', () => holds(world, user) === (isPaying && isHere))
        const titles = world.discord.dms(user).map(({ embeds }) => embeds[0]?.title ?? '')
        for (let at = 1; at < titles.length; at++) expect(titles[at]).not.toBe(titles[at - 1])
      },
    ),
    { numRuns: 25, endOnFailure: true },
  )
}, 90_000)
