import type { App, BlockAction, RespondFn } from '@slack/bolt'
import type { Logger } from 'pino'
import { type CommunityId, communityOf, type MemberId, memberId } from '../../member.ts'
import type { Reply } from '../../reply.ts'
import { text } from '../../text.ts'
import type { Invocation, PlatformEvents } from '../platform.ts'
import { type Answer, createAnswer } from './answers.ts'
import { callerOf } from './caller.ts'
import { type Home, overviewAction } from './home.ts'
import type { NameBook } from './names.ts'
import type { People } from './people.ts'
import { renderSlack } from './render.ts'
import type { Resolver } from './resolver.ts'
import type { SlackTalk } from './talk.ts'

/** Where a command line came from, and how its answer goes back. */
interface Heard {
  member: MemberId
  community: CommunityId
  line: string
  answer: Answer
}

/** Commands and presses: acknowledged at once, then run, then answered for the caller's eyes alone. */
export function listenToPeople(
  app: App,
  deps: {
    events: Pick<PlatformEvents, 'run'>
    people: People
    resolver: Resolver
    names: NameBook
    home: Home
    talk: Pick<SlackTalk, 'write' | 'sendFile'>
    log: Logger
  },
): { answered(): Promise<unknown> } {
  const { events, people, resolver, names, home, talk, log } = deps

  const running = new Set<Promise<void>>()
  const keep = async (work: Promise<void>) => {
    running.add(work)
    await work.finally(() => running.delete(work))
  }

  // Slack waits three seconds, and Stripe may take longer: nothing is waited for before this.
  app.use(async args => {
    if ('ack' in args && typeof args.ack === 'function') await args.ack()
    await args.next()
  })

  const run = async ({ member, community, line, answer }: Heard) => {
    const reply = await answerTo(member, community, line, answer.progress)
    await answer.finish(reply.file ? await withFile(member, reply, reply.file) : reply)
  }

  const answerTo = async (
    member: MemberId,
    community: CommunityId,
    call: string,
    progress: NonNullable<Invocation['progress']>,
  ): Promise<Reply> => {
    const caller = await callerOf(people, member, log)
    if ('says' in caller) return { text: caller.says }
    const resolve: Invocation['resolve'] = (type, word) => resolver(community, type, word)
    return events.run({ ...caller, call, resolve, progress })
  }

  const withFile = async (
    member: MemberId,
    reply: Reply,
    file: NonNullable<Reply['file']>,
  ): Promise<Reply> => {
    const sent = await talk.sendFile(member, file).then(
      () => text`${file.name} is in your direct messages with me.`,
      (error: unknown) => {
        log.error({ err: error, member }, 'a file was not sent')
        return text`${file.name} could not be sent to your direct messages. Please try again in a minute.`
      },
    )
    return { ...reply, text: reply.text?.length ? [...reply.text, '\n', ...sent] : sent }
  }

  app.command(/[\s\S]*/, async ({ command, respond }) => {
    const community: CommunityId = `slack:${command.team_id}`
    const member = memberId(community, command.user_id)
    const answer = answerBy(member, respond, true)
    const heard: Heard = {
      member,
      community,
      line: `${command.command.replace(/^\//, '')} ${unescaped(command.text ?? '')}`,
      answer,
    }
    await keep(run(heard))
  })

  app.action<BlockAction>({ type: 'block_actions' }, async ({ body, respond }) => {
    const [action] = body.actions
    const team = body.team?.id ?? body.user.team_id
    if (!action || !team) return
    const community: CommunityId = `slack:${team}`
    const member = memberId(community, body.user.id)
    if (action.action_id === overviewAction) return home.show(member)
    const line = lineOf(action)
    if (line === undefined) return
    const answer = body.view ? home.answer(member) : respond && answerBy(member, respond, false)
    if (answer) await keep(run({ member, community, line, answer }))
  })

  app.event('app_home_opened', async ({ body, event }) => {
    if (event.tab === 'home') await home.show(memberId(`slack:${body.team_id}`, event.user))
  })

  const answerBy = (member: MemberId, respond: RespondFn, replacesItself: boolean) =>
    createAnswer({
      respond,
      replacesItself,
      render: async (reply, options) =>
        renderSlack(reply, { ...options, names: await names.of(communityOf(member), reply, 'private') }),
      tell: message => talk.write(member, message),
      log,
    })

  return { answered: () => Promise.allSettled(running) }
}

/** The command line that a button or a menu carries; a button that opens a page carries none. */
function lineOf(action: BlockAction['actions'][number]): string | undefined {
  if (action.type === 'button') return action.value || undefined
  if (action.type === 'static_select') return action.selected_option?.value
  return undefined
}

/** What was typed, without what Slack made of it: `&lt;` and links of addresses. Mentions stay. */
const unescaped = (typed: string): string =>
  typed
    .replaceAll(/<((?:https?|mailto):[^|>\s]*)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
