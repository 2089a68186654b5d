import { afterEach, describe, expect, it } from 'vitest'
import { choose, menusOf, optionsOf } from './support/admin.ts'
import { addPrice, joinMembers, quiet } from './support/failures.ts'
import { read as slackRead, say as slackSay, startSlackWorld } from './support/slack-world.ts'
import { buttonsOf, press, read, say, startWorld, type World } from './support/world.ts'

let world: World
let close = async () => {}
afterEach(() => close())

const start = async () => {
  world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  close = () => world.close()
}

const roleMenu = 'The role that members get'
const planMenu = 'For which plan'
const logMenu = 'Where notices for admins go'

describe('/premium setup', () => {
  it('leads to a working paid role with one choice, and shows what members will see', async () => {
    await start()
    const panel = await say(world, world.admin, '/premium setup')
    expect(read(panel)).toContain('Choose the role that members get')
    expect(menusOf(panel).map(({ placeholder }) => placeholder)).toEqual([roleMenu, planMenu, logMenu])
    const done = await choose(world, world.admin, panel, roleMenu, '@Premium')
    expect(read(done)).toContain(`now unlocks <@&${world.premium}>`)
    expect(read(done)).toContain('What members see')
    expect(read(done)).toContain('$10.00 / month')
    const plans = await press(world, world.admin, done, 'See what members see')
    expect(buttonsOf(plans).map(({ label }) => label)).toContain('Subscribe: Basic, $10.00 / month')
    await joinMembers(world, world.ada)
  })

  it('gives one plan a role of its own, and the log channel its first line', async () => {
    await start()
    const vip = world.discord.addRole(world.guild, { name: 'Vip' }).id
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 5)
    const panel = await say(world, world.admin, '/premium setup')
    const pro = optionsOf(panel, planMenu).find(({ label }) => label.startsWith('Pro'))
    const ofPlan = await choose(world, world.admin, panel, planMenu, pro?.label ?? '')
    expect(read(ofPlan)).toContain(`that only **${pro?.label}** unlocks`)
    const done = await choose(world, world.admin, ofPlan, 'The role that this plan unlocks', '@Vip')
    expect(read(done)).toContain(`now unlocks <@&${vip}>`)
    const [channel] = optionsOf(done, logMenu)
    const logged = await choose(world, world.admin, done, logMenu, channel?.label ?? '')
    expect(read(logged)).toContain('A first one is there')
    const settings = await world.app.access.settings.of(`discord:${world.guild}`)
    expect(settings.logChannel).toBe(world.channel)
    expect(Object.values(settings.byPlan)).toEqual([[vip]])
    expect(settings.everyPlan).toEqual([])
    expect(await world.app.access.journal.of(`discord:${world.guild}`)).toHaveLength(2)
    const again = await choose(world, world.admin, logged, planMenu, pro?.label ?? '')
    const same = await press(world, world.admin, again, 'The same as every plan')
    expect(read(same)).toContain('unlocks what every plan does')
    expect((await world.app.access.settings.of(`discord:${world.guild}`)).byPlan).toEqual({})
  })

  it('names the fix for a role that the bot may not give, and leads back', async () => {
    await start()
    world.discord.moveRole(world.guild, world.premium, 3)
    const panel = await say(world, world.admin, '/premium setup')
    const refused = await choose(world, world.admin, panel, roleMenu, '@Premium')
    expect(read(refused)).toContain("move the bot's role above @Premium")
    expect(read(await press(world, world.admin, refused, 'Back to the setup'))).toContain('Choose the role')
  })

  it('says what else there is where a menu has no room for all plans or channels', async () => {
    await start()
    for (let n = 0; n < 30; n++) {
      world.discord.addChannel(world.guild, { name: `room-${n}` })
      await addPrice(world, 5_000 + n, { lookup_key: `plan_${n}` })
    }
    await quiet(world)
    const panel = read(await say(world, world.admin, '/premium setup'))
    expect(panel).toContain('The menu shows 25 of 31 channels; `/premium log` takes any by name')
    expect(panel).toContain('The menu shows 24 of 33 plans; `/premium role` takes any by name')
    expect(read(await say(world, world.admin, '/premium log'))).toContain('25 of 31 channels')
  })

  it('pages what a menu has no room for', async () => {
    await start()
    for (let index = 0; index < 30; index++) world.discord.addRole(world.guild, { name: `Role ${index}` })
    world.discord.moveRole(world.guild, world.discord.botRole(world.guild).id, 40)
    const panel = await say(world, world.admin, '/premium setup')
    expect(optionsOf(panel, roleMenu)).toHaveLength(25)
    expect(read(panel)).toContain('/premium role')
    const next = await press(world, world.admin, panel, 'Next page')
    expect(optionsOf(next, roleMenu).length).toBeGreaterThan(4)
    expect(buttonsOf(next).map(({ label }) => label)).toContain('Previous page')
  })

  it('is for admins alone', async () => {
    await start()
    expect(read(await say(world, world.ada, '/premium setup'))).toContain('Only admins')
  })

  it('works in Slack by the same menus', async () => {
    const slack = await startSlackWorld()
    close = () => slack.close()
    const panel = await slackSay(slack, slack.owner, '/premium setup')
    expect(slackRead(panel)).toContain('Choose the channel or group that members get')
    const [menu] = panel.blocks.flatMap(block => {
      const elements: unknown = 'elements' in block ? block.elements : []
      return (Array.isArray(elements) ? elements : []).filter(({ type }) => type === 'static_select')
    })
    const option = menu.options.find((each: { text: { text: string } }) => each.text.text === '#lounge')
    const chosen = await slack.slack.as(slack.owner).select(panel, menu.action_id, option.value)
    expect(slackRead(await chosen.waitFor())).toContain('What members see')
    expect(slackRead(await slackSay(slack, slack.ada, '/plans'))).toContain('$10.00 / month')
  })
})
