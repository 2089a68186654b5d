import { OperatorError, type Problem, RetryLater } from '../../src/errors.ts'
import { type CommunityId, communityOf, type MemberId, memberId, type RoleId } from '../../src/member.ts'
import type { ChatPlatform } from '../../src/platforms/platform.ts'
import type { Reply } from '../../src/reply.ts'

/** A chat in a Map, for tests that need no chat. Its hands are the test's; what it promises is the port's. */
export interface FakePlatform extends ChatPlatform {
  /** Who holds what; whoever has no entry isn't there. */
  held: Map<MemberId, Set<RoleId>>
  sellable: Set<RoleId>
  told: { to: MemberId | string; reply: Reply }[]
  /** Roles that a person has to mend first. */
  broken: Set<RoleId>
  /** Members who take no messages. */
  deaf: Set<MemberId>
  /** Thrown by whatever is asked next. */
  trouble: Error | undefined
}

export function createFakePlatform(community: CommunityId, roles: readonly RoleId[]): FakePlatform {
  const held = new Map<MemberId, Set<RoleId>>()
  const sellable = new Set(roles)
  const broken = new Set<RoleId>()
  const deaf = new Set<MemberId>()
  const told: FakePlatform['told'] = []
  let state: ReturnType<ChatPlatform['health']> = 'starting'

  const problem = (id: string): Problem => ({ id, what: ['It is broken.'], fix: ['Mend it.'] })
  const check = async (of: CommunityId, role: RoleId) =>
    sellable.has(role) && !broken.has(role) ? [] : [problem(`${of}:${role}`)]
  const asked = () => {
    const { trouble } = fake
    fake.trouble = undefined
    if (trouble) throw trouble
  }
  const refuseBroken = (member: MemberId, role: RoleId) => {
    const of = communityOf(member)
    if (broken.has(role) || !sellable.has(role))
      throw new OperatorError(problem(`${of}:${role}`), async () => (await check(of, role)).length === 0)
  }

  const fake: FakePlatform = {
    name: community.split(':')[0] ?? '',
    roleWord: 'role',
    held,
    sellable,
    told,
    broken,
    deaf,
    trouble: undefined,
    allWell: ['All is well.'],
    roles: {
      check,
      warnings: async () => [],
      async held(member, among) {
        asked()
        const roles = held.get(member)
        return roles ? among.filter(role => roles.has(role)) : 'gone'
      },
      async *holders(_, role) {
        asked()
        for (const [member, roles] of held) if (roles.has(role)) yield member
      },
      async grant(member, role) {
        asked()
        const roles = held.get(member)
        if (!roles) return 'gone'
        refuseBroken(member, role)
        roles.add(role)
        return 'done'
      },
      async revoke(member, role) {
        asked()
        const roles = held.get(member)
        if (!roles) return 'gone'
        if (!sellable.has(role)) return 'done'
        refuseBroken(member, role)
        roles.delete(role)
        return 'done'
      },
    },
    async tell(member, reply) {
      asked()
      if (!held.has(member) || deaf.has(member)) return 'closed'
      told.push({ to: member, reply })
      return 'done'
    },
    async post(of, channel, reply) {
      asked()
      if (channel === 'nowhere') throw new OperatorError(problem(`${of}:${channel}`), async () => false)
      told.push({ to: channel, reply })
    },
    describe: async () => ({ name: 'The Lounge', url: 'https://chat.example/lounge' }),
    memberName: async member => member,
    choices: async () => ({
      roles: [...sellable].map(id => ({ id, label: `@${id}` })),
      channels: [{ id: 'general', label: '#general' }],
    }),
    checkChannel: async (of, channel) => (channel === 'nowhere' ? [problem(`${of}:${channel}`)] : []),
    greet: async () => 'closed',
    problems: async () => [],
    async start() {
      state = 'connected'
    },
    async stop() {
      state = 'stopped'
    },
    health: () => state,
  }
  return fake
}

/** A fake's member, in the community or (with `isThere: false`) not. */
export function addFakeMember(
  fake: FakePlatform,
  community: CommunityId,
  user: string,
  isThere = true,
): MemberId {
  const member = memberId(community, user)
  if (isThere) fake.held.set(member, new Set())
  return member
}

/** What a platform throws when it is asked too often. */
export const tooOften = (ms: number): RetryLater => new RetryLater('too often', ms)
