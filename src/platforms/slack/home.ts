import type { types } from '@slack/bolt'
import type { Logger } from 'pino'
import { communityOf, type MemberId, userOf } from '../../member.ts'
import type { Reply } from '../../reply.ts'
import type { PlatformEvents } from '../platform.ts'
import type { Answer } from './answers.ts'
import { callerOf } from './caller.ts'
import type { NameBook } from './names.ts'
import type { People } from './people.ts'
import { renderSlack } from './render.ts'
import type { SlackTalk } from './talk.ts'
import type { Workspaces } from './workspaces.ts'

/** The action id of the button that leads back from an answer. */
export const overviewAction = 'overview'

// docs.slack.dev/reference/views: a Home has at most 100 blocks.
const roomForBilling = 48
const roomForPlans = 50

/** The app's Home tab: what /billing shows, with the plans below; presses there are answered in place. */
export interface Home {
  show(member: MemberId): Promise<void>
  /** Shows an answer on the Home, with a way back; there is no other place for it. */
  answer(member: MemberId): Answer
}

export function createHome(deps: {
  events: Pick<PlatformEvents, 'run'>
  workspaces: Workspaces
  people: People
  names: NameBook
  talk: Pick<SlackTalk, 'write'>
  log: Logger
}): Home {
  const { events, workspaces, people, names, talk, log } = deps
  const showing = new Map<MemberId, Promise<void>>()

  const publish = async (member: MemberId, blocks: types.KnownBlock[]) => {
    await workspaces.ask(communityOf(member), ({ client }) =>
      client.views.publish({ user_id: userOf(member), view: { type: 'home', blocks } }),
    )
  }

  const blocksOf = async (member: MemberId, reply: Reply, prefix: string, room: number) => {
    const named = await names.of(communityOf(member), reply, 'private')
    return (withoutImages: boolean) =>
      renderSlack(reply, { names: named, prefix, room, withoutImages }).blocks
  }

  const overview = async (member: MemberId) => {
    const caller = await callerOf(people, member, log)
    const [billing, plans] = await Promise.all(
      ['billing', 'plans'].map(call =>
        'says' in caller ? { text: caller.says } : events.run({ ...caller, call }),
      ),
    )
    const top = await blocksOf(member, billing ?? {}, 'billing', roomForBilling)
    const below = await blocksOf(member, plans ?? {}, 'plans', roomForPlans)
    const view = (withoutImages: boolean): types.KnownBlock[] => [
      ...top(withoutImages),
      { type: 'divider' },
      ...below(withoutImages),
    ]
    // Slack refuses the whole view for one picture that it can't fetch.
    await publish(member, view(false)).catch(() => publish(member, view(true)))
  }

  return {
    show(member) {
      const known = showing.get(member)
      if (known) return known
      const shown = overview(member)
        .catch((error: unknown) => log.warn({ err: error, member }, 'the home tab was not shown'))
        .finally(() => showing.delete(member))
      showing.set(member, shown)
      return shown
    },
    answer: member => ({
      progress: () => undefined,
      async finish(reply) {
        const blocks = await blocksOf(member, reply, 'answer', roomForPlans)
        const view = [...blocks(true), { type: 'divider' } as const, back]
        try {
          await publish(member, view)
        } catch (error) {
          log.warn({ err: error, member }, 'an answer was not shown on the home tab, writing it instead')
          await talk.write(
            member,
            renderSlack(reply, { names: await names.of(communityOf(member), reply, 'private') }),
          )
        }
      },
    }),
  }
}

const back: types.ActionsBlock = {
  type: 'actions',
  elements: [
    {
      type: 'button',
      action_id: overviewAction,
      text: { type: 'plain_text', text: 'Back to overview', emoji: false },
    },
  ],
}
