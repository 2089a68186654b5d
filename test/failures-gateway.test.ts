import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinMembers, linkFor, quiet } from './support/failures.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await say(world, world.admin, '/premium role role:@Premium')
})
afterAll(() => world.close())

const newcomer = (username: string) => world.discord.addMember(world.guild, { username }).user.id
const membershipOf = (user: string) => world.app.access.memberships.get(`discord:${world.guild}:${user}`)
const connected = () => until('the connection', () => world.discord.connected() > 0, 20_000)

describe('a gateway that drops', () => {
  it.each([true, false])(
    'and takes the session up again (%s) goes on answering and hearing',
    async resumable => {
      const user = newcomer(`drop${resumable}`)
      await joinMembers(world, user)
      world.discord.dropGateway({ resumable })
      world.discord.removeMember(world.guild, user)
      await connected()
      expect(read(await say(world, world.ben, '/plans'))).toContain('Memberships')
      world.discord.addMember(world.guild, { id: user, username: 'back' })
      await until('the role', () => holds(world, user))
      await quiet(world)
    },
  )

  it.each([true, false])(
    'misses nobody who came, and nobody whose role was taken by hand, while it was away (resumed: %s)',
    async resumable => {
      const [early, robbed] = [newcomer(`early${resumable}`), newcomer(`robbed${resumable}`)]
      await joinMembers(world, robbed)
      const link = await linkFor(world, early)
      world.discord.removeMember(world.guild, early)
      world.stripe.pay(link)
      await until('the payment', async () => (await membershipOf(early))?.isGone)
      await quiet(world)
      world.discord.dropGateway({ resumable })
      world.discord.addMember(world.guild, { id: early, username: 'early' })
      world.discord.setRoles(world.guild, robbed, [])
      await connected()
      await until('both roles', () => holds(world, early) && holds(world, robbed))
      await quiet(world)
    },
  )
})

describe('a token that is reset', () => {
  it('stops every question, keeps what is paid for, and says so on the way that is left', async () => {
    const user = newcomer('paying')
    const link = await linkFor(world, user)
    world.discord.resetToken()
    await until('being deaf', () => world.discord.connected() === 0)
    world.stripe.pay(link)
    await until('the gate', () => world.app.access.gates.closed().some(({ id }) => id === 'discord'))
    const before = world.discord.requests().length
    await world.app.access.gates.check()
    expect(world.discord.requests().length - before).toBe(1)
    const checks = await world.app.access.checks(`discord:${world.guild}`)
    expect(JSON.stringify(checks)).toContain('Discord refuses the bot token.')
    expect((await fetch(`${world.app.url}/healthz`)).status).toBe(200)
    expect(world.app.access.queue.pending(`member:discord:${world.guild}:${user}`)).toBeDefined()
  })
})
