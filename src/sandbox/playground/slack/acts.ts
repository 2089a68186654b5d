import { z } from 'zod'
import { escapeText } from '../../slack/escape.ts'
import type { Invocation, Message, SlackStandIn, View } from '../../slack/index.ts'
import type { ActResult } from '../view.ts'

const text = z.string().max(4000)
const id = z.string().regex(/^[A-Z][A-Z0-9]{1,20}$/)
const ts = z.string().regex(/^\d{1,12}\.\d{6}$/)
/** A message by its channel, or the app's Home tab. */
const on = z.union([z.object({ channel: z.union([id, z.literal('dm')]), ts }), z.literal('home')])

/** What a person can do at Slack's client, and what an owner does by hand. */
const actSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('command'), line: text, channel: id }),
  z.object({ act: z.literal('say'), text: z.string().trim().min(1).max(4000), channel: id }),
  z.object({ act: z.literal('press'), on, action: text }),
  z.object({ act: z.literal('choose'), on, action: text, value: text }),
  z.object({ act: z.literal('open home') }),
  z.object({ act: z.literal('set door'), door: id, member: id, isIn: z.boolean() }),
  z.object({ act: z.literal('deactivate'), member: id }),
  z.object({ act: z.literal('activate'), member: id }),
  z.object({ act: z.literal('set plan'), isPaid: z.boolean() }),
])

/** Does what somebody asks for. Throws an Error in words for what their client would not let them do. */
export async function actInSlack(
  { slack, team, user }: { slack: SlackStandIn; team: string; user: string },
  wanted: unknown,
): Promise<ActResult> {
  const parsed = actSchema.safeParse(wanted)
  if (!parsed.success) throw new Error("The page asked for something that can't be done. Reload it.")
  const act = parsed.data
  const at = (channel: string) => {
    if (!slack.channel(team, channel).members.has(user)) throw new Error('You are not in that channel.')
    return slack.as(user, team, channel)
  }
  const find = (place: z.infer<typeof on>): Message | View => {
    if (place === 'home') return slack.home(team, user) ?? gone()
    const all = place.channel === 'dm' ? slack.dms(team, user) : slack.messages(team, place.channel, user)
    return all.find(message => message.ts === place.ts) ?? gone()
  }
  switch (act.act) {
    case 'command':
      return outcome(await at(act.channel).command(act.line), act.line)
    case 'say':
      at(act.channel).say(escapeText(slack.teamById(team), act.text))
      return {}
    case 'press':
      return outcome(await slack.as(user, team).press(find(act.on), act.action))
    case 'choose':
      return outcome(await slack.as(user, team).select(find(act.on), act.action, act.value))
    case 'open home': {
      const { failure } = await slack.as(user, team).openHome()
      return failure === undefined ? {} : { problem: `The Home tab could not be opened: ${failure}.` }
    }
    case 'set door':
      setDoor(slack, team, act)
      return {}
    case 'deactivate':
      slack.deactivate(team, act.member)
      return {}
    case 'activate':
      slack.rejoin(team, act.member)
      return {}
    case 'set plan':
      slack.teamById(team).paid = act.isPaid
      return {}
  }
}

function setDoor(
  slack: SlackStandIn,
  team: string,
  { door, member, isIn }: { door: string; member: string; isIn: boolean },
): void {
  if (!slack.teamById(team).usergroups.has(door)) {
    if (isIn) slack.joinChannel(team, door, member)
    else slack.leaveChannel(team, door, member)
    return
  }
  const others = slack.usergroup(team, door).users.filter(each => each !== member)
  const users = isIn ? [...others, member] : others
  // Slack keeps no empty group: the last one to go turns it off.
  if (users.length === 0) slack.setUserGroup(team, door, { disabled: true })
  else slack.setUserGroup(team, door, { users, disabled: false })
}

function gone(): never {
  throw new Error('That message is gone.')
}

/** Slackbot's own words where a command fails, and the client's mark where a press does. */
function outcome({ failure }: Invocation, line = ''): ActResult {
  if (failure === undefined) return {}
  const [name = ''] = line.split(/\s/)
  if (failure === 'unknown_command') return { problem: `${name} is not a valid command.` }
  if (line) return { problem: `${name} failed with the error "${failure}"` }
  return { problem: `This app responded with an error: ${failure}` }
}
