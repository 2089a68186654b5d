import { isObject, type JsonObject } from './json.ts'
import { messageShape, viewShape } from './shapes.ts'
import type { Channel, Message, Team, User, View } from './world.ts'

/** What is the same in everything an app is sent about a user's doing. */
export interface Origin {
  appId: string
  verificationToken: string
  team: Team
  user: User
  triggerId: string
}

/** A slash command's fields: docs.slack.dev/interactivity/implementing-slash-commands. */
export function commandPayload(
  origin: Origin,
  channel: Channel,
  command: string,
  text: string,
  responseUrl: string,
): JsonObject {
  return {
    token: origin.verificationToken,
    team_id: origin.team.id,
    team_domain: origin.team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: origin.user.id,
    user_name: origin.user.name,
    command,
    text,
    api_app_id: origin.appId,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: origin.triggerId,
  }
}

/** A press in a message; Slack leaves the message itself out where it is ephemeral. */
export function messageActionPayload(
  origin: Origin,
  channel: Channel,
  message: Message,
  action: JsonObject,
  responseUrl: string,
): JsonObject {
  const isEphemeral = message.ephemeralTo !== undefined
  return {
    ...actionPayload(origin, action),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
    },
    channel: { id: channel.id, name: channelName(channel) },
    ...(isEphemeral ? {} : { message: { ...messageShape(message), app_id: origin.appId } }),
    state: { values: {} },
    response_url: responseUrl,
  }
}

/** A press in App Home or a modal: there is no channel and no response URL. */
export function viewActionPayload(origin: Origin, view: View, action: JsonObject): JsonObject {
  return {
    ...actionPayload(origin, action),
    container: { type: 'view', view_id: view.id },
    view: viewShape(view, origin.team, origin.appId),
  }
}

/** A modal sent off. */
export function viewSubmissionPayload(origin: Origin, view: View): JsonObject {
  return {
    ...common(origin),
    type: 'view_submission',
    view: viewShape(view, origin.team, origin.appId),
    response_urls: [],
  }
}

/** What one element says when it is used: docs.slack.dev/reference/interaction-payloads/block_actions-payload. */
export function actionOf(element: JsonObject, blockId: string, ts: string, choice: JsonObject): JsonObject {
  const { text, value, url, style, confirm, placeholder } = element
  return {
    type: element.type,
    block_id: blockId,
    action_id: element.action_id ?? '',
    action_ts: ts,
    ...(element.type === 'button'
      ? given({ text, value, url, style, confirm })
      : given({ placeholder, confirm })),
    ...choice,
  }
}

/** What a choice looks like in the payload of that element. */
export function choiceOf(element: JsonObject, value: string): JsonObject {
  switch (element.type) {
    case 'users_select':
      return { selected_user: value }
    case 'conversations_select':
      return { selected_conversation: value }
    case 'channels_select':
      return { selected_channel: value }
    case 'datepicker':
      return { selected_date: value }
    case 'timepicker':
      return { selected_time: value }
    case 'plain_text_input':
    case 'number_input':
      return { value }
    case 'checkboxes':
    case 'multi_static_select':
      return { selected_options: value.split(',').map(one => optionOf(element, one)) }
    default:
      return { selected_option: optionOf(element, value) }
  }
}

function optionOf(element: JsonObject, value: string): unknown {
  const groups = Array.isArray(element.option_groups) ? element.option_groups : []
  const options = [
    element.options,
    ...groups.map((group: unknown) => (isObject(group) ? group.options : [])),
  ].flat()
  const option = options.find(one => isObject(one) && one.value === value)
  if (!option) throw new Error(`no option ${value} in ${String(element.action_id)}`)
  return option
}

function actionPayload(origin: Origin, action: JsonObject): JsonObject {
  return { ...common(origin), type: 'block_actions', actions: [action] }
}

function common(origin: Origin): JsonObject {
  const { team, user } = origin
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: team.id },
    api_app_id: origin.appId,
    token: origin.verificationToken,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: origin.triggerId,
  }
}

function channelName(channel: Channel): string {
  if (channel.kind === 'im') return 'directmessage'
  return channel.kind === 'private' ? 'privategroup' : channel.name
}

function given(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
