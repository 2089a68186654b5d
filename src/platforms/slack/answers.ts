import type { RespondFn } from '@slack/bolt'
import type { Logger } from 'pino'
import type { Reply } from '../../reply.ts'
import type { RenderOptions, SlackMessage } from './render.ts'

// A response URL works five times (docs.slack.dev/interactivity/handling-user-interaction#message_responses): three are for
// showing progress, so that the answer itself can be tried twice.
const progressAfterMs = [500, 4_000, 15_000]

/** One way to answer one command or press, for the caller's eyes alone. */
export interface Answer {
  /** Shows how far things are, now and then; may be called often. */
  progress(reply: Reply): void
  /** Shows the answer, whatever it takes. */
  finish(reply: Reply): Promise<void>
}

/** Answers by a response URL; where that no longer works, by a direct message. */
export function createAnswer(deps: {
  respond: RespondFn
  /** A command's own answers replace each other; a press would replace the message that was pressed. */
  replacesItself: boolean
  render: (reply: Reply, options?: RenderOptions) => Promise<SlackMessage>
  tell: (message: SlackMessage) => Promise<unknown>
  log: Logger
}): Answer {
  const { respond, replacesItself, render, tell, log } = deps
  const startedAt = performance.now()
  let shown = 0
  let last: Promise<unknown> = Promise.resolve()
  let isFinished = false

  const say = ({ text, blocks }: SlackMessage) =>
    respond({
      text,
      ...(blocks.length && { blocks }),
      response_type: 'ephemeral',
      replace_original: replacesItself && shown > 0,
    })

  return {
    progress(reply) {
      const wait = replacesItself ? progressAfterMs[shown] : undefined
      if (isFinished || wait === undefined || performance.now() - startedAt < wait) return
      last = last
        .then(async () => say(await render(reply)))
        .catch((error: unknown) => log.info({ err: error }, 'progress not shown'))
      shown += 1
    },
    async finish(reply) {
      isFinished = true
      await last
      const plainer = () => render(reply, { withoutImages: true })
      const ways = [
        async () => say(await render(reply)),
        async () => say(await plainer()),
        async () => tell(await plainer()),
      ]
      for (const [index, way] of ways.entries()) {
        try {
          await way()
          return
        } catch (error) {
          if (index === ways.length - 1) throw error
          log.warn({ err: error }, 'an answer was not taken, trying another way')
        }
      }
    },
  }
}
