import { describe, expect, it } from 'vitest'
import type { News } from '../src/access/news.ts'
import { createNotices } from '../src/access/notices.ts'
import type { Reply } from '../src/reply.ts'
import { plain, text } from '../src/text.ts'
import { addFakeMember, createFakePlatform } from './support/fake-platform.ts'
import { ownLog } from './support/own-log.ts'

const lounge = 'discord:1'
const attic = 'discord:9'

const words = (reply: Reply | undefined) =>
  reply && { ...reply, title: plain(reply.title ?? []), text: plain(reply.text ?? []) }

/** A chat with one member, its log channel, and everything said in either, in order. */
function aChat() {
  const fake = createFakePlatform(lounge, [])
  const ada = addFakeMember(fake, lounge, '2')
  const { log, logged } = ownLog()
  const posted: [community: string, words: string][] = []
  const world: { trouble?: Error | undefined } = {}
  const notices = createNotices({
    chat: {
      platform: of => (of.startsWith('discord:') ? fake : undefined),
      async post(community, reply) {
        const { trouble } = world
        world.trouble = undefined
        if (trouble) throw trouble
        posted.push([community, words(reply)?.text ?? ''])
      },
    },
    log,
  })
  return { world, fake, ada, notices, posted, logged }
}

describe('the log channel', () => {
  const some = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`).join('\n')
  const write = async (count: number) => {
    const { notices, posted } = aChat()
    await Promise.all(Array.from({ length: count }, (_, n) => notices.log(lounge, text`line ${n}`)))
    return posted.map(([, message]) => message)
  }

  it('hears one line at once, and together what came meanwhile', async () => {
    expect(await write(4)).toEqual(['line 0', some(1, 3)])
  })

  it('hears at most fifteen lines in a message', async () => {
    expect(await write(16)).toEqual(['line 0', some(1, 15)])
    expect(await write(17)).toEqual(['line 0', some(1, 15), 'line 16'])
  })

  it('hears how many there are instead of more than 150 that would still have to wait', async () => {
    const all = await write(166)
    expect(all).toHaveLength(12)
    expect(all.at(-1)).toBe(some(151, 165))
    expect(await write(167)).toEqual([
      'line 0',
      some(1, 15),
      '… and 151 more; /premium members shows how things stand.',
    ])
  })

  it('hears what comes after a pause', async () => {
    const { notices, posted } = aChat()
    await notices.log(lounge, text`first`)
    await notices.log(lounge, text`second`)
    expect(posted).toEqual([
      [lounge, 'first'],
      [lounge, 'second'],
    ])
  })

  it('of one community hears nothing of another', async () => {
    const { notices, posted } = aChat()
    await Promise.all(
      ([lounge, attic, lounge, attic] as const).map((of, n) => notices.log(of, text`line ${n}`)),
    )
    expect(posted).toEqual([
      [lounge, 'line 0'],
      [attic, 'line 1'],
      [lounge, 'line 2'],
      [attic, 'line 3'],
    ])
  })

  it('that takes nothing stops nothing, and the log says so', async () => {
    const { world, notices, posted, logged } = aChat()
    world.trouble = new Error('no such channel')
    await Promise.all([notices.log(lounge, text`first`), notices.log(lounge, text`second`)])
    expect(posted).toEqual([[lounge, 'second']])
    expect(logged).toEqual([
      {
        level: 40,
        err: 'Error: no such channel',
        community: lounge,
        msg: 'the log channel could not be told',
      },
    ])
  })
})

describe('news', () => {
  const billing = { label: 'Billing', run: 'billing' }
  const told = async (...news: News[]) => {
    const { notices, ada, fake, posted } = aChat()
    await notices.tell(ada, news)
    return { admins: posted.map(([, line]) => line).join('\n'), member: words(fake.told[0]?.reply) }
  }
  const start = { kind: 'started', roles: ['gold', 'platin'], isGone: false, isImported: false } as const
  const change = { kind: 'changed', gained: ['a', 'b'], lost: ['c', 'd'], because: 'membership' } as const
  const trouble = { kind: 'payment trouble', key: 'k', needsConfirmation: false, until: undefined } as const
  const welcome = (words: string) => ({
    title: 'Welcome to the members of The Lounge',
    text: words,
    buttons: [billing],
  })
  const needed = (words: string) => ({
    title: 'A payment for The Lounge needs you',
    text: words,
    buttons: [{ ...billing, style: 'primary' }],
  })
  const changed = (words: string) => ({
    title: 'Your membership in The Lounge has changed',
    text: words,
    buttons: [billing],
  })
  const ended = {
    title: 'Your membership in The Lounge has ended',
    text: 'What it unlocked is closed for now. You are welcome back at any time.',
    buttons: [{ label: 'See the plans', run: 'plans', style: 'primary' }],
  }

  it.each<[string, News, string, object | undefined]>([
    [
      'a start',
      { ...start, roles: ['gold', 'platin'] },
      'Started: @2 holds @gold, @platin.',
      welcome('Your membership is active: you hold @gold, @platin.'),
    ],
    [
      'a start without a role',
      { ...start, roles: [] },
      'Started: @2.',
      welcome('Your membership is active.'),
    ],
    [
      'a start of somebody who is not there',
      { ...start, roles: [], isGone: true },
      'Started: @2.',
      welcome('Your membership is active. Join The Lounge and what it unlocks is yours at once.'),
    ],
    [
      'a start by an import',
      { ...start, roles: ['gold'], isImported: true },
      'Started: @2 holds @gold.',
      undefined,
    ],
    ['an end', { kind: 'ended', roles: ['gold'], isOnHold: false }, "Ended: @2's membership.", ended],
    [
      'an end that a payment can undo',
      { kind: 'ended', roles: ['gold'], isOnHold: true },
      "Ended: @2's access. The subscription is still there, and unlocks nothing now.",
      {
        title: 'Your access in The Lounge has ended',
        text: 'Your membership unlocks nothing for now. Billing shows why, and what opens it again; should it be over, the plans are the way back.',
        buttons: [
          { ...billing, style: 'primary' },
          { label: 'See the plans', run: 'plans' },
        ],
      },
    ],
    [
      'a change',
      { ...change, gained: ['a', 'b'], lost: ['c', 'd'] },
      'Changed: @2 got @a, @b, lost @c, @d.',
      changed('You now hold @a, @b. You no longer hold @c, @d.'),
    ],
    ['a gain', { ...change, gained: ['a'], lost: [] }, 'Changed: @2 got @a.', changed('You now hold @a.')],
    [
      'a loss',
      { ...change, gained: [], lost: ['c'] },
      'Changed: @2 lost @c.',
      changed('You no longer hold @c.'),
    ],
    ['a repair', { ...change, gained: ['a'], lost: [], because: 'drift' }, 'Repaired: @2 got @a.', undefined],
    [
      'new settings',
      { ...change, gained: ['a'], lost: [], because: 'settings' },
      'Settings applied: @2 got @a.',
      undefined,
    ],
    [
      'a failed payment',
      { ...trouble, until: Date.UTC(2030, 0, 8) },
      "Payment trouble: @2's payment didn't go through. They were told.",
      needed(
        "The payment for your membership didn't go through. Open billing to settle it. You keep your access until 2030-01-08.",
      ),
    ],
    [
      'a payment to confirm',
      { ...trouble, needsConfirmation: true },
      "Payment trouble: @2's bank wants a confirmation. They were told.",
      needed('Your bank wants you to confirm the payment for your membership. Open billing to settle it.'),
    ],
    [
      'money that went back',
      { kind: 'money back', key: 'k' },
      "Money back: @2's last payment was refunded, or a dispute over it was lost. It gives access no more.",
      undefined,
    ],
    [
      'a dispute',
      { kind: 'disputed', key: 'k' },
      'Dispute: @2 disputes a payment. Answer it in Stripe (Payments, Disputes) in time; access stays unless it is lost.',
      undefined,
    ],
    [
      'the end of a dispute',
      { kind: 'dispute closed', key: 'k' },
      "Dispute closed: it was over a payment of @2's. Stripe shows how it went.",
      undefined,
    ],
    [
      'a double payment',
      { kind: 'paid twice', key: 'k', subscriptions: ['sub_1', 'sub_2'] },
      'Paid twice: @2 has 2 subscriptions (sub_1, sub_2). Access is fine; cancel and refund one in Stripe.',
      undefined,
    ],
  ])('of %s', async (_, news, admins, member) => {
    expect(await told(news)).toEqual({ admins, member })
  })

  it('reaches the admins though the member hears nothing of it or takes no messages, and the log says so', async () => {
    const { notices, ada, fake, posted, logged } = aChat()
    const news: News[] = [
      { kind: 'disputed', key: 'k' },
      { ...start, roles: [] },
    ]
    await notices.tell(ada, news)
    fake.deaf.add(ada)
    await notices.tell(ada, news)
    expect(posted).toHaveLength(4)
    expect(fake.told.map(({ to }) => to)).toEqual([ada])
    expect(logged).toEqual(
      ['done', 'closed'].map(outcome => ({ level: 30, member: ada, kind: 'started', outcome, msg: 'told' })),
    )
  })

  it('of payment trouble says to the admins whether the member could be told', async () => {
    const { notices, ada, fake, posted } = aChat()
    fake.deaf.add(ada)
    await notices.tell(ada, [trouble])
    expect(posted.map(([, line]) => line)).toEqual([
      "Payment trouble: @2's payment didn't go through. The bot can't write to them: tell them that /billing settles it.",
    ])
  })

  it('of somebody in a chat that was turned off is told to nobody', async () => {
    const { notices, posted } = aChat()
    await notices.tell('slack:T1:U1', [{ ...start, roles: [] }])
    expect(posted).toEqual([])
  })
})
