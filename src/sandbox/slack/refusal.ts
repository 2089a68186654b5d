import type { JsonObject } from './json.ts'

/** Slack's `{ ok: false, error }`, thrown from wherever the rule is broken; `more` is sent along with it. */
export class Refusal extends Error {
  readonly code: string
  readonly more: JsonObject

  constructor(code: string, more: JsonObject = {}) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.more = more
  }
}

/** Ends a Web API call with Slack's error code. */
export function refuse(code: string, more?: JsonObject): never {
  throw new Refusal(code, more)
}

/** The refusal of a malformed argument, its messages in Slack's own brackets. */
export function refuseArguments(messages: string[], code = 'invalid_arguments'): never {
  throw new Refusal(code, {
    ...(code === 'invalid_blocks' ? { errors: messages } : {}),
    response_metadata: { messages: messages.map(message => `[ERROR] ${message}`) },
  })
}
