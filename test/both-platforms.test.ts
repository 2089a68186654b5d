import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDiscordStandIn, type DiscordStandIn } from '../src/sandbox/discord/index.ts'
import { byHttp, holds, linkOf, read, type SlackWorld, say, startSlackWorld } from './support/slack-world.ts'
import { until } from './support/until.ts'
import { linkOf as linkIn, read as readIn } from './support/world.ts'

let world: SlackWorld
let discord: DiscordStandIn
let guild: string
let premium: string
let admin: string
let ada: string
beforeAll(async () => {
  discord = await createDiscordStandIn()
  guild = discord.addGuild({ name: 'The Server' }).id
  premium = discord.addRole(guild, { name: 'Premium' }).id
  discord.moveRole(guild, discord.botRole(guild).id, 2)
  admin = discord.addMember(guild, { username: 'vera', admin: true }).user.id
  ada = discord.addMember(guild, { username: 'ada' }).user.id
  world = await startSlackWorld({
    environment: slack => ({
      ...byHttp(slack),
      DISCORD_TOKEN: discord.token,
      DISCORD_API_BASE: discord.apiBase,
    }),
  })
})
afterAll(async () => {
  await world.close()
  await discord.close()
})

const inDiscord = async (user: string, line: string) =>
  (await discord.as(user, guild, undefined, { seesAllCommands: true }).command(line)).reply()

describe('one bot in Discord and in Slack', () => {
  it('sells in each what each sells, to two members with two customers', async () => {
    await say(world, world.owner, '/premium role #lounge')
    expect(readIn(await inDiscord(ada, '/plans'))).toContain('Nothing is for sale here yet')
    await inDiscord(admin, '/premium role role:@Premium')

    await world.stripe.pay(linkOf(await say(world, world.ada, '/subscribe basic_monthly')), {})
    await until('the channel', () => holds(world, world.ada))
    expect(discord.member(guild, ada)?.roles).toEqual([])
    expect(readIn(await inDiscord(ada, '/billing'))).toContain('no membership here yet')

    await world.stripe.pay(linkIn(await inDiscord(ada, '/subscribe plan:pro_monthly')), {})
    await until('the role', () => discord.member(guild, ada)?.roles.includes(premium))
    expect(world.stripe.objects.customers.map(({ metadata }) => metadata.chat_member).toSorted()).toEqual([
      `discord:${guild}:${ada}`,
      `slack:${world.team}:${world.ada}`,
    ])
    expect(read(await say(world, world.ada, '/billing'))).toContain('Basic')
  })

  it('keeps one going while the other is down', async () => {
    world.slack.faults.current = () => ({ status: 503 })
    expect(readIn(await inDiscord(ada, '/billing'))).toContain('Active, renews on')
    world.slack.faults.current = undefined
    discord.faults.current = () => ({ status: 503 })
    expect(read(await say(world, world.ada, '/billing'))).toContain('Active, renews on')
    discord.faults.current = undefined
  })
})
