import type { webApi } from '@slack/bolt'
import { type CommunityId, communityOf, type MemberId, userOf } from '../../member.ts'
import { isSlackError } from './errors.ts'
import type { Workspaces } from './workspaces.ts'

// A button pressed twice asks once; an admin who was one a few seconds ago still is.
const recentMs = 3_000
// docs.slack.dev/reference/methods/users.list: at most 1,000 at once, and better fewer.
const pageSize = 500

/** Somebody in a workspace, as Slack says now. */
export interface Person {
  name: string
  /** BCP 47 */
  locale: string
  isAdmin: boolean
  isGuest: boolean
  isBot: boolean
}

/** Whether a user group takes somebody: a bot is as little a member as a guest. */
export type Fitness = 'fit' | 'guest' | 'gone'

/** Who is who. Deactivated people and strangers are `gone`. */
export interface People {
  of(member: MemberId): Promise<Person | 'gone'>
  /** Whom a user group takes, of everybody in a workspace. */
  fitness(community: CommunityId): Promise<Map<string, Fitness>>
  /** As `of`, but perhaps a few seconds old. */
  recent(member: MemberId): Promise<Person | 'gone'>
}

export function createPeople({ workspaces }: { workspaces: Workspaces }): People {
  const recent = new Map<MemberId, { at: number; person: Promise<Person | 'gone'> }>()

  const of = (member: MemberId) =>
    workspaces.ask(communityOf(member), async ({ client }) => {
      try {
        const { user } = await client.users.info({ user: userOf(member), include_locale: true })
        return !user || user.deleted ? 'gone' : personOf(user)
      } catch (error) {
        if (isSlackError(error, 'user_not_found', 'user_not_visible', 'users_not_found')) return 'gone'
        throw error
      }
    })

  const fitness: People['fitness'] = async community => {
    const found = new Map<string, Fitness>()
    let cursor = ''
    do {
      const page = await workspaces.ask(community, ({ client }) =>
        client.users.list({ limit: pageSize, ...(cursor && { cursor }) }),
      )
      for (const user of page.members ?? []) {
        const { isGuest, isBot } = personOf(user)
        found.set(user.id ?? '', user.deleted ? 'gone' : isGuest || isBot ? 'guest' : 'fit')
      }
      cursor = page.response_metadata?.next_cursor ?? ''
    } while (cursor)
    return found
  }

  return {
    of,
    fitness,
    recent(member) {
      const now = performance.now()
      for (const [key, { at }] of recent) {
        if (now - at < recentMs) break
        recent.delete(key)
      }
      const known = recent.get(member)
      if (known) return known.person
      const person = of(member)
      recent.set(member, { at: now, person })
      person.catch(() => recent.delete(member))
      return person
    },
  }
}

type User = NonNullable<webApi.UsersInfoResponse['user']>
type Flags = Pick<
  User,
  | 'id'
  | 'name'
  | 'real_name'
  | 'profile'
  | 'locale'
  | 'is_admin'
  | 'is_owner'
  | 'is_primary_owner'
  | 'is_restricted'
  | 'is_ultra_restricted'
  | 'is_bot'
>

const personOf = (user: Flags): Person => ({
  name: nameOf(user),
  locale: user.locale ?? 'en-US',
  isAdmin: Boolean(user.is_admin || user.is_owner || user.is_primary_owner),
  isGuest: Boolean(user.is_restricted || user.is_ultra_restricted),
  isBot: Boolean(user.is_bot),
})

/** What Slack shows for somebody. */
export const nameOf = ({
  profile,
  real_name,
  name,
  id,
}: Pick<User, 'profile' | 'real_name' | 'name' | 'id'>) =>
  profile?.display_name || real_name || name || id || ''
