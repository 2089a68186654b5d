import { afterEach, describe, expect, it } from 'vitest'
import { addPayer, joinMembers, nameOf, quiet, subscriptionOf, useLogChannel } from './support/failures.ts'
import {
  becomeMember,
  holds as isIn,
  type SlackWorld,
  read as slackRead,
  say as slackSay,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'
import { holds, read, say, startWorld, type World } from './support/world.ts'

let world: World
let close = async () => {}
afterEach(() => close())

const start = async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  close = () => world.close()
  const vip = world.discord.addRole(world.guild, { name: 'Vip' }).id
  world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 5)
  await say(world, world.admin, '/premium role role:@Premium')
  return vip
}

describe('changed settings', () => {
  it('move members from the old paid role to the new one', async () => {
    const vip = await start()
    await joinMembers(world, world.ada)
    const reply = read(await say(world, world.admin, '/premium role role:@Vip'))
    expect(reply).toContain('1 known member is being looked at')
    await until('the new role', () => holds(world, world.ada, vip))
    await until('the old role to go', () => !holds(world, world.ada))
    await quiet(world)
    const [entry] = await world.app.access.journal.of(`discord:${world.guild}`)
    expect(entry?.causes).toEqual([{ what: 'admin', by: nameOf(world, world.admin) }])
  })

  it('leave the old role with whoever held it before the bot came', async () => {
    const vip = await start()
    world.discord.setRoles(world.guild, world.ada, [world.premium])
    await joinMembers(world, world.ada)
    await say(world, world.admin, '/premium role role:@Vip')
    await until('the new role', () => holds(world, world.ada, vip))
    await quiet(world)
    expect(holds(world, world.ada)).toBe(true)
  })

  it("give a plan a role of its own, and leave the other plans' members alone", async () => {
    const vip = await start()
    await joinMembers(world, world.ada)
    await joinMembers(world, world.ben, 'pro_monthly')
    await say(world, world.admin, '/premium role role:@Vip plan:pro_monthly')
    await until('the new role', () => holds(world, world.ben, vip) && !holds(world, world.ben))
    await quiet(world)
    expect(holds(world, world.ada)).toBe(true)
    expect(holds(world, world.ada, vip)).toBe(false)
  })

  it('mend a deleted role: nobody waits for it once another one is set', async () => {
    const vip = await start()
    await useLogChannel(world)
    await joinMembers(world, world.ada)
    world.discord.deleteRole(world.guild, world.premium)
    const ben = await addPayer(world, 'bob')
    await say(world, world.admin, '/premium sync dry_run:true')
    await say(world, world.admin, '/premium role role:@Vip')
    await until('both to hold the new role', () => holds(world, world.ada, vip) && holds(world, ben, vip))
    await quiet(world)
  })

  it('keep the holders of a plan that is archived in Stripe, and sell it no more', async () => {
    await start()
    await joinMembers(world, world.ada)
    const price = subscriptionOf(world, world.ada).items.data[0]?.price.id ?? ''
    await world.sdk.prices.update(price, { active: false })
    await quiet(world)
    await say(world, world.admin, '/premium sync')
    expect(holds(world, world.ada)).toBe(true)
    expect(read(await say(world, world.ben, '/plans'))).not.toContain('basic_monthly')
  })

  it('wait for a bot that is kicked, and are made true when it is invited again', async () => {
    await start()
    await joinMembers(world, world.ada)
    world.discord.kickBot(world.guild)
    const paid = await addPayer(world, 'dora')
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
    world.discord.inviteBot(world.guild)
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 5)
    await until('what was paid for meanwhile', () => holds(world, paid))
    await until('what ended meanwhile', () => !holds(world, world.ada))
  })

  it('hold against an admin who takes a paid role away by hand', async () => {
    await start()
    await joinMembers(world, world.ada)
    world.discord.setRoles(world.guild, world.ada, [])
    await until('the role to be back', () => holds(world, world.ada))
    await quiet(world)
  })
})

describe('changed settings in Slack', () => {
  const startSlack = async (): Promise<{ slack: SlackWorld; den: string }> => {
    const slack = await startSlackWorld()
    close = () => slack.close()
    const den = slack.slack.addChannel(slack.team, { name: 'den', private: true, members: [slack.owner] }).id
    slack.slack.inviteBot(slack.team, den)
    await slackSay(slack, slack.owner, '/premium role #lounge')
    await becomeMember(slack, slack.ada)
    return { slack, den }
  }

  it('move members from the old channel to the new one', async () => {
    const { slack, den } = await startSlack()
    expect(slackRead(await slackSay(slack, slack.owner, '/premium role #den'))).toContain('being looked at')
    await until('the new channel', () => isIn(slack, slack.ada, den))
    await until('the old one to close', () => !isIn(slack, slack.ada))
    expect(isIn(slack, slack.owner)).toBe(true)
  })

  it('mend a deleted channel: nobody waits for it once another one is set', async () => {
    const { slack, den } = await startSlack()
    slack.slack.deleteChannel(slack.team, slack.lounge)
    await slack.slack.settled()
    await slackSay(slack, slack.owner, '/premium role #den')
    await until('the new channel', () => isIn(slack, slack.ada, den))
    await until('nothing to wait', () => slack.app.access.queue.waiting().count === 0)
  })
})
