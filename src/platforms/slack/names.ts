import type { CommunityId } from '../../member.ts'
import { memberId } from '../../member.ts'
import type { Reply } from '../../reply.ts'
import type { Part, Text } from '../../text.ts'
import type { Groups } from './groups.ts'
import type { Named, Names } from './mrkdwn.ts'
import type { People } from './people.ts'
import type { Workspaces } from './workspaces.ts'

// A channel's name seldom changes, and an old one harms nobody.
const keptMs = 60_000

/** Finds what a reply's channels, groups and people are called, before it is rendered. */
export interface NameBook {
  /**
   * Channels and groups by name: Slack shows a private channel's mention to nobody who isn't in it yet. In a channel
   * people are named too, as a mention there would ring their bell. What can't be found out stays a mention.
   */
  of(community: CommunityId, reply: Reply, where: 'private' | 'channel'): Promise<Names>
}

export function createNameBook(deps: { workspaces: Workspaces; people: People; groups: Groups }): NameBook {
  const { workspaces, people, groups } = deps
  const kept = new Map<string, { at: number; named: Promise<Named | undefined> }>()

  const keeping = (key: string, find: () => Promise<Named | undefined>): Promise<Named | undefined> => {
    const known = kept.get(key)
    if (known && performance.now() - known.at < keptMs) return known.named
    const named = find().catch(() => undefined)
    for (const [old, { at }] of kept) {
      if (performance.now() - at < keptMs) break
      kept.delete(old)
    }
    kept.delete(key)
    kept.set(key, { at: performance.now(), named })
    void named.then(found => {
      if (!found) kept.delete(key)
    })
    return named
  }

  const roleNamed = async (community: CommunityId, id: string): Promise<Named | undefined> => {
    if (/^S/.test(id)) {
      const group = (await groups.list(community)).find(each => each.id === id)
      return group && { name: `@${group.handle}` }
    }
    const { url } = await workspaces.of(community)
    const { channel } = await workspaces.ask(community, ({ client }) =>
      client.conversations.info({ channel: id }),
    )
    return channel?.name ? { name: `#${channel.name}`, url: new URL(`archives/${id}`, url).href } : undefined
  }

  const userNamed = async (community: CommunityId, id: string): Promise<Named | undefined> => {
    const { url } = await workspaces.of(community)
    const person = await people.of(memberId(community, id))
    return person === 'gone' ? undefined : { name: `@${person.name}`, url: new URL(`team/${id}`, url).href }
  }

  return {
    async of(community, reply, where) {
      const { roles, users } = idsIn(reply)
      const look = async (
        ids: Set<string>,
        find: (community: CommunityId, id: string) => Promise<Named | undefined>,
      ) =>
        new Map(
          await Promise.all(
            [...ids].map(
              async id => [id, await keeping(`${community}:${id}`, () => find(community, id))] as const,
            ),
          ),
        )
      const [roleNames, userNames] = await Promise.all([
        look(roles, roleNamed),
        where === 'channel' ? look(users, userNamed) : undefined,
      ])
      return { role: id => roleNames.get(id), user: id => userNames?.get(id) }
    },
  }
}

function idsIn({ title = [], text = [], cards = [] }: Reply): { roles: Set<string>; users: Set<string> } {
  const ids = { roles: new Set<string>(), users: new Set<string>() }
  const walk = (words: Text) => {
    for (const part of words) visit(part)
  }
  const visit = (part: Part) => {
    if (typeof part === 'string') return
    if ('bold' in part) walk(part.bold)
    if ('role' in part && /^[CGS][A-Z0-9]+$/.test(part.role)) ids.roles.add(part.role)
    if ('user' in part && /^[UW][A-Z0-9]+$/.test(part.user)) ids.users.add(part.user)
  }
  walk(title)
  walk(text)
  for (const card of cards) {
    walk(card.title)
    walk(card.text ?? [])
    for (const { name, value } of card.fields ?? []) {
      walk(name)
      walk(value)
    }
  }
  return ids
}
