import type { Logger } from 'pino'
import { type CommunityId, communityOf, type MemberId, type RoleId } from '../member.ts'
import type { Button, Reply } from '../reply.ts'
import {
  bold,
  code,
  date,
  joinText,
  lines,
  mention,
  type Part,
  roleMention,
  type Text,
  text,
} from '../text.ts'
import type { Chat } from './chat.ts'
import type { News } from './news.ts'

/** Tells members and admins. */
export interface Notices {
  /** Tells a member in private what is theirs to know, and the log channel what is the admins'. */
  tell(member: MemberId, news: News[]): Promise<void>
  /**
   * One line for the log channel, if the community has one; never a link, never a card digit. What comes while one is
   * being posted goes together in the next message, so that a thousand lines are not a thousand messages.
   */
  log(community: CommunityId, line: Text): Promise<void>
}

export function createNotices(deps: { chat: Pick<Chat, 'post' | 'platform'>; log: Logger }): Notices {
  const { chat, log } = deps

  const waiting = new Map<CommunityId, Text[]>()
  const posting = new Map<CommunityId, Promise<void>>()

  const post = async (community: CommunityId) => {
    for (let batch = take(community); batch.length; batch = take(community)) {
      // The log channel is a courtesy: whatever keeps it from hearing is in the status and must not stop a role.
      await chat
        .post(community, { text: lines(...batch) })
        .catch((error: unknown) => log.warn({ err: error, community }, 'the log channel could not be told'))
    }
    posting.delete(community)
  }

  const take = (community: CommunityId): Text[] => {
    const all = waiting.get(community) ?? []
    waiting.delete(community)
    const left = all.slice(linesAMessage)
    if (left.length > mostWaiting)
      left.splice(
        0,
        left.length,
        text`… and ${left.length} more; ${code('/premium members')} shows how things stand.`,
      )
    if (left.length) waiting.set(community, left)
    return all.slice(0, linesAMessage)
  }

  const toLog: Notices['log'] = (community, line) => {
    waiting.set(community, [...(waiting.get(community) ?? []), line])
    const running = posting.get(community) ?? post(community)
    posting.set(community, running)
    return running
  }

  return {
    log: toLog,
    async tell(member, news) {
      const community = communityOf(member)
      const platform = chat.platform(member)
      if (!platform) return
      const { name } = await platform.describe(community)
      for (const each of news) {
        const reply = memberReply(name, each)
        let outcome: 'done' | 'closed' | undefined
        try {
          if (reply) outcome = await platform.tell(member, reply)
        } finally {
          await toLog(community, adminLine(member, each, outcome === 'done'))
        }
        if (reply) log.info({ member, kind: each.kind, outcome }, 'told')
      }
    },
  }
}

const linesAMessage = 15
const mostWaiting = 150

const billing: Button = { label: 'Billing', run: 'billing' }
const plans: Button = { label: 'See the plans', run: 'plans' }

function memberReply(community: string, news: News): Reply | undefined {
  if (news.kind === 'started' && news.isImported) return undefined
  if (news.kind === 'changed' && news.because !== 'membership') return undefined
  if (news.kind === 'started')
    return {
      title: text`Welcome to the members of ${community}`,
      text: news.isGone
        ? text`Your membership is active. Join ${community} and what it unlocks is yours at once.`
        : text`Your membership is active${holding(news.roles)}.`,
      buttons: [billing],
    }
  if (news.kind === 'ended' && news.isOnHold)
    return {
      title: text`Your access in ${community} has ended`,
      text: text`Your membership unlocks nothing for now. Billing shows why, and what opens it again; should it be over, the plans are the way back.`,
      buttons: [{ ...billing, style: 'primary' }, plans],
    }
  if (news.kind === 'ended')
    return {
      title: text`Your membership in ${community} has ended`,
      text: text`What it unlocked is closed for now. You are welcome back at any time.`,
      buttons: [{ ...plans, style: 'primary' }],
    }
  if (news.kind === 'changed')
    return {
      title: text`Your membership in ${community} has changed`,
      text: joinText(
        [
          news.gained.length ? text`You now hold ${roleList(news.gained)}.` : undefined,
          news.lost.length ? text`You no longer hold ${roleList(news.lost)}.` : undefined,
        ],
        ' ',
      ),
      buttons: [billing],
    }
  if (news.kind === 'payment trouble')
    return {
      title: text`A payment for ${community} needs you`,
      text: joinText(
        [
          news.needsConfirmation
            ? text`Your bank wants you to confirm the payment for your membership.`
            : text`The payment for your membership didn't go through.`,
          text`Open billing to settle it.`,
          news.until ? text`You keep your access until ${date(news.until)}.` : undefined,
        ],
        ' ',
      ),
      buttons: [{ ...billing, style: 'primary' }],
    }
  return undefined
}

function adminLine(member: MemberId, news: News, wasTold: boolean): Text {
  const who = mention(member)
  if (news.kind === 'started')
    return text`${bold('Started')}: ${who}${news.roles.length ? text` holds ${roleList(news.roles)}` : undefined}.`
  if (news.kind === 'ended')
    return news.isOnHold
      ? text`${bold('Ended')}: ${who}'s access. The subscription is still there, and unlocks nothing now.`
      : text`${bold('Ended')}: ${who}'s membership.`
  if (news.kind === 'changed')
    return text`${bold(changeWord[news.because])}: ${who} ${joinText(
      [
        news.gained.length ? text`got ${roleList(news.gained)}` : undefined,
        news.lost.length ? text`lost ${roleList(news.lost)}` : undefined,
      ],
      ', ',
    )}.`
  if (news.kind === 'payment trouble')
    return text`${bold('Payment trouble')}: ${who}${
      news.needsConfirmation ? "'s bank wants a confirmation" : "'s payment didn't go through"
    }. ${wasTold ? 'They were told.' : "The bot can't write to them: tell them that /billing settles it."}`
  if (news.kind === 'money back')
    return text`${bold('Money back')}: ${who}'s last payment was refunded, or a dispute over it was lost. It gives access no more.`
  if (news.kind === 'disputed')
    return text`${bold('Dispute')}: ${who} disputes a payment. Answer it in Stripe (Payments, Disputes) in time; access stays unless it is lost.`
  if (news.kind === 'dispute closed')
    return text`${bold('Dispute closed')}: it was over a payment of ${who}'s. Stripe shows how it went.`
  return text`${bold('Paid twice')}: ${who} has ${news.subscriptions.length} subscriptions (${joinText(
    news.subscriptions.map(id => [code(id)]),
    ', ',
  )}). Access is fine; cancel and refund one in Stripe.`
}

const changeWord = { membership: 'Changed', drift: 'Repaired', settings: 'Settings applied' } as const

const roleList = (roles: RoleId[]): Text =>
  joinText(
    roles.map((id): Part[] => [roleMention(id)]),
    ', ',
  )
const holding = (roles: RoleId[]): Text => (roles.length ? text`: you hold ${roleList(roles)}` : [])
