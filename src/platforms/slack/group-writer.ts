import { RetryLater } from '../../errors.ts'
import { type CommunityId, memberId, type RoleId } from '../../member.ts'
import { isSlackError } from './errors.ts'
import type { Ghosts } from './ghosts.ts'
import type { Group, Groups } from './groups.ts'
import type { Fitness, People } from './people.ts'
import type { Refusals } from './refusals.ts'
import type { Workspaces } from './workspaces.ts'

const mostWrites = 3

// docs.slack.dev/reference/methods/usergroups.users.update: Slack doesn't say whom it means.
const unfitCodes = [
  'invalid_user',
  'invalid_users',
  'single_channel_guests_cannot_be_added',
  'user_not_found',
]

interface Change {
  user: string
  isIn: boolean
}

interface Waiting extends Change {
  resolve(outcome: 'done' | 'gone'): void
  reject(error: unknown): void
}

/**
 * Changes who is in a user group. Slack only replaces whole lists, and two that do so at once lose members: here every
 * group has one writer, who reads, writes, and reads again. Changes that wait meanwhile are written together.
 */
export function createGroupWriter(deps: {
  workspaces: Workspaces
  people: People
  refusals: Refusals
  ghosts: Ghosts
  problems: Groups['problems']
  read(community: CommunityId, group: RoleId): Promise<Group | undefined>
}) {
  const { workspaces, people, refusals, ghosts, problems, read } = deps
  const queues = new Map<string, Waiting[]>()

  return (community: CommunityId, role: RoleId, change: Change): Promise<'done' | 'gone'> =>
    new Promise((resolve, reject) => {
      const key = `${community}:${role}`
      const queue = queues.get(key)
      const waiting = { ...change, resolve, reject }
      if (queue) {
        queue.push(waiting)
        return
      }
      queues.set(key, [waiting])
      void work(community, role, key)
    })

  async function work(community: CommunityId, role: RoleId, key: string) {
    for (let batch = take(key); batch.length; batch = take(key)) {
      try {
        await makeSo(community, role, batch)
        for (const { resolve } of batch) resolve('done')
      } catch (error) {
        const explained = await refusals
          .explain(community, role, error, problems)
          .catch((worse: unknown) => worse)
        for (const { reject } of batch) reject(explained)
      }
    }
    queues.delete(key)
  }

  function take(key: string): Waiting[] {
    const batch = queues.get(key) ?? []
    queues.set(key, [])
    return batch
  }

  async function makeSo(community: CommunityId, role: RoleId, batch: Waiting[]) {
    let changes = batch
    let known: Map<string, Fitness> | undefined
    for (let writes = 0; ; writes += 1) {
      const group = await read(community, role)
      // A group that is no more is held by nobody: nothing is left to take away.
      if (!group && changes.every(({ isIn }) => !isIn)) return
      const next = group && (await planOf(community, group, changes, known))
      if (next === 'as it should be') return
      if (writes === mostWrites) throw new RetryLater('somebody else keeps changing the user group')
      try {
        await apply(community, role, group, next ?? [])
      } catch (error) {
        if (!isSlackError(error, ...unfitCodes)) throw error
        // Slack doesn't say whom it means: somebody new, or somebody who was in and became a guest since.
        if (known) throw error
        const everybody = await people.fitness(community)
        known = everybody
        changes = changes.filter(change => !answerUnfit(community, role, change, everybody, error))
        if (changes.length === 0) return
        writes -= 1
      }
    }
  }

  async function planOf(
    community: CommunityId,
    group: Group,
    changes: Change[],
    known: ReadonlyMap<string, Fitness> | undefined,
  ): Promise<string[] | 'as it should be'> {
    const gone = await ghosts.of(community, group)
    // The last word about somebody counts.
    const wishes = new Map(changes.map(({ user, isIn }) => [user, isIn]))
    const isFit = (user: string) => (known?.get(user) ?? 'fit') === 'fit'
    const stay = group.users.filter(user => !gone.includes(user) && isFit(user) && wishes.get(user) !== false)
    const come = [...wishes].filter(([user, isIn]) => isIn && !stay.includes(user)).map(([user]) => user)
    if (group.isDisabled && come.length === 0 && ![...wishes.values()].includes(true)) {
      const leave = group.users.filter(user => wishes.get(user) === false && !gone.includes(user))
      if (leave.length) await ghosts.set(community, group.id, [...gone, ...leave])
      return 'as it should be'
    }
    const wanted = [...stay, ...come]
    const isSame = wanted.length === group.users.length && wanted.every(user => group.users.includes(user))
    return isSame && !group.isDisabled ? 'as it should be' : wanted
  }

  async function apply(community: CommunityId, role: RoleId, group: Group | undefined, users: string[]) {
    await workspaces.ask(community, async ({ client }) => {
      if (users.length === 0) {
        const disable = () => client.usergroups.disable({ usergroup: role })
        await ghosts.disabling(community, role, group?.users ?? [], disable)
        return
      }
      if (group?.isDisabled) await client.usergroups.enable({ usergroup: role })
      await client.usergroups.users.update({ usergroup: role, users: users.join(',') })
      await ghosts.forget(community, role)
    })
  }

  /** Answers somebody whom Slack can't take. */
  function answerUnfit(
    community: CommunityId,
    role: RoleId,
    { user, isIn, resolve, reject }: Waiting,
    known: ReadonlyMap<string, Fitness>,
    cause: unknown,
  ): boolean {
    const why = isIn ? (known.get(user) ?? 'gone') : 'fit'
    if (why === 'gone') resolve('gone')
    else if (why === 'guest') reject(refusals.guest(memberId(community, user), role, cause))
    return why !== 'fit'
  }
}
