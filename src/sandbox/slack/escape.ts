import type { Team } from './world.ts'

/**
 * A command's text as Slack sends it with "escape channels, users, and links" turned on: mentions become ids
 * (docs.slack.dev/interactivity/implementing-slash-commands). A private channel's name is left out.
 */
export function escapeText(team: Team, text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/(^|\s)(@|#)([\p{L}\p{N}_.-]+)/gu, (whole, before: string, sign: string, name: string) => {
      const mention = sign === '@' ? mentionOf(team, name) : channelOf(team, name)
      return mention ? `${before}${mention}` : whole
    })
    .replace(/(^|\s)(https?:\/\/\S+)/g, '$1<$2>')
}

function mentionOf(team: Team, name: string): string | undefined {
  for (const user of team.users.values()) {
    if (user.name === name && !user.deleted) return `<@${user.id}|${name}>`
  }
  for (const group of team.usergroups.values()) {
    if (group.handle === name && !group.disabled) return `<!subteam^${group.id}|@${name}>`
  }
  return undefined
}

function channelOf(team: Team, name: string): string | undefined {
  for (const channel of team.channels.values()) {
    if (channel.kind !== 'im' && channel.name === name) {
      return `<#${channel.id}|${channel.kind === 'private' ? '' : name}>`
    }
  }
  return undefined
}
