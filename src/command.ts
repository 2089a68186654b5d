import type { Access } from './access/access.ts'
import type { Billing } from './billing/billing.ts'
import type { CommunityId, MemberId } from './member.ts'
import type { Reply } from './reply.ts'

/** One argument of a command, in the order in which people type them. */
export interface Option {
  name: string
  description: string
  /** What a platform hands over: a text, a whole number, yes or no, or the id of a member, a paid role or a channel. */
  type: 'text' | 'number' | 'yes-no' | 'member' | 'role' | 'channel'
  required?: boolean
  /** Only for the bot's own buttons: not offered to people, and not registered with the platform. */
  internal?: boolean
  /** What to offer for what was typed so far, at most 25. */
  complete?(context: CommandContext, typed: string): Promise<{ label: string; value: string }[]>
}

/** The arguments as given; one that was left out is absent. */
export interface OptionValues {
  text(name: string): string | undefined
  number(name: string): number | undefined
  yes(name: string): boolean
  member(name: string): MemberId | undefined
}

/** Who asks, where, and the parts of the bot a command works with. */
export interface CommandContext {
  member: MemberId
  community: CommunityId
  /** BCP 47, as the member's client sends it. */
  locale: string
  /** Whether the platform says, now, that this member may administer the community. */
  isAdmin: boolean
  options: OptionValues
  billing: Billing
  access: Access
  /** What the platform calls a role in conversation, such as `role` or `channel`. */
  roleWord: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Shows how far long work has come; may be called often. */
  progress(reply: Reply): void
}

/** A command, one per file; the file's name is its name. */
export interface Command {
  description: string
  access: 'member' | 'admin'
  options?: Option[]
  run(context: CommandContext): Promise<Reply>
}

/** A command that only has subcommands: the files in the folder of its name. */
export interface CommandGroup {
  description: string
  access: 'member' | 'admin'
}

/** Types a command file's default export. */
export const defineCommand = (command: Command): Command => command

/** Types the default export of a file whose subcommands are in the folder beside it. */
export const defineGroup = (group: CommandGroup): CommandGroup => group

/** A command as dispatch and the platforms see it: its name, and its subcommands if it is a group. */
export type LoadedCommand =
  | (Command & { name: string; subcommands?: undefined })
  | (CommandGroup & { name: string; subcommands: (Command & { name: string })[] })
