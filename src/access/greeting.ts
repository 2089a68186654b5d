import type { Logger } from 'pino'
import type { CommunityId } from '../member.ts'
import { code, lines, text } from '../text.ts'
import type { Chat } from './chat.ts'
import { allRoles, type SettingsBook } from './settings.ts'

/** Greets a community that the bot was added to, with the way to set it up; one that is set up already hears nothing. */
export const createGreeting =
  ({
    chat,
    settings,
    log,
  }: {
    chat: Pick<Chat, 'platform'>
    settings: Pick<SettingsBook, 'of'>
    log: Logger
  }) =>
  async (community: CommunityId): Promise<void> => {
    const platform = chat.platform(community)
    if (!platform || allRoles(await settings.of(community)).length > 0) return
    try {
      const outcome = await platform.greet(community, {
        title: text`Velvet Rope is here`,
        text: lines(
          text`I sell memberships in this community through Stripe, and keep what they unlock true.`,
          text`An admin sets me up in a minute, with ${code('/premium setup')}.`,
        ),
        buttons: [{ label: 'Set up', run: 'premium setup', style: 'primary' }],
      })
      log.info({ community, outcome }, 'greeted')
    } catch (error) {
      // A greeting is a courtesy; the command works without it.
      log.warn({ err: error, community }, 'could not greet')
    }
  }
