import { describe, expect, it, vi } from 'vitest'
import type { Cause } from '../src/access/mark.ts'
import type { Membership } from '../src/access/membership.ts'
import type { PlatformEvents } from '../src/platforms/platform.ts'
import { ada, bob, down, lounge, refusal, theAccess } from './support/access.ts'
import { until } from './support/until.ts'

const event: Cause = { what: 'event', detail: 'invoice.paid evt_1' }

describe('what the chat tells of a member', () => {
  const of = { given: ['gold', 'platin'] }
  type Heard = Parameters<PlatformEvents['memberChanged']>
  type Rest = [what: Heard[1], seen?: Heard[2]]
  it.each<[string, Partial<Membership> | undefined, Rest, boolean]>([
    ['a role the bot gave is not held', of, ['roles', { held: ['gold'] }], true],
    ['all are held', of, ['roles', { held: ['x', 'gold', 'platin'] }], false],
    ['a role the bot gave was lost', of, ['roles', { lost: ['x', 'platin'] }], true],
    ['a role that is paid for is not held', { plans: ['basic'] }, ['roles', { held: ['platin'] }], true],
    ['a role that is paid for was lost', { plans: ['basic'] }, ['roles', { lost: ['gold'] }], true],
    [
      'a role that was free until now is not held',
      { complimentary: { by: bob, until: 50 * 86_400_000 } },
      ['roles', { held: [] }],
      false,
    ],
    ['another was lost', of, ['roles', { lost: ['x'] }], false],
    ['the chat names none', of, ['roles'], false],
    ['the bot is changing them', { ...of, verifiedAt: 0 }, ['roles', { held: [] }], false],
    ['nobody is known', undefined, ['roles', { held: [] }], false],
    ['somebody who was gone is there', { isGone: true }, ['present'], true],
    ['somebody was there all the time', {}, ['present'], false],
    ['a stranger is there', undefined, ['present'], false],
    ['somebody came', {}, ['joined'], true],
    ['somebody left', {}, ['left'], true],
    ['a stranger came', undefined, ['joined'], false],
  ])('where %s', async (_, membership, [what, seen], isMarked) => {
    const { world, access, knows, causes } = await theAccess()
    if (membership) await knows(ada, membership)
    await knows(bob, { given: ['gold'], isGone: true })
    access.heard.memberChanged(ada, what, seen)
    access.heard.memberChanged(bob, what, seen && { held: [] })
    access.heard.memberChanged(bob, 'left')
    await until('what was heard later', () =>
      causes(`member:${bob}`)?.some(({ detail }) => detail === 'left'),
    )
    expect(causes()).toEqual(isMarked ? [{ what: 'chat', detail: what }] : undefined)
    expect(world.errors).toEqual([])
  })

  it('is a look at whoever has a customer, though nothing was done for them yet', async () => {
    const { access, link, causes } = await theAccess()
    await link(ada, 'cus_1')
    access.heard.memberChanged(ada, 'joined')
    await until('the mark', () => causes())
  })
})

describe('what the chat tells of a community', () => {
  it('that was added: what was in the way is checked, it is greeted, and its members are looked at', async () => {
    const { world, access, discord, knows, causes, posted } = await theAccess()
    let isMended = false
    world.trace = async () => {
      throw refusal('discord:1:x', async () => isMended)
    }
    await access.queue.mark('charge:1', event)
    await access.start()
    await until('the gate', () => access.gates.closed().length === 1)
    await access.stop()
    isMended = true
    await knows('discord:2:5', { given: ['gold'] })
    await knows(ada, { given: ['gold'] })
    access.heard.communityChanged('discord:2', 'added')
    await until('the look', () => causes('member:discord:2:5'))
    expect(causes('member:discord:2:5')).toEqual([{ what: 'chat', detail: 'invited again' }])
    expect(causes()).toBeUndefined()
    expect(world.greeted).toEqual(['discord:2'])
    expect(access.gates.closed()).toEqual([])
    await until('the notice', () => posted().includes('one Mended: discord:1:x is wrong.'))
    expect(discord.told).toHaveLength(2)
  })

  it('that is in earshot again is a look at everybody, and other news is none', async () => {
    const { world, access } = await theAccess({ sweepMinutes: 15 })
    let checks = 0
    world.trace = async () => {
      throw refusal('stripe:key', async () => {
        checks += 1
        return false
      })
    }
    await access.queue.mark('charge:1', event)
    await access.start()
    await until('the gate', () => access.gates.closed().length === 1)
    await until('the end of the first look', () => access.sweep.last())
    access.heard.communityChanged(lounge, 'removed')
    vi.advanceTimersByTime(1_000)
    // It takes as long as the look that should not have begun.
    await access.sweep.run({ what: 'admin' })
    expect(world.walks).toBe(2)
    access.heard.communityChanged(lounge, 'available')
    vi.advanceTimersByTime(1_000)
    await until('the second look', () => world.walks === 3)
    expect(checks).toBe(0)
    access.heard.communityChanged(lounge, 'roles')
    await until('the check', () => checks === 1)
    expect(world.greeted).toEqual([])
  })

  it('is logged where it was lost', async () => {
    const { world, access } = await theAccess()
    world.walk = down
    access.heard.communityChanged(lounge, 'added')
    await until('the line', () => world.errors.length)
    expect(world.errors).toEqual(['a change in the chat was missed until the next sweep'])
  })
})
