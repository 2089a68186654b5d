import type { App } from '@slack/bolt'
import { type CommunityId, memberId } from '../../member.ts'
import type { PlatformEvents } from '../platform.ts'
import type { Groups } from './groups.ts'
import type { Installations } from './installations.ts'
import type { Memory } from './memory.ts'
import type { Workspaces } from './workspaces.ts'

/** What Slack tells of people who come and go, and of channels and groups that change. */
export function listenToChanges(
  app: App,
  deps: {
    events: Pick<PlatformEvents, 'memberChanged' | 'communityChanged'>
    groups: Groups
    deleted: Memory<true>
    workspaces: Workspaces
    installations: Installations
  },
) {
  const { events, groups, deleted, workspaces, installations } = deps
  const communityOf = ({ team_id }: { team_id: string }): CommunityId => `slack:${team_id}`
  const rolesChanged = async ({ body }: { body: { team_id: string } }) => {
    groups.changed(communityOf(body))
    events.communityChanged(communityOf(body), 'roles')
  }

  app.event('team_join', async ({ body, event }) => {
    events.memberChanged(memberId(communityOf(body), event.user.id), 'joined')
  })
  app.event('user_change', async ({ body, event }) => {
    // Slack tells of every new picture and status too.
    events.memberChanged(memberId(communityOf(body), event.user.id), event.user.deleted ? 'left' : 'present')
  })
  app.event('member_left_channel', async ({ body, event }) => {
    events.memberChanged(memberId(communityOf(body), event.user), 'roles', { lost: [event.channel] })
  })
  app.event('member_joined_channel', async ({ body, event }) => {
    const community = communityOf(body)
    if (event.user === (await workspaces.of(community)).botUserId) events.communityChanged(community, 'roles')
  })
  app.event('subteam_members_changed', async ({ body, event }) => {
    const community = communityOf(body)
    groups.changed(community)
    for (const user of event.removed_users ?? [])
      events.memberChanged(memberId(community, user), 'roles', { lost: [event.subteam_id] })
  })
  for (const name of ['channel_deleted', 'group_deleted'] as const)
    app.event(name, async ({ body, event }) => {
      await deleted.set(`${communityOf(body)}:${event.channel}`, true)
      await rolesChanged({ body })
    })
  for (const name of [
    'channel_archive',
    'channel_left',
    'channel_rename',
    'channel_unarchive',
    'group_archive',
    'group_left',
    'group_rename',
    'group_unarchive',
    'subteam_updated',
  ] as const)
    app.event(name, rolesChanged)

  const uninstalled = async ({ body }: { body: { team_id: string } }) => {
    const community = communityOf(body)
    // It may have been installed again before this was told.
    if (await workspaces.isAlive(community)) return
    await installations.forget(community)
    events.communityChanged(community, 'removed')
  }
  app.event('app_uninstalled', uninstalled)
  app.event('tokens_revoked', uninstalled)
}
