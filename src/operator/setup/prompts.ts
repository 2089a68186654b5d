import {
  cancel,
  confirm,
  intro,
  isCancel,
  log,
  note,
  outro,
  password,
  select,
  spinner,
  text,
} from '@clack/prompts'
import { OperatorError, RetryLater } from '../../errors.ts'
import { plain } from '../../text.ts'

/** The operator pressed Ctrl-C or Escape: nothing is wrong. */
export class Stopped extends Error {
  override name = 'Stopped'
}

/** What was typed can't be it; the message says why and what is. */
export class NotThis extends Error {
  override name = 'NotThis'
}

/** One question in the terminal. `check` throws what is wrong with an answer, and the operator gives another one. */
interface Question {
  message: string
  check: (answer: string) => Promise<void>
}

/** The terminal's side of the guide: one thing at a time. Every question throws `Stopped` when it is left. */
export const prompts = {
  intro,
  outro,
  cancel,
  note: (title: string, ...lines: string[]) => note(lines.join('\n'), title, { format: line => line }),
  done: (words: string) => log.success(words),
  warn: (words: string) => log.warn(words),
  say: (words: string) => log.message(words),

  /** Never shows what is typed. */
  secret: async ({ message, check }: Question): Promise<string> =>
    answered(
      await password({ message, clearOnError: true, validate: answer => checked(answer, check) }),
    ).trim(),

  text: async ({
    message,
    check,
    placeholder,
    initial,
  }: Question & { placeholder?: string; initial?: string }) =>
    answered(
      await text({
        message,
        ...(placeholder && { placeholder }),
        ...(initial && { initialValue: initial }),
        validate: answer => checked(answer, check),
      }),
    ).trim(),

  confirm: async (message: string, initialValue = true): Promise<boolean> =>
    answered(await confirm({ message, initialValue })),

  choose: async <Value extends string>(
    message: string,
    options: Readonly<Partial<Record<Value, string>>>,
  ): Promise<Value> => {
    const values = Object.keys(options).filter((key): key is Value => key in options)
    const listed = values.map(value => ({ value: String(value), label: options[value] ?? '' }))
    const chosen = answered(await select<string>({ message, options: listed, showInstructions: false }))
    return values.find(value => value === chosen) ?? leave()
  },

  /** Shows that something is under way; where it fails, says why and asks whether to try again. */
  async work<Answer>(message: string, task: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const wheel = spinner({ withGuide: false })
      wheel.start(message)
      try {
        const answer = await task()
        wheel.clear()
        return answer
      } catch (error) {
        wheel.error(`${message}: ${explain(error)}`)
        if (!(await prompts.confirm('Try again?'))) leave()
      }
    }
  },
}

function answered<Answer>(answer: Answer | symbol): Exclude<Answer, symbol> {
  if (isCancel(answer) || typeof answer === 'symbol') leave()
  return answer as Exclude<Answer, symbol>
}

function leave(): never {
  throw new Stopped('stopped')
}

async function checked(
  answer: string | undefined,
  check: (answer: string) => Promise<void>,
): Promise<string | undefined> {
  try {
    await check(answer?.trim() ?? '')
    return undefined
  } catch (error) {
    return explain(error)
  }
}

/** What is wrong, for the operator. */
export function explain(error: unknown): string {
  if (error instanceof RetryLater) return `${error.message}. Try again in a moment.`
  if (error instanceof OperatorError) return plain(error.problem.what)
  return error instanceof Error ? error.message : String(error)
}
