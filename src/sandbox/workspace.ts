import type { SlackStandIn } from './slack/index.ts'

/** The workspace that the playground shows, and its people and rooms, by id. */
export interface VelvetWorkspace {
  team: string
  /** #general, where everybody is. */
  channel: string
  /** #lounge, private, with the bot in it. */
  lounge: string
  /** @supporters, nobody in it yet. */
  supporters: string
  admin: string
  members: [string, string]
}

/** Furnishes the stand-in's first workspace: an owner, two members, a private channel and a user group to sell. */
export function furnishWorkspace(slack: SlackStandIn): VelvetWorkspace {
  const team = slack.team.id
  const admin = slack.addUser(team, { name: 'vera', realName: 'Vera', owner: true }).id
  const ada = slack.addUser(team, { name: 'ada', realName: 'Ada' }).id
  const ben = slack.addUser(team, { name: 'ben', realName: 'Ben' }).id
  const channel = [...slack.team.channels.values()].find(({ isGeneral }) => isGeneral)?.id ?? ''
  const lounge = slack.addChannel(team, { name: 'lounge', private: true, members: [admin] }).id
  slack.inviteBot(team, lounge)
  const supporters = slack.addUserGroup(team, { handle: 'supporters', name: 'Supporters' }).id
  slack.as(admin, team, channel).say('Good evening, and welcome to the lounge! 🥂')
  slack.as(ben, team, channel).say('Evening all. What is behind that rope?')
  slack
    .as(admin, team, lounge)
    .say('You made it. Thank you for keeping the lights on: the good chairs are over there.')
  return { team, channel, lounge, supporters, admin, members: [ada, ben] }
}
