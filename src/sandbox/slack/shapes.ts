import type { webApi } from '@slack/bolt'
import type { Channel, Message, StoredFile, Team, User, UserGroup, View } from './world.ts'

type Answered<T, K extends keyof T> = NonNullable<T[K]>

/** A user as `users.info` and the user events show it. */
export function userShape(
  user: User,
  includeLocale = false,
): Answered<webApi.UsersInfoResponse, 'user'> & { locale?: string } {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deleted,
    ...(user.deleted ? {} : { color: '9f69e7', tz: 'Europe/Amsterdam', tz_offset: 3600 }),
    real_name: user.realName,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      real_name_normalized: user.realName,
      display_name_normalized: user.name,
      team: user.teamId,
    },
    is_admin: user.isAdmin,
    is_owner: user.isOwner,
    is_primary_owner: false,
    is_restricted: user.guest !== undefined,
    is_ultra_restricted: user.guest === 'single',
    is_bot: user.isBot,
    is_app_user: false,
    updated: user.updated,
    ...(includeLocale ? { locale: user.locale } : {}),
  }
}

/** A channel as `conversations.info` shows it to the app. */
export function channelShape(
  channel: Channel,
  team: Team,
): Answered<webApi.ConversationsInfoResponse, 'channel'> {
  const isMember = channel.members.has(team.botUserId)
  if (channel.kind === 'im') {
    const user = [...channel.members].find(id => id !== team.botUserId)
    return {
      id: channel.id,
      created: channel.created,
      is_im: true,
      is_archived: false,
      ...(user ? { user } : {}),
    }
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    // A private channel made after March 2021 is a "channel" that is private, not a "group" (docs.slack.dev: conversation object).
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    is_archived: channel.isArchived,
    is_general: channel.isGeneral,
    is_member: isMember,
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    created: channel.created,
    creator: channel.creator,
    context_team_id: team.id,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  }
}

/** A user group; who is in it and how many only where the caller asked. */
export function usergroupShape(
  group: UserGroup,
  include: { users?: boolean; count?: boolean } = {},
): Answered<webApi.UsergroupsListResponse, 'usergroups'>[number] {
  return {
    id: group.id,
    team_id: group.teamId,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: group.description,
    handle: group.handle,
    is_external: false,
    date_create: group.created,
    date_update: group.updated,
    date_delete: group.disabled ? group.updated : 0,
    prefs: { channels: [], groups: [] },
    ...(include.users ? { users: [...group.users] } : {}),
    ...(include.count ? { user_count: group.users.length } : {}),
  }
}

/** A message as history, answers and payloads show it. */
export function messageShape(message: Message) {
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: message.teamId,
    ...(message.botId ? { bot_id: message.botId } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.blocks.length ? { blocks: message.blocks } : {}),
    ...(message.files.length ? { files: message.files.map(fileShape) } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
  }
}

/** A file without what is in it. */
export function fileShape(file: StoredFile) {
  return { id: file.id, name: file.name, title: file.title, size: file.length }
}

/** A view as answers and payloads show it. */
export function viewShape(view: View, team: Team, appId: string) {
  const text = (name: string) => (typeof view.fields[name] === 'string' ? view.fields[name] : '')
  return {
    id: view.id,
    team_id: view.teamId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: text('private_metadata'),
    callback_id: text('callback_id'),
    state: { values: view.state },
    hash: view.hash,
    title: view.fields.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.fields.clear_on_close === true,
    notify_on_close: view.fields.notify_on_close === true,
    close: view.fields.close ?? null,
    submit: view.fields.submit ?? null,
    previous_view_id: null,
    root_view_id: view.id,
    app_id: appId,
    external_id: text('external_id'),
    app_installed_team_id: view.teamId,
    bot_id: team.botId,
  }
}
