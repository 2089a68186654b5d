import { plain, type Text, text } from './text.ts'

/** The member can act: `message` is shown to them as it stands. */
export class UserError extends Error {
  override name = 'UserError'
  constructor(readonly says: Text) {
    super('the member can act')
  }
}

/** Time can act: try again, not before `afterMs` milliseconds where the far end named a time. */
export class RetryLater extends Error {
  override name = 'RetryLater'
  constructor(
    message: string,
    readonly afterMs = 0,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What stops the bot, and what a person does about it. `id` is stable, so that it is told once. */
export interface Problem {
  id: string
  what: Text
  fix: Text
}

/** What a check finds; `perhaps`: nothing in the way can be seen, though something was, and only trying tells. */
export type Mended = boolean | 'perhaps'

/**
 * The operator or an admin can act. Work that meets it waits until `isMended` says so; everything that meets the same
 * `problem.id` waits together, so that one check releases all of it.
 */
export class OperatorError extends Error {
  override name = 'OperatorError'
  constructor(
    readonly problem: Problem,
    readonly isMended: () => Promise<Mended>,
    options?: ErrorOptions,
  ) {
    super(problem.id, options)
  }
}

/** What persons have to mend, of one error or of several at once; empty for any other. */
export function operatorErrors(error: unknown): OperatorError[] {
  if (error instanceof AggregateError) return error.errors.flatMap(operatorErrors)
  return error instanceof OperatorError ? [error] : []
}

/** An error in words for the operator or an admin: what is wrong, and the fix where one is known. */
export function operatorText(error: unknown): Text {
  if (error instanceof OperatorError) return text`${error.problem.what} ${error.problem.fix}`
  return text`${error instanceof Error ? error.message : String(error)}`
}

/** The same as one line for a terminal. */
export const operatorLine = (error: unknown): string => plain(operatorText(error))
