import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OperatorError, RetryLater } from '../src/errors.ts'
import type { MemberId, RoleId } from '../src/member.ts'
import { plain, text } from '../src/text.ts'
import { limitMs, type Rig, rigs } from './support/platform-rigs.ts'

const thrown = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe.each(rigs)('paid roles %s', (name, make) => {
  let rig: Rig
  let ada: MemberId
  let role: RoleId
  let other: RoleId
  beforeEach(async () => {
    rig = await make()
    ada = rig.newcomer('ada')
    ;[role, other] = rig.roles
  })
  afterEach(() => rig.close())
  const roles = () => rig.platform.roles
  const heldOf = async (member: MemberId) => {
    const held = await roles().held(member, [role, other])
    return held === 'gone' ? held : held.filter(each => each === role || each === other)
  }

  it('are given, held and taken back, and doing it again is no error', async () => {
    expect(await heldOf(ada)).toEqual([])
    expect(await roles().grant(ada, role)).toBe('done')
    expect(await roles().grant(ada, role)).toBe('done')
    expect(rig.holds(ada, role)).toBe(true)
    expect(await heldOf(ada)).toEqual([role])
    expect(await roles().revoke(ada, role)).toBe('done')
    expect(await roles().revoke(ada, role)).toBe('done')
    expect(rig.holds(ada, role)).toBe(false)
    expect(await heldOf(ada)).toEqual([])
  })

  it('touch nobody else and no other role', async () => {
    const ben = rig.newcomer('ben')
    rig.give(ben, role)
    rig.give(ada, other)
    await roles().grant(ada, role)
    await roles().revoke(ada, role)
    expect(rig.holds(ben, role)).toBe(true)
    expect(rig.holds(ada, other)).toBe(true)
    expect(await heldOf(ada)).toEqual([other])
  })

  it('that many get at once are all given', async () => {
    const many = Array.from({ length: 8 }, (_, index) => rig.newcomer(`many${index}`))
    await Promise.all(many.map(member => roles().grant(member, role)))
    expect(many.every(member => rig.holds(member, role))).toBe(true)
    await Promise.all(many.slice(1).map(member => roles().revoke(member, role)))
    expect(many.map(member => rig.holds(member, role))).toEqual([true, ...many.slice(1).map(() => false)])
  })

  it('name everybody who holds one', async () => {
    const ben = rig.newcomer('ben')
    await roles().grant(ada, role)
    rig.give(ben, role)
    const holders: MemberId[] = []
    for await (const member of roles().holders(rig.community, role)) holders.push(member)
    expect(holders).toEqual(expect.arrayContaining([ada, ben]))
    expect(holders).not.toContain(rig.stranger)
  })

  it('of somebody who is not there, or left, are gone and not an error', async () => {
    expect(await heldOf(rig.stranger)).toBe('gone')
    expect(await roles().grant(rig.stranger, role)).toBe('gone')
    await roles().grant(ada, role)
    rig.leave(ada)
    expect(await heldOf(ada)).toBe('gone')
    expect(await roles().grant(ada, role)).toBe('gone')
    expect(['gone', 'done']).toContain(await roles().revoke(ada, role))
  })

  it('are checked before they are sold', async () => {
    expect(await roles().check(rig.community, role)).toEqual([])
    rig.breakRole(role)
    const [problem] = await roles().check(rig.community, role)
    expect(problem?.id).toBe(`${rig.community}:${role}`)
    expect(plain(problem?.what ?? [])).toMatch(/\.$/)
    expect(plain(problem?.fix ?? [])).toMatch(/\.$/)
  })

  it('that a person must mend are told with the fix, and given once they are mended', async () => {
    rig.breakRole(role)
    const error = await thrown(roles().grant(ada, role))
    expect(error).toBeInstanceOf(OperatorError)
    if (!(error instanceof OperatorError)) return
    expect(error.problem.id).toBe(`${rig.community}:${role}`)
    expect(plain(error.problem.fix)).toMatch(/\.$/)
    expect(await error.isMended()).toBe(false)
    rig.mendRole(role)
    expect(await error.isMended()).toBe(true)
    expect(await roles().grant(ada, role)).toBe('done')
  })

  it('that can not be taken back are kept in mind, not forgotten', async () => {
    await roles().grant(ada, role)
    rig.breakRole(role)
    const error = await thrown(roles().revoke(ada, role))
    expect(error).toBeInstanceOf(OperatorError)
    rig.mendRole(role)
    expect(await roles().revoke(ada, role)).toBe('done')
    expect(rig.holds(ada, role)).toBe(false)
  })

  it('that exist no more can not be sold', async () => {
    rig.deleteRole(role)
    expect(await roles().check(rig.community, role)).toHaveLength(1)
    expect(await thrown(roles().grant(ada, role))).toBeInstanceOf(OperatorError)
  })

  it.each(['down', 'cut'] as const)('can be tried again when the far end is %s', async trouble => {
    rig.next(trouble)
    expect(await thrown(roles().grant(ada, role))).toBeInstanceOf(RetryLater)
    expect(await roles().grant(ada, role)).toBe('done')
  })

  it('wait as long as the far end asks', async () => {
    rig.next('limit')
    const error = await thrown(roles().grant(ada, role))
    expect(error).toBeInstanceOf(RetryLater)
    if (error instanceof RetryLater) expect(error.afterMs).toBeGreaterThan(limitMs * 0.9)
  })

  it('come with words: to a member, to a channel, and not where nobody listens', async () => {
    const reply = { title: text`Welcome`, text: text`to the *inner* circle` }
    expect(await rig.platform.tell(ada, reply)).toBe('done')
    expect(rig.told(ada)).toContain('Welcome')
    expect(await rig.platform.tell(rig.stranger, reply)).toBe('closed')
    await rig.platform.post(rig.community, rig.channel, reply)
    expect(rig.written(rig.channel)).toContain('Welcome')
    expect(await rig.platform.checkChannel(rig.community, rig.channel)).toEqual([])
    const nowhere = name === 'in memory' ? 'nowhere' : '100000000000000009'
    expect(await rig.platform.checkChannel(rig.community, nowhere)).toHaveLength(1)
    const error = await thrown(rig.platform.post(rig.community, nowhere, reply))
    expect(error).toBeInstanceOf(OperatorError)
  })

  it('and channels can be chosen from', async () => {
    const { roles: choices, channels } = await rig.platform.choices(rig.community)
    expect(choices.map(({ id }) => id)).toEqual(expect.arrayContaining([...rig.roles]))
    expect(channels.map(({ id }) => id)).toContain(rig.channel)
    expect((await rig.platform.describe(rig.community)).name).toBe('The Lounge')
    expect(rig.platform.health()).toBe('connected')
  })
})
