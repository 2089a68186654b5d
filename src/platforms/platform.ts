import type { Problem } from '../errors.ts'
import type { CommunityId, MemberId, RoleId } from '../member.ts'
import type { Reply } from '../reply.ts'
import type { Text } from '../text.ts'

/**
 * Makes paid roles so. Every method throws `RetryLater` where time helps and `OperatorError` where a person must;
 * granting what is held and revoking what isn't are successes.
 */
export interface Roles {
  /** Which of these roles a member holds (more may be named), or `gone` for somebody who isn't in the community. */
  held(member: MemberId, among: readonly RoleId[]): Promise<RoleId[] | 'gone'>
  /** Everybody who holds a role; throws `OperatorError` where the platform won't list them. */
  holders(community: CommunityId, role: RoleId): AsyncIterable<MemberId>
  grant(member: MemberId, role: RoleId): Promise<'done' | 'gone'>
  revoke(member: MemberId, role: RoleId): Promise<'done' | 'gone'>
  /** What stops the bot from giving this role, each with its fix; empty when nothing does. */
  check(community: CommunityId, role: RoleId): Promise<Problem[]>
  /** What an admin should know before this role is sold, such as its moderator powers; it stops nothing. */
  warnings(community: CommunityId, role: RoleId): Promise<Problem[]>
}

/** What a platform's event says of a member's roles: all of them, or only those that went. */
export type RolesSeen = { held: RoleId[] } | { lost: RoleId[] }

/** What a platform hears from its people, and who answers. */
export interface PlatformEvents {
  /** Somebody ran a command, or pressed a button that carries one. Never throws: errors come back as replies. */
  run(invocation: Invocation): Promise<Reply>
  /** Somebody types an argument; answers at most 25 choices. Never throws. */
  complete(invocation: Invocation, option: string, typed: string): Promise<{ label: string; value: string }[]>
  /**
   * A member came back, left, or their roles were changed by somebody; `present`: they are there, and may have been all
   * the time. `roles` says which they hold now, or only which they lost, as far as the platform tells.
   */
  memberChanged(member: MemberId, what: 'joined' | 'present' | 'left' | 'roles', roles?: RolesSeen): void
  /** A community came or went, something about its roles changed, or (`available`) it was out of earshot for a while. */
  communityChanged(community: CommunityId, what: 'available' | 'added' | 'removed' | 'roles'): void
}

/** One run of a command, as a platform hands it over. */
export interface Invocation {
  member: MemberId
  locale: string
  isAdmin: boolean
  /** A command line (a button, or what somebody typed), or a command with its arguments by name. */
  call: string | { path: string[]; options: Record<string, string | number | boolean> }
  /** Finds the id of a role, channel or member that somebody typed by name; `undefined` where nothing has that name. */
  resolve?(type: 'role' | 'channel' | 'member', word: string): Promise<string | undefined>
  progress?(reply: Reply): void
}

/** Something an admin picks from a list. */
export interface Choice {
  id: string
  label: string
  /** What is worth knowing before it is picked, such as what stands in the way. */
  hint?: string
}

/** A chat with communities in it. */
export interface ChatPlatform {
  /** The first part of its members' names. */
  name: string
  /** What its people call a paid role, in mid-sentence. */
  roleWord: string
  roles: Roles
  /** Tells one member in private; `closed` when they don't take messages. */
  tell(member: MemberId, reply: Reply): Promise<'done' | 'closed'>
  /** Writes into a channel; throws `OperatorError` when the bot may not. */
  post(community: CommunityId, channel: string, reply: Reply): Promise<void>
  /** The community's name, and where a browser finds it. */
  describe(community: CommunityId): Promise<{ name: string; url: string }>
  /** What a member is called; for admins' lists. */
  memberName(member: MemberId): Promise<string>
  /** What could be a paid role here, and where notices could go; what the bot can use comes first. */
  choices(community: CommunityId): Promise<{ roles: Choice[]; channels: Choice[] }>
  /** What keeps the bot from writing into a channel, each with its fix; empty when nothing does. */
  checkChannel(community: CommunityId, channel: string): Promise<Problem[]>
  /** Shows something to those who look after a community, where they will see it; `closed` when there is no such place. */
  greet(community: CommunityId, reply: Reply): Promise<'done' | 'closed'>
  /** What stops the bot as a whole (a missing intent, a refused token), asked of the platform now; needs no `start`. */
  problems(): Promise<Problem[]>
  /** What the status says while `problems` finds none. */
  allWell: Text
  /** Connects; resolves when connected once. Throws an `Error` for the operator when it never can. */
  start(events: PlatformEvents): Promise<void>
  /** Takes no more work. */
  stop(): Promise<void>
  health(): 'starting' | 'connected' | 'reconnecting' | 'stopped'
}
