import type { webApi } from '@slack/bolt'
import { UserError } from '../../errors.ts'
import { type CommunityId, memberId } from '../../member.ts'
import { code, text } from '../../text.ts'
import type { Invocation } from '../platform.ts'
import { isSlackError } from './errors.ts'
import type { Groups } from './groups.ts'
import { nameOf, type People } from './people.ts'
import type { SlackPlaces } from './places.ts'
import type { Workspaces } from './workspaces.ts'

const pageSize = 200

type Kind = Parameters<NonNullable<Invocation['resolve']>>[0]

/** Finds who or what somebody typed by name, for a workspace whose commands aren't escaped: `#lounge`, `@supporters`, `@ada`. */
export type Resolver = (community: CommunityId, type: Kind, word: string) => Promise<string | undefined>

export function createResolver(deps: {
  workspaces: Workspaces
  people: People
  groups: Groups
  places: SlackPlaces
}): Resolver {
  const { workspaces, people, groups, places } = deps

  // Only what the bot is in can be sold or written into, and that is far less than a workspace has.
  const channel = async (community: CommunityId, name: string) =>
    (await places.channels(community)).find(each => each.name === name || each.name_normalized === name)?.id

  const group = async (community: CommunityId, handle: string) => {
    const found = await groups.list(community).catch((error: unknown) => {
      if (isSlackError(error, 'plan_upgrade_required', 'paid_teams_only')) return []
      throw error
    })
    return found.find(each => each.handle.toLowerCase() === handle)?.id
  }

  const person = async (community: CommunityId, name: string) => {
    const called: Record<'handle' | 'shown', string[]> = { handle: [], shown: [] }
    let cursor = ''
    do {
      const page = await workspaces.ask(community, ({ client }) =>
        client.users.list({ limit: pageSize, ...(cursor && { cursor }) }),
      )
      for (const user of page.members ?? []) {
        const rank = rankOf(user, name)
        if (rank && user.id) called[rank].push(user.id)
      }
      cursor = page.response_metadata?.next_cursor ?? ''
    } while (cursor)
    const [only, other] = called.handle.length ? called.handle : called.shown
    if (other)
      throw new UserError(
        text`Several people here are called ${code(`@${name}`)}. Pick one from Slack's list while you type.`,
      )
    return only
  }

  return async (community, type, word) => {
    const name = word.replace(/^[@#]/, '').toLowerCase()
    const { botUserId } = await workspaces.of(community)
    const bot = async () => {
      const found = await people.recent(memberId(community, botUserId))
      return found === 'gone' ? 'Velvet Rope' : found.name
    }
    // An id is none of anybody's names, and looking for it would read the whole workspace.
    if (/^[CGSUW][A-Z0-9]{5,31}$/.test(word)) return word
    if (type === 'member') return person(community, name)
    const id =
      (word.startsWith('@') ? undefined : await channel(community, name)) ??
      (type === 'role' && !word.startsWith('#') ? await group(community, name) : undefined)
    if (id) return id
    const invite = text`type ${code(`/invite @${await bot()}`)} in it first`
    throw new UserError(
      word.startsWith('@')
        ? text`There is no user group ${code(word.slice(0, 100))} here.`
        : text`I can't find ${code(word.slice(0, 100))}. If it is a channel, ${invite}.`,
    )
  }
}

type User = NonNullable<webApi.UsersListResponse['members']>[number]

function rankOf(user: User, name: string): 'handle' | 'shown' | undefined {
  if (user.deleted || user.is_bot) return undefined
  if (user.name?.toLowerCase() === name) return 'handle'
  return nameOf(user).toLowerCase() === name ? 'shown' : undefined
}
