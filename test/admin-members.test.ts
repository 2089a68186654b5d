import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv } from '../src/csv.ts'
import { addPayer, addPrice, customerOf, joinMembers, quiet, subscriptionOf } from './support/failures.ts'
import * as inSlack from './support/slack-world.ts'
import { until } from './support/until.ts'
import { buttonsOf, press, read, say, startWorld, type World } from './support/world.ts'

describe('/premium members', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ environment: { SWEEP_MINUTES: '0' } })
    await say(world, world.admin, '/premium role role:@Premium')
  })
  afterAll(() => world.close())

  const members = (line = '') => say(world, world.admin, `/premium members ${line}`)
  const csvOf = (message: Awaited<ReturnType<typeof members>>) => {
    const [attachment] = message.attachments
    return { name: attachment?.filename, text: String(world.discord.file(attachment?.id ?? '')?.bytes ?? '') }
  }

  it('says so while there are none', async () => {
    expect(read(await members())).toContain('Nobody is a member yet')
  })

  it('lists who, plan, state and dates, and filters by plan and state', async () => {
    await joinMembers(world, world.ada, 'pro_monthly')
    await joinMembers(world, world.ben)
    await say(world, world.admin, `/premium grant member:${world.admin} days:3`)
    const all = read(await members())
    expect(all).toContain('3 members')
    expect(all).toMatch(new RegExp(`<@${world.ada}> · \\*\\*pro\\\\_monthly\\*\\* · active · since <t:`))
    expect(all).toMatch(new RegExp(`<@${world.admin}> · complimentary · until <t:`))
    const pro = read(await members('plan:pro_monthly'))
    expect(pro).toContain(world.ada)
    expect(pro).not.toContain(world.ben)
    const free = read(await members('state:complimentary'))
    expect(free).toContain(world.admin)
    expect(free).not.toContain(world.ada)
  })

  it('shows when what somebody has is going to end, and lists who had something only when asked', async () => {
    await world.sdk.subscriptions.update(subscriptionOf(world, world.ben).id, { cancel_at_period_end: true })
    expect(read(await members('plan:basic_monthly'))).toMatch(new RegExp(`<@${world.ben}>.*until <t:`))
    await world.sdk.subscriptions.cancel(subscriptionOf(world, world.ben).id)
    await quiet(world)
    expect(read(await members())).not.toContain(world.ben)
    expect(read(await members('state:former'))).toContain(world.ben)
  })

  it('names the nearest state and plan when there is none of that name', async () => {
    expect(read(await members('state:activ'))).toContain('Did you mean `active`')
    expect(read(await members('plan:pro_montly'))).toContain('Did you mean `pro_monthly`')
  })

  it('is a CSV file for the admin alone, with no cell that a spreadsheet would run', async () => {
    world.discord.setNickname(world.guild, world.ada, '=HYPERLINK("evil","free")')
    const reply = await press(world, world.admin, await members(), 'Export as CSV')
    expect((reply.flags ?? 0) & 64).toBe(64)
    const { name, text } = csvOf(reply)
    expect(name).toMatch(/^members-discord-\d+-\d{4}-\d\d-\d\d\.csv$/)
    const [head, ...rows] = text.trim().split('\r\n')
    expect(head).toBe('user,name,plan,state,since,until,left,roles,stripe_customers,reason')
    expect(rows).toHaveLength(2)
    const ada = rows.find(row => row.startsWith(world.ada))
    expect(ada).toContain('"\'=HYPERLINK(""evil"",""free"")",pro_monthly,active,')
    expect(ada).toContain(`no,${world.premium},${customerOf(world, world.ada)},`)
  })

  it('turns pages of ten', async () => {
    const more: string[] = []
    for (let n = 0; n < 12; n++) more.push(await addPayer(world, `payer${n}`))
    await world.app.access.sweep.run({ what: 'sweep' })
    await quiet(world)
    const first = await members()
    expect(read(first)).toContain('14 members')
    expect(read(first)).toContain('Page 1 of 2')
    const second = await press(world, world.admin, first, 'Next page')
    const names = `${read(first)}${read(second)}`
    for (const id of more) expect(names).toContain(`<@${id}>`)
    expect(buttonsOf(second).map(({ label }) => label)).toEqual(['Previous page', 'Export as CSV'])
  })

  it('turns and exports the members of a plan whose lookup key is longer than a button can carry', async () => {
    const sell = async (lookup_key: string, user: string) => {
      const price = await addPrice(world, 700, { lookup_key })
      await addPayer(world, user, price.id)
      await quiet(world)
      return price.id
    }
    const [sold, archived] = [`sold_${'y'.repeat(90)}`, `gone_${'y'.repeat(90)}`]
    await sell(sold, 'yara')
    const gone = await sell(archived, 'yuri')
    const shown = await members(`plan:${sold} state:active`)
    expect(read(shown)).toContain('1 member')
    expect(csvOf(await press(world, world.admin, shown, 'Export as CSV')).text).toContain('yara')
    await world.sdk.prices.update(gone, { active: false })
    await quiet(world)
    expect(read(await members(`plan:${archived} state:active`))).toContain("Discord doesn't let me show it")
  })

  it('is not for members', async () => {
    expect(read(await say(world, world.ada, '/premium members'))).toContain('Only admins')
  })
})

describe('/premium members in a Slack workspace', () => {
  it('lists and exports, into the direct messages of who asked', async () => {
    const world = await inSlack.startSlackWorld()
    try {
      await inSlack.say(world, world.owner, '/premium role #lounge')
      await inSlack.becomeMember(world, world.ada)
      await until('quiet', () => world.app.access.queue.waiting().count === 0)
      const list = await inSlack.say(world, world.owner, '/premium members')
      expect(inSlack.read(list)).toContain('basic_monthly')
      await inSlack.press(world, world.owner, list, 'Export as CSV')
      const files = () => world.slack.dms(world.team, world.owner).flatMap(message => message.files)
      await until('the file', () => files().length === 1)
      expect(files()[0]?.name).toMatch(/^members-slack-.*\.csv$/)
    } finally {
      await world.close()
    }
  })
})

describe('a table as CSV', () => {
  it('quotes what needs it, and defuses formulas', () => {
    expect(csv([['a,b', 'say "hi"', 'two\nlines', 'plain']])).toBe(
      '"a,b","say ""hi""","two\nlines",plain\r\n',
    )
    expect(csv([['=1', '+1', '-1', '@SUM', '\tx', 'a=b']])).toBe("'=1,'+1,'-1,'@SUM,'\tx,a=b\r\n")
  })
})
