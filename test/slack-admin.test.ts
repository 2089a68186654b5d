import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  becomeMember,
  holds,
  press,
  read,
  type SlackWorld,
  say,
  startSlackWorld,
} from './support/slack-world.ts'
import { until } from './support/until.ts'

let world: SlackWorld
beforeAll(async () => {
  world = await startSlackWorld()
})
afterAll(() => world.close())

const files = (user: string) => world.slack.dms(world.team, user).flatMap(message => message.files)

describe('an owner of a Slack workspace', () => {
  it('is guided through the set-up by menus', async () => {
    const panel = await say(world, world.owner, '/premium setup')
    const menu = JSON.stringify(panel.blocks)
    expect(menu).toContain('#lounge')
    const invocation = await chooseIn(panel, '#lounge')
    expect(read(await invocation.waitFor())).toContain('#lounge')
    const { everyPlan } = await world.app.access.settings.of(`slack:${world.team}`)
    expect(everyPlan).toEqual([world.lounge])
  })

  it('chooses a log channel and reads there what happens, in names that ring no bell', async () => {
    const log = world.slack.addChannel(world.team, {
      name: 'money',
      private: true,
      members: [world.owner],
    }).id
    world.slack.inviteBot(world.team, log)
    await say(world, world.owner, '/premium log #money')
    await becomeMember(world, world.ada)
    const posted = () =>
      world.slack.messages(world.team, log).filter(({ user }) => user === world.slack.team.botUserId)
    await until('the notice', () => posted().map(read).join().includes('Started'))
    const notice = posted().find(message => read(message).includes('Started'))
    expect(read(notice ?? { blocks: [] })).toContain('@ada holds #lounge')
    expect(JSON.stringify(notice?.blocks)).not.toContain(`<@${world.ada}`)
  })

  it('sees the status, the timeline and the members', async () => {
    expect(read(await say(world, world.owner, '/premium status'))).toContain('#lounge')
    expect(read(await say(world, world.owner, '/premium why @ada'))).toContain('#lounge')
    expect(read(await say(world, world.owner, '/premium why @ada', { escape: false }))).toContain('#lounge')
    const members = read(await say(world, world.owner, '/premium members'))
    expect(members).toContain(`<@${world.ada}>`)
  })

  it('gets the list of members as a file that nobody else sees', async () => {
    const members = await say(world, world.owner, '/premium members')
    const answer = await press(world, world.owner, members, 'Export as CSV')
    expect(read(answer)).toContain('is in your direct messages with me')
    const [file] = files(world.owner)
    expect(new TextDecoder().decode(file?.content)).toContain(world.ada)
    expect(files(world.ada)).toEqual([])
  })

  it('hears when a file could not be sent', async () => {
    const members = await say(world, world.owner, '/premium members')
    world.slack.faults.current = ({ method }) => (method.startsWith('files.') ? { status: 503 } : undefined)
    const answer = await press(world, world.owner, members, 'Export as CSV')
    world.slack.faults.current = undefined
    expect(read(answer)).toContain('could not be sent')
  })

  it('gives access away and takes it back', async () => {
    expect(read(await say(world, world.owner, '/premium grant @ben 30 #lounge "for her help"'))).toContain(
      'holds #lounge now',
    )
    await until('the channel', () => holds(world, world.ben))
    await say(world, world.owner, '/premium revoke @ben')
    await until('the end', () => !holds(world, world.ben))
  })

  it('has everybody looked at', async () => {
    expect(read(await say(world, world.owner, '/premium sync'))).toContain('compared')
    expect(read(await say(world, world.owner, '/premium sync yes'))).toMatch(/differ|hold/)
  })

  it('never reads of another platform', async () => {
    const said = await Promise.all(
      ['/premium', '/premium status', '/premium setup', '/plans', '/billing', '/premium members'].map(line =>
        say(world, world.owner, line),
      ),
    )
    expect(said.map(read).join()).not.toMatch(/discord|server|Manage Roles/i)
  })
})

/** Picks an option of a message's first menu that has it. */
function chooseIn(
  message: { blocks: readonly object[]; teamId: string } & Parameters<
    ReturnType<SlackWorld['slack']['as']>['select']
  >[0],
  label: string,
) {
  for (const block of message.blocks) {
    const elements: unknown = 'elements' in block ? block.elements : []
    for (const element of Array.isArray(elements) ? elements : []) {
      const option = (element.options ?? []).find(
        (each: { text: { text: string } }) => each.text.text === label,
      )
      if (option) return world.slack.as(world.owner).select(message, element.action_id, option.value)
    }
  }
  throw new Error(`no option ${label} in: ${read(message)}`)
}
