import { PermissionFlagsBits } from 'discord.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buttonsOf, press, read, say, startWorld, type World } from './support/world.ts'

describe('the paid role', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
  })
  afterAll(() => world.close())

  const sold = async () => (await world.app.access.settings.of(`discord:${world.guild}`)).everyPlan

  it('is refused with the fix: @everyone', async () => {
    const reply = read(await say(world, world.admin, `/premium role role:${world.guild}`))
    expect(reply).toContain("can't be sold")
    expect(reply).toContain('Make a role for your members')
    expect(await sold()).toEqual([])
  })

  it('is refused with the fix: a role that belongs to an integration', async () => {
    const { id } = world.discord.addRole(world.guild, { name: 'Booster', managed: true })
    expect(read(await say(world, world.admin, `/premium role role:${id}`))).toContain(
      'Make a role of your own',
    )
    expect(await sold()).toEqual([])
  })

  it('is refused with the fix: a role above the bot', async () => {
    const { id } = world.discord.addRole(world.guild, { name: 'High', position: 9 })
    world.discord.moveRole(world.guild, id, 9)
    const reply = read(await say(world, world.admin, `/premium role role:${id}`))
    expect(reply).toContain("move the bot's role above @High")
    expect(await sold()).toEqual([])
  })

  it('is refused with the fix: the bot may not manage roles', async () => {
    const bot = world.discord.botRole(world.guild)
    const allowed = BigInt(bot.permissions)
    world.discord.updateRole(world.guild, bot.id, { permissions: 0n })
    expect(read(await say(world, world.admin, '/premium role role:@Premium'))).toContain(
      'turn on Manage Roles',
    )
    world.discord.updateRole(world.guild, bot.id, { permissions: allowed })
    expect(await sold()).toEqual([])
  })

  it.each([
    ['Administrator', PermissionFlagsBits.Administrator],
    ['Manage Server', PermissionFlagsBits.ManageGuild],
    ['Manage Roles', PermissionFlagsBits.ManageRoles],
    ['Manage Messages', PermissionFlagsBits.ManageMessages],
    ['Kick Members', PermissionFlagsBits.KickMembers],
    ['Ban Members', PermissionFlagsBits.BanMembers],
    ['Manage Threads', PermissionFlagsBits.ManageThreads],
    ['Manage Nicknames', PermissionFlagsBits.ManageNicknames],
    ['Mute Members', PermissionFlagsBits.MuteMembers],
    ['Mention', PermissionFlagsBits.MentionEveryone],
  ])('with the power of %s is accepted only after a warning', async (name, permissions) => {
    const before = await sold()
    const { id } = world.discord.addRole(world.guild, { name: `Can ${name}`, permissions })
    world.discord.moveRole(world.guild, id, 1)
    const warning = await say(world, world.admin, `/premium role role:${id}`)
    expect(read(warning)).toContain(name)
    expect(await sold()).toEqual(before)
    const [accept] = buttonsOf(warning)
    expect(read(await press(world, world.admin, warning, accept?.label ?? ''))).toContain('Every plan')
    expect(await sold()).toEqual([id])
  })

  it('is set for every plan, for one, and beside another', async () => {
    const extra = world.discord.addRole(world.guild, { name: 'Extra' }).id
    await say(world, world.admin, '/premium role role:@Premium')
    expect(await sold()).toEqual([world.premium])
    await say(world, world.admin, '/premium role role:@Extra plan:pro_monthly')
    await say(world, world.admin, '/premium role role:@Extra also:true')
    const settings = await world.app.access.settings.of(`discord:${world.guild}`)
    expect(settings).toEqual({ everyPlan: [world.premium, extra], byPlan: { pro_monthly: [extra] } })
    const plans = read(await say(world, world.ada, '/plans'))
    expect(plans).toContain(`unlocks <@&${world.premium}>, <@&${extra}>`)
  })

  it('added to a plan takes nothing away that the plan unlocked as every plan does', async () => {
    const bonus = world.discord.addRole(world.guild, { name: 'Bonus' }).id
    await say(world, world.admin, '/premium role role:@Premium')
    await say(world, world.admin, '/premium role role:@Bonus plan:basic_monthly also:true')
    const { byPlan } = await world.app.access.settings.of(`discord:${world.guild}`)
    expect(byPlan.basic_monthly).toEqual([world.premium, bonus])
  })

  it('for a plan that Stripe does not have names those it has', async () => {
    const reply = read(await say(world, world.admin, '/premium role role:@Premium plan:gold'))
    expect(reply).toContain('basic')
    expect(reply).toContain('no active plan')
  })

  it('is set by admins alone, whatever the client offers', async () => {
    const reply = read(await say(world, world.ada, '/premium role role:@Premium'))
    expect(reply).toContain('Only admins')
  })
})
