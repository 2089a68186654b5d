import type { CommunityId, RoleId } from '../../member.ts'
import type { Memory } from './memory.ts'

/** Who is on Slack's list of a user group only because a list can't be empty: whoever left last. */
export interface Ghosts {
  /** Who is on a group's list and was taken out. */
  of(community: CommunityId, group: { id: RoleId; isDisabled: boolean }): Promise<string[]>
  set(community: CommunityId, group: RoleId, users: string[]): Promise<void>
  /** Everybody on the list is in it. */
  forget(community: CommunityId, group: RoleId): Promise<void>
  /** Disables a group that `users` are the last of; until that is done, or seen to be done, they are in it. */
  disabling(
    community: CommunityId,
    group: RoleId,
    users: string[],
    disable: () => Promise<unknown>,
  ): Promise<void>
}

/** Ghosts that outlive a restart, between any two steps. */
export function createGhosts({ memory }: { memory: Memory<string[]> }): Ghosts {
  const keyOf = (community: CommunityId, group: RoleId) => `${community}:${group}`
  const leaving = (key: string) => `${key}:leaving`

  const left = async (key: string) => {
    const users = await memory.get(leaving(key))
    if (!users) return
    await memory.set(key, users)
    await memory.delete(leaving(key))
  }

  return {
    async of(community, { id, isDisabled }) {
      const key = keyOf(community, id)
      // The answer may have been lost, or the bot have ended, before it was known.
      if (isDisabled) await left(key)
      return (await memory.get(key)) ?? []
    },
    set: (community, group, users) => memory.set(keyOf(community, group), users),
    async forget(community, group) {
      const key = keyOf(community, group)
      await memory.delete(leaving(key))
      await memory.delete(key)
    },
    async disabling(community, group, users, disable) {
      const key = keyOf(community, group)
      // Written first: if the group is enabled again, by anybody, the bot still knows who paid no more.
      await memory.set(leaving(key), users)
      await disable()
      await left(key)
    },
  }
}
