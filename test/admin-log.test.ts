import { PermissionFlagsBits } from 'discord.js'
import { afterEach, describe, expect, it } from 'vitest'
import { choose, sayToEnd } from './support/admin.ts'
import { customerOf, joinMembers, logLines, nameOf, quiet, subscriptionOf } from './support/failures.ts'
import { read as slackRead, say as slackSay, startSlackWorld } from './support/slack-world.ts'
import { until } from './support/until.ts'
import { buttonsOf, holds, press, read, say, startWorld, type World } from './support/world.ts'

let world: World
let close = async () => {}
afterEach(() => close())

const start = async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  close = () => world.close()
  await say(world, world.admin, '/premium role role:@Premium')
}

const logChannel = async () => (await world.app.access.settings.of(`discord:${world.guild}`)).logChannel

const line = (word: string) => until(word, () => logLines(world).some(each => each.includes(word)))

describe('/premium log', () => {
  it('posts a first line into the channel, and sets it with who did so', async () => {
    await start()
    const reply = read(await say(world, world.admin, `/premium log channel:<#${world.channel}>`))
    expect(reply).toContain(`<#${world.channel}>`)
    expect(logLines(world)[0]).toContain('Notices about memberships come here')
    expect(await logChannel()).toBe(world.channel)
    const [entry] = await world.app.access.journal.of(`discord:${world.guild}`)
    expect(entry?.causes).toEqual([{ what: 'admin', by: nameOf(world, world.admin) }])
  })

  it('refuses a channel where the bot may not write, with the fix', async () => {
    await start()
    const { id } = world.discord.addChannel(world.guild, {
      name: 'staff',
      overwrites: [{ id: world.guild, type: 0, allow: '0', deny: String(PermissionFlagsBits.ViewChannel) }],
    })
    const reply = read(await say(world, world.admin, `/premium log channel:<#${id}>`))
    expect(reply).toContain("can't write into")
    expect(reply).toContain('View Channel')
    expect(await logChannel()).toBeUndefined()
  })

  it('offers the channels when none is named, and stops when told to', async () => {
    await start()
    const offer = await say(world, world.admin, '/premium log')
    expect(read(offer)).toContain('Notices go nowhere')
    const [name] = [...world.discord.guild(world.guild).channels.values()].map(each => `#${each.name}`)
    await choose(world, world.admin, offer, 'Where notices for admins go', name ?? '')
    expect(await logChannel()).toBe(world.channel)
    await press(world, world.admin, await say(world, world.admin, '/premium log'), 'Send no notices')
    expect(await logChannel()).toBeUndefined()
  })

  it('hears of a start, a repair, a failure and its mending, and an end, one line each', async () => {
    await start()
    await say(world, world.admin, `/premium log channel:<#${world.channel}>`)
    await joinMembers(world, world.ada)
    await line('Started')
    world.discord.setRoles(world.guild, world.ada, [])
    await until('the role to be back', () => holds(world, world.ada))
    await line('Repaired')
    world.discord.moveRole(world.guild, world.premium, 3)
    world.discord.setRoles(world.guild, world.ada, [])
    await line('Needs you')
    expect(logLines(world).join('\n')).toContain("move the bot's role above @Premium")
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 5)
    await line('Mended')
    await until('the role to be back', () => holds(world, world.ada))
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ada).id)
    await line('Ended')
    await quiet(world)
    expect(logLines(world).join('\n')).not.toMatch(/https?:|4242/)
  })

  it('hears of a dispute, of its end, and of money that went back', async () => {
    await start()
    await say(world, world.admin, `/premium log channel:<#${world.channel}>`)
    await joinMembers(world, world.ada)
    const customer = customerOf(world, world.ada)
    const charge = world.stripe.objects.charges.find(each => each.customer === customer)
    const dispute = await world.stripe.dispute(charge?.id ?? '')
    await line('Dispute')
    expect(holds(world, world.ada)).toBe(true)
    await world.stripe.closeDispute(dispute.id, 'lost')
    await line('Money back')
    await line('Dispute closed')
    await until('the role to go', () => !holds(world, world.ada))
  })

  it('sends a greeting to whoever adds the bot, with the way to set it up', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    close = () => world.close()
    world.discord.kickBot(world.guild)
    world.discord.inviteBot(world.guild)
    await until('the greeting', () => world.discord.messages(world.channel).length > 0)
    const [greeting] = world.discord.messages(world.channel)
    if (!greeting) throw new Error('no greeting')
    expect(read(greeting)).toContain('Velvet Rope is here')
    expect(read(await press(world, world.ada, greeting, 'Set up'))).toContain('Only admins')
    expect(read(await press(world, world.admin, greeting, 'Set up'))).toContain('Set up memberships')
    await say(world, world.admin, '/premium role role:@Premium')
    await sayToEnd(world, world.admin, '/premium sync')
  })

  it('sends the greeting to the owner where no channel is open, with nothing to press that would refuse them', async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    close = () => world.close()
    const { ownerId, channels } = world.discord.guild(world.guild)
    world.discord.kickBot(world.guild)
    for (const channel of channels.values())
      channel.permission_overwrites = [
        { id: world.guild, type: 0, allow: '0', deny: String(PermissionFlagsBits.ViewChannel) },
      ]
    world.discord.inviteBot(world.guild)
    await until('the greeting', () => world.discord.dms(ownerId).length > 0)
    const [greeting] = world.discord.dms(ownerId)
    expect(greeting && read(greeting)).toContain('with `/premium setup`')
    expect(greeting && buttonsOf(greeting)).toEqual([])
  })

  it('goes into a channel of Slack, and is stopped by a word', async () => {
    const slack = await startSlackWorld()
    close = () => slack.close()
    expect(slackRead(await slackSay(slack, slack.owner, '/premium log #lounge'))).toContain('Notices go to')
    expect(slack.slack.messages(slack.team, slack.lounge).map(slackRead).join()).toContain(
      'come here from now on',
    )
    expect(slackRead(await slackSay(slack, slack.owner, '/premium log off'))).toContain('No notices')
  })
})
