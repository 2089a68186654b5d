import { type CommandContext, defineCommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import type { Reply, Select } from '../../src/reply.ts'
import { channelMention, code, lines, type Text, text } from '../../src/text.ts'
import type { Outcome } from './role.ts'

const mostOptions = 25

export default defineCommand({
  description: 'Choose the channel that hears of grants, ends, failures and payment trouble',
  access: 'admin',
  options: [
    { name: 'channel', description: 'where notices go', type: 'channel' },
    { name: 'off', description: 'send no notices any more', type: 'yes-no' },
  ],
  async run(context): Promise<Reply> {
    const { access, community, options } = context
    const channel = options.text('channel')
    if (options.yes('off')) return { text: await stopLog(context) }
    if (channel) {
      const { done, stopped } = await setLogChannel(context, channel)
      return stopped ?? { title: text`Done`, text: done }
    }
    const { logChannel } = await access.settings.of(community)
    const channels = await channelsOf(context)
    return {
      title: text`The log channel`,
      text: lines(
        logChannel
          ? text`Notices go to ${channelMention(logChannel)}: grants, ends, failures, payment trouble, disputes and repairs, one line each.`
          : text`Notices go nowhere. In a channel for admins they tell of grants, ends, failures, payment trouble, disputes and repairs.`,
        otherChannels(channels),
      ),
      selects: [channelSelect(channels, logChannel, id => `premium log channel:${id}`)],
      ...(logChannel && { buttons: [{ label: 'Send no notices', run: 'premium log off:yes' }] }),
    }
  },
})

/** Sends notices to a channel from now on, once a first line got there; or answers what is in the way. */
export async function setLogChannel(
  { access, community, member, now }: CommandContext,
  channel: string,
): Promise<Outcome> {
  const platform = access.chat.platform(community)
  if (!platform) throw new UserError(text`This community's platform isn't connected.`)
  const problems = await platform.checkChannel(community, channel)
  if (problems.length)
    return {
      stopped: {
        title: text`Notices can't go there yet`,
        text: lines(...problems.flatMap(({ what, fix }) => [what, fix])),
      },
    }
  await platform.post(community, channel, {
    text: text`Notices about memberships come here from now on: grants, ends, failures, payment trouble, disputes and repairs.`,
  })
  await access.settings.change(community, settings => ({ ...settings, logChannel: channel }))
  await access.journal.add(community, {
    at: now(),
    causes: [{ what: 'admin', by: member }],
    did: text`sent notices to ${channelMention(channel)}`,
  })
  return { done: text`Notices go to ${channelMention(channel)}. A first one is there.` }
}

async function stopLog({ access, community, member, now }: CommandContext): Promise<Text> {
  await access.settings.change(community, ({ logChannel: _, ...settings }) => settings)
  await access.journal.add(community, {
    at: now(),
    causes: [{ what: 'admin', by: member }],
    did: text`stopped notices`,
  })
  return text`No notices are sent any more.`
}

interface Choice {
  id: string
  label: string
  hint?: string
}

/** Where notices could go, as the platform names it; nothing where it doesn't answer. */
export const channelsOf = async ({ access, community }: CommandContext): Promise<Choice[]> =>
  (await access.chat.platform(community)?.choices(community))?.channels ?? []

/** Says that the menu hasn't room for all of them, and how another one is named. */
export const otherChannels = (channels: readonly Choice[]): Text | undefined =>
  channels.length > mostOptions
    ? text`The menu shows ${mostOptions} of ${channels.length} channels; ${code('/premium log')} takes any by name.`
    : undefined

/** A menu of channels; `run` makes the command line for one. */
export const channelSelect = (
  channels: Choice[],
  chosen: string | undefined,
  run: (id: string) => string,
): Select => ({
  placeholder: 'Where notices for admins go',
  options: channels.slice(0, mostOptions).map(({ id, label, hint }) => ({
    label,
    run: run(id),
    ...(hint && { hint }),
    ...(id === chosen && { chosen: true }),
  })),
})
