import type { Logger } from 'pino'
import type { Access } from './access/access.ts'
import { byName, readOptions, splitLine } from './arguments.ts'
import type { Billing } from './billing/billing.ts'
import type { Command, CommandContext, LoadedCommand } from './command.ts'
import { operatorErrors, RetryLater, UserError } from './errors.ts'
import { communityOf, parseMember } from './member.ts'
import { nearest } from './nearest.ts'
import type { Invocation, PlatformEvents } from './platforms/platform.ts'
import type { Reply } from './reply.ts'
import { code, didYouMean, lines, text } from './text.ts'

// An answer to autocompletion can't be deferred: discord.com/developers/docs/interactions/application-commands#autocomplete
const completionMs = 2_500

/** From a command line to a `Reply`; the one place where an error becomes words for a member. */
export function createDispatch(deps: {
  commands: readonly LoadedCommand[]
  billing: Billing
  access: Access
  log: Logger
  now: () => number
}): Pick<PlatformEvents, 'run' | 'complete'> {
  const { commands, billing, access, log, now } = deps

  const find = (path: readonly string[]): { command: Command & { name: string }; rest: string[] } => {
    const [name = '', next = ''] = path
    const found = commands.find(command => command.name === name.replace(/^\//, ''))
    if (!found) {
      const near = nearest(
        name,
        commands.map(command => command.name),
      ).map(word => `/${word}`)
      throw new UserError(
        text`There is no command ${code(`/${name.slice(0, 100)}`)}. ${didYouMean(near) ?? text`Try ${code('/plans')}.`}`,
      )
    }
    if (!found.subcommands) return { command: found, rest: path.slice(1) }
    const subcommand = found.subcommands.find(each => each.name === next.toLowerCase())
    if (subcommand) return { command: subcommand, rest: path.slice(2) }
    const known = found.subcommands.map(each => each.name)
    const near = nearest(next, known).map(word => `/${found.name} ${word}`)
    throw new UserError(
      lines(
        didYouMean(near),
        text`Say what to do:`,
        ...known.map(word => text`${code(`/${found.name} ${word}`)}`),
      ),
    )
  }

  const understand = async ({ member, locale, isAdmin, call, resolve, progress }: Invocation) => {
    if (!parseMember(member)) throw new UserError(text`I can't tell who you are here.`)
    const { command, rest } = find(typeof call === 'string' ? splitLine(call) : call.path)
    // Rights are checked when the command runs: what was drawn for somebody earlier proves nothing.
    if (command.access === 'admin' && !isAdmin)
      throw new UserError(text`Only admins of this community can do that.`)
    const options = command.options ?? []
    const raw = typeof call === 'string' ? byName(rest, options) : call.options
    const community = communityOf(member)
    const context = async (values = raw, expected = options): Promise<CommandContext> => ({
      member,
      community,
      locale,
      isAdmin,
      options: await readOptions(values, expected, community, resolve),
      billing,
      access,
      now,
      roleWord: access.chat.platform(member)?.roleWord ?? 'role',
      progress: reply => progress?.(reply),
    })
    return { command, context }
  }

  return {
    async run(invocation) {
      try {
        const { command, context } = await understand(invocation)
        return await command.run(await context())
      } catch (error) {
        operatorErrors(error).forEach(access.gates.report)
        return explain(error, invocation, log)
      }
    },
    async complete(invocation, name, typed) {
      try {
        const { command, context } = await understand(invocation)
        const option = command.options?.find(each => each.name === name)
        if (!option?.complete) return []
        // Half-typed values of the other options must not stop this one from being completed.
        const choices = option.complete(await context({}, []), typed)
        return (await within(choices, completionMs)) ?? []
      } catch (error) {
        if (!(error instanceof UserError)) log.warn({ err: error, option: name }, 'no completions')
        return []
      }
    },
  }
}

async function within<Answer>(answer: Promise<Answer>, ms: number): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

function explain(error: unknown, { member, isAdmin, call }: Invocation, log: Logger): Reply {
  if (error instanceof UserError) return { text: error.says }
  // A line that somebody typed may hold anything; its first word says enough.
  const command = typeof call === 'string' ? (splitLine(call)[0] ?? '') : call.path.join(' ')
  log.error({ err: error, member, command }, 'a command failed')
  if (error instanceof RetryLater)
    return {
      text: text`Something this needs isn't answering right now. Nothing was charged. Please try again in a minute.`,
    }
  const [stop] = operatorErrors(error)
  if (stop)
    return isAdmin
      ? { text: lines(stop.problem.what, stop.problem.fix) }
      : {
          text: text`This can't work until an admin has mended something: please tell one. Nothing was charged.`,
        }
  return {
    text: text`Something went wrong here. Nothing was charged. Please try again, and tell an admin if it happens again.`,
  }
}
