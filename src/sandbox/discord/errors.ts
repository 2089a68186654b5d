import { RESTJSONErrorCodes as Code } from 'discord.js'

/** One refused request: the HTTP status and the JSON that Discord answers with. */
export class ApiError extends Error {
  readonly status: number
  readonly code: number
  readonly errors: ErrorTree | undefined

  constructor(status: number, code: number, message: string, errors?: ErrorTree) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }

  get body(): object {
    return { message: this.message, ...(this.errors && { errors: this.errors }), code: this.code }
  }
}

/** Where a form is wrong, as Discord nests it: `{ embeds: { 0: { title: { _errors: [...] } } } }`. */
export interface ErrorTree {
  [key: string]: ErrorTree | { code: string; message: string }[]
}

const refusals = {
  [Code.UnknownApplication]: [404, 'Unknown Application'],
  [Code.UnknownChannel]: [404, 'Unknown Channel'],
  [Code.UnknownGuild]: [404, 'Unknown Guild'],
  [Code.UnknownMember]: [404, 'Unknown Member'],
  [Code.UnknownMessage]: [404, 'Unknown Message'],
  [Code.UnknownRole]: [404, 'Unknown Role'],
  [Code.UnknownUser]: [404, 'Unknown User'],
  [Code.UnknownWebhook]: [404, 'Unknown Webhook'],
  [Code.UnknownInteraction]: [404, 'Unknown interaction'],
  [Code.UnknownApplicationCommand]: [404, 'Unknown application command'],
  [Code.InteractionHasAlreadyBeenAcknowledged]: [400, 'Interaction has already been acknowledged.'],
  [Code.RequestEntityTooLarge]: [413, 'Request entity too large'],
  [Code.MissingAccess]: [403, 'Missing Access'],
  [Code.CannotEditMessageAuthoredByAnotherUser]: [403, 'Cannot edit a message authored by another user'],
  [Code.CannotSendAnEmptyMessage]: [400, 'Cannot send an empty message'],
  [Code.CannotSendMessagesToThisUser]: [403, 'Cannot send messages to this user'],
  [Code.MissingPermissions]: [403, 'Missing Permissions'],
  [Code.InvalidWebhookToken]: [401, 'Invalid Webhook Token'],
  [Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds]: [
    403,
    'Cannot send messages to this user due to having no mutual guilds',
  ],
  [Code.RequestBodyContainsInvalidJSON]: [400, 'The request body contains invalid JSON.'],
} as const satisfies Partial<Record<Code, readonly [number, string]>>

/** The refusal Discord gives under this code (docs.discord.com/developers/topics/opcodes-and-status-codes#json). */
export function refusal(code: keyof typeof refusals): ApiError {
  const [status, message] = refusals[code]
  return new ApiError(status, code, message)
}

/** What an unknown route, or one that has no meaning for bots, answers. */
export function notFound(): ApiError {
  return new ApiError(404, 0, '404: Not Found')
}

/** What a missing or wrong bot token answers. */
export function unauthorized(): ApiError {
  return new ApiError(401, 0, '401: Unauthorized')
}

/** Collects what is wrong with a form, and refuses it with 50035 when anything is. */
export interface FormCheck {
  /** Notes one mistake at `path`, with Discord's own mistake code. */
  wrong(path: (string | number)[], code: string, message: string): void
  /** A required string between `min` and `max` characters; `optional` lets it be absent. */
  text(path: (string | number)[], value: unknown, min: number, max: number, optional?: boolean): void
  /** Throws 50035 "Invalid Form Body" if anything was noted. */
  done(): void
}

/** Starts the check of one form. */
export function checkForm(): FormCheck {
  const tree: ErrorTree = {}
  let bad = false
  const wrong: FormCheck['wrong'] = (path, code, message) => {
    bad = true
    let node = tree
    for (const part of path) {
      const next = node[part]
      if (next && !Array.isArray(next)) node = next
      else {
        const made: ErrorTree = {}
        node[part] = made
        node = made
      }
    }
    const noted = node._errors
    if (Array.isArray(noted)) noted.push({ code, message })
    else node._errors = [{ code, message }]
  }
  return {
    wrong,
    text(path, value, min, max, optional = false) {
      if (value === undefined || value === null) {
        if (!optional) wrong(path, 'BASE_TYPE_REQUIRED', 'This field is required')
      } else if (typeof value !== 'string') {
        wrong(path, 'STRING_TYPE_CONVERT', `Could not interpret "${JSON.stringify(value)}" as string.`)
      } else if (value.length > max && min > 0) {
        wrong(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
      } else if (value.length > max) {
        wrong(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
      } else if (value.trim().length < min) {
        wrong(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
      }
    },
    done() {
      if (bad) throw new ApiError(400, Code.InvalidFormBodyOrContentType, 'Invalid Form Body', tree)
    },
  }
}
