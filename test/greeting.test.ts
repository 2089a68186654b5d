import { describe, expect, it } from 'vitest'
import { createGreeting } from '../src/access/greeting.ts'
import type { CommunitySettings } from '../src/access/settings.ts'
import type { ChatPlatform } from '../src/platforms/platform.ts'
import { plain } from '../src/text.ts'
import { createFakePlatform } from './support/fake-platform.ts'
import { ownLog } from './support/own-log.ts'

const lounge = 'discord:1'

describe('a greeting', () => {
  const greetWith = async (
    rules: Partial<CommunitySettings>,
    community: `${string}:${string}` = lounge,
    trouble?: Error,
  ) => {
    const { log, logged } = ownLog()
    const greeted: [community: string, reply: object][] = []
    const platform: ChatPlatform = {
      ...createFakePlatform(lounge, []),
      async greet(of, reply) {
        if (trouble) throw trouble
        greeted.push([of, { ...reply, title: plain(reply.title ?? []), text: plain(reply.text ?? []) }])
        return 'done'
      },
    }
    await createGreeting({
      chat: { platform: of => (of.startsWith('discord:') ? platform : undefined) },
      settings: { of: async () => ({ everyPlan: [], byPlan: {}, ...rules }) },
      log,
    })(community)
    return { greeted: greeted, logged }
  }

  it('shows the way to set it up', async () => {
    const { greeted, logged } = await greetWith({})
    expect(greeted).toEqual([
      [
        lounge,
        {
          title: 'Velvet Rope is here',
          text: 'I sell memberships in this community through Stripe, and keep what they unlock true.\nAn admin sets me up in a minute, with /premium setup.',
          buttons: [{ label: 'Set up', run: 'premium setup', style: 'primary' }],
        },
      ],
    ])
    expect(logged).toEqual([{ level: 30, community: lounge, outcome: 'done', msg: 'greeted' }])
  })

  it('is spared where a role is set already, or the chat was turned off', async () => {
    const nothing = { greeted: [], logged: [] }
    expect(await greetWith({ everyPlan: ['gold'] })).toEqual(nothing)
    expect(await greetWith({ byPlan: { pro: ['platin'] } })).toEqual(nothing)
    expect(await greetWith({}, 'slack:T1')).toEqual(nothing)
  })

  it('that fails stops nothing, and the log says so', async () => {
    const { logged } = await greetWith({}, lounge, new Error('no channel'))
    expect(logged).toEqual([
      { level: 40, err: 'Error: no channel', community: lounge, msg: 'could not greet' },
    ])
  })
})
