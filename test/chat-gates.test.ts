import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createChat } from '../src/access/chat.ts'
import { createGates } from '../src/access/gates.ts'
import { type CommunitySettings, createSettings } from '../src/access/settings.ts'
import { type Mended, OperatorError } from '../src/errors.ts'
import { plain } from '../src/text.ts'
import { addFakeMember, createFakePlatform, tooOften } from './support/fake-platform.ts'
import { ownStore } from './support/store.ts'

const lounge = 'discord:1'
const ada = 'discord:1:2'

describe('the chat', () => {
  it('asks the platform whose name stands before a member or a community', async () => {
    const { chat, discord, slack } = await aChat()
    expect(chat.platform(ada)).toBe(discord)
    expect(chat.platform('slack:T')).toBe(slack)
    expect(chat.platform('telegram:1:2')).toBeUndefined()
    addFakeMember(slack, 'slack:T', 'U')
    expect(await chat.grant('slack:T:U', 'gold')).toBe('done')
    expect(await chat.held('slack:T:U', ['gold', 'platin'])).toEqual(['gold'])
    expect(await chat.held(ada, ['gold'])).toEqual([])
    expect(await chat.revoke('slack:T:U', 'gold')).toBe('done')
    expect(await chat.held('slack:T:U', ['gold'])).toEqual([])
    expect(await chat.grant('discord:1:404', 'gold')).toBe('gone')
  })

  it('has a person set up again the platform of members who are left from it', async () => {
    const { chat, platforms, gates, errorOf } = await aChat()
    const error = await errorOf(chat.held('telegram:1:2', ['gold']))
    if (!(error instanceof OperatorError)) throw error
    expect(error.problem.id).toBe('telegram')
    expect(plain(error.problem.what)).toBe('The bot has members in telegram, but telegram is not set up.')
    expect(plain(error.problem.fix)).toBe("Set telegram's variables again and restart the bot.")
    expect(await errorOf(chat.grant('telegram:5:6', 'gold'))).toBe(error)
    expect(gates.closed()).toEqual([error.problem])
    expect(await error.isMended()).toBe(false)
    platforms.push(createFakePlatform('telegram:1', []))
    expect(await error.isMended()).toBe(true)
  })

  it.each(['grant', 'revoke'] as const)(
    'keeps a role that it cannot %s from all, and no other role',
    async does => {
      const { chat, discord, errorOf, gates } = await aChat()
      discord.broken.add('gold')
      const error = await errorOf(chat[does](ada, 'gold'))
      expect(gates.closed().map(({ id }) => id)).toEqual(['discord:1:gold'])
      discord.broken.clear()
      expect(await errorOf(chat.grant(addFakeMember(discord, lounge, '3'), 'gold'))).toBe(error)
      expect(await errorOf(chat.revoke(ada, 'gold'))).toBe(error)
      expect(await chat.grant(ada, 'platin')).toBe('done')
      expect(await chat.grant(addFakeMember(discord, 'discord:7', '2'), 'gold')).toBe('done')
      expect(await chat.held(ada, ['platin'])).toEqual(['platin'])
    },
  )

  it.each(['discord', 'discord:1'])('asks nothing of roles while %s is closed', async id => {
    const { chat, discord, errorOf, refusal } = await aChat()
    const error = refusal(id)
    discord.trouble = error
    expect(await errorOf(chat.held(ada, ['gold']))).toBe(error)
    expect(await errorOf(chat.held(ada, ['gold']))).toBe(error)
    expect(await errorOf(chat.grant(ada, 'gold'))).toBe(error)
    expect(await errorOf(chat.revoke(ada, 'gold'))).toBe(error)
  })

  it('hands on what time mends as it is', async () => {
    const { chat, discord, errorOf, gates } = await aChat()
    discord.trouble = tooOften(5)
    const { trouble } = discord
    expect(await errorOf(chat.grant(ada, 'gold'))).toBe(trouble)
    expect(gates.closed()).toEqual([])
  })

  it.each(['discord', 'discord:1', 'discord:7:gold', 'slack:1:gold'])(
    'takes a refusal of %s for what it is, whether or not a role is in use',
    async id => {
      const { chat, discord, errorOf, refusal } = await aChat()
      discord.trouble = refusal(id)
      const { trouble } = discord
      expect(await errorOf(chat.grant(ada, 'gold'))).toBe(trouble)
    },
  )

  it.each<[what: string, settings: CommunitySettings, answer: Mended, mended: Mended]>([
    ['every plan unlocks', { everyPlan: ['gold'], byPlan: {} }, false, false],
    ['one plan unlocks', { everyPlan: [], byPlan: { pro: ['gold'] } }, false, false],
    ['no plan unlocks any more', { everyPlan: ['platin'], byPlan: {} }, false, 'perhaps'],
    ['is mended', { everyPlan: ['gold'], byPlan: {} }, true, true],
    ['may be mended', { everyPlan: ['gold'], byPlan: {} }, 'perhaps', 'perhaps'],
    ['is mended and unused', { everyPlan: [], byPlan: {} }, true, true],
  ])('stays on the list of what is broken by its use: a role that %s', async (_, now, answer, mended) => {
    const { chat, discord, settings, errorOf, refusal } = await aChat()
    await settings.change(lounge, () => now)
    const refused = refusal('discord:1:gold', answer)
    discord.trouble = refused
    const error = await errorOf(chat.grant(ada, 'gold'))
    if (!(error instanceof OperatorError)) throw error
    expect(error).not.toBe(refused)
    expect(error.problem).toBe(refused.problem)
    expect(error.cause).toBe(refused)
    expect(await error.isMended()).toBe(mended)
  })

  it('asks for the use of a role whatever about it is broken', async () => {
    const { chat, discord, errorOf, refusal } = await aChat()
    discord.trouble = refusal('discord:1:gold#powers')
    const error = await errorOf(chat.grant(ada, 'gold'))
    expect(error instanceof OperatorError && (await error.isMended())).toBe('perhaps')
  })
})

describe('a notice', () => {
  const notice = { text: ['Ada joined.'] }

  it('goes to the log channel, and nowhere without one', async () => {
    const { chat, discord, settings } = await aChat()
    await chat.post(lounge, notice)
    expect(discord.told).toEqual([])
    await settings.change(lounge, old => ({ ...old, logChannel: 'general' }))
    await chat.post(lounge, notice)
    expect(discord.told).toEqual([{ to: 'general', reply: notice }])
  })

  it('is nothing to a platform that was turned off', async () => {
    const { chat, settings, gates } = await aChat()
    await settings.change('telegram:1', old => ({ ...old, logChannel: 'general' }))
    await chat.post('telegram:1', notice)
    expect(gates.closed()).toEqual([])
  })

  it.each(['discord', 'discord:1'])('is written while %s is closed', async id => {
    const { chat, discord, settings, errorOf, refusal } = await aChat()
    await settings.change(lounge, old => ({ ...old, logChannel: 'general' }))
    discord.trouble = refusal(id)
    await errorOf(chat.grant(ada, 'gold'))
    await chat.post(lounge, notice)
    expect(discord.told).toHaveLength(1)
  })

  it('waits for its channel, until another one is chosen', async () => {
    const { chat, discord, settings, gates, errorOf } = await aChat()
    const choose = (logChannel: string) => settings.change(lounge, old => ({ ...old, logChannel }))
    await choose('nowhere')
    const error = await errorOf(chat.post(lounge, notice))
    if (!(error instanceof OperatorError)) throw error
    expect(gates.closed().map(({ id }) => id)).toEqual(['discord:1:nowhere'])
    expect(await errorOf(chat.post(lounge, notice))).toBe(error)
    expect(await error.isMended()).toBe(false)
    await choose('general')
    expect(await error.isMended()).toBe('perhaps')
    await chat.post(lounge, notice)
    expect(discord.told).toHaveLength(1)
  })
})

/** The chats between real settings and real gates; the platforms are Maps. */
async function aChat() {
  const { store } = await ownStore()
  const settings = createSettings(store)
  const gates = createGates({ log: pino({ level: 'silent' }), told: () => undefined })
  onTestFinished(gates.close)
  const discord = createFakePlatform(lounge, ['gold', 'platin'])
  const slack = createFakePlatform('slack:T', ['gold'])
  const platforms = [slack, discord]
  addFakeMember(discord, lounge, '2')
  return {
    chat: createChat({ platforms, gates, settings }),
    discord,
    slack,
    platforms,
    settings,
    gates,
    refusal: (id: string, mended: Mended = false) =>
      new OperatorError({ id, what: ['It is broken.'], fix: ['Mend it.'] }, async () => mended),
    errorOf: (answer: Promise<unknown>) =>
      answer.then(
        () => undefined,
        (error: unknown) => error,
      ),
  }
}
