import type { Ack } from './carrier.ts'
import { isObject } from './json.ts'
import { Refusal } from './refusal.ts'
import type { ResponseUrl, ResponseUrls } from './response-url.ts'
import { type Subscribe, until } from './waiting.ts'
import type { Message } from './world.ts'

/** A command, press or submission, and how the app answered it. */
export interface Invocation {
  /** HTTP status, 200 for an ack by Socket Mode, undefined where none came in time. */
  readonly ackStatus: number | undefined
  readonly ackMs: number
  readonly ackBody: unknown
  /** What Slack would show: `operation_timeout` after 3 seconds, `unknown_command`, `invalid_command_response`, else `dispatch_failed`. */
  readonly failure: string | undefined
  /** Where answers go, if anywhere. */
  readonly responseUrl: string | undefined
  /** How often the response URL was used; it works 5 times. */
  uses(): number
  /** What the user sees of the answers, oldest first, with replacements applied. */
  replies(): Message[]
  /** The message that was touched last. */
  message(): Message | undefined
  /** Resolves with the first answer (the newest, when several) that is as wanted. */
  waitFor(predicate?: (message: Message) => boolean, timeoutMs?: number): Promise<Message>
}

/** An invocation after its ack; for a command the ack's body is a message too. */
export function createInvocation(
  deps: { subscribe: Subscribe; responseUrls: ResponseUrls },
  ack: Ack,
  to: ResponseUrl | undefined,
  saysAck = false,
): Invocation {
  let failure: string | undefined = ack.failure === 'http_error' ? 'dispatch_failed' : ack.failure
  if (saysAck && to && !failure) failure = sayAck(deps.responseUrls, to, ack.body)
  const replies = () => (to?.messages ?? []).filter(message => !message.deleted)
  return {
    ackStatus: ack.status,
    ackMs: ack.ms,
    ackBody: ack.body,
    failure,
    responseUrl: to?.url,
    uses: () => to?.uses ?? 0,
    replies,
    message: () => replies().at(-1),
    waitFor: (predicate = () => true, timeoutMs = 5000) =>
      until(deps.subscribe, () => replies().findLast(predicate), 'the awaited answer', timeoutMs),
  }
}

function sayAck(responseUrls: ResponseUrls, to: ResponseUrl, body: unknown): string | undefined {
  const said = typeof body === 'string' ? { text: body } : body
  if (!isObject(said) || (!said.text && !said.blocks)) return undefined
  try {
    responseUrls.say(to, said)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return 'invalid_command_response'
    throw error
  }
}
