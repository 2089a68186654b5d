import express, { type Response, type Router } from 'express'
import { messageBlocks } from './block-limits.ts'
import { applyFault, type FaultPicker } from './faults.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'
import { deleteMessage, postMessage, replaceMessage } from './messages.ts'
import { Refusal, refuse } from './refusal.ts'
import { type Message, teamOf, type World } from './world.ts'

/** A way to answer one command or press. */
export interface ResponseUrl {
  readonly url: string
  readonly teamId: string
  readonly channelId: string
  readonly userId: string
  /** The message that was pressed. */
  readonly original: Message | undefined
  /** Every message that came by it, the one touched last at the end. */
  readonly messages: Message[]
  uses: number
  readonly until: number
}

/** All response URLs given out. */
export interface ResponseUrls {
  readonly router: Router
  make(
    owner: { kind: 'commands' | 'actions' } & Pick<
      ResponseUrl,
      'teamId' | 'channelId' | 'userId' | 'original'
    >,
  ): ResponseUrl
  /** Shows what an answer or an ack says; throws Slack's refusal. */
  say(to: ResponseUrl, body: JsonObject): Message | undefined
}

const MOST_USES = 5
const LIFE_MS = 30 * 60_000

/** Response URLs work 5 times in 30 minutes: docs.slack.dev/interactivity/handling-user-interaction#message_responses. */
export function createResponseUrls(
  world: World,
  base: () => string,
  faults: { current?: FaultPicker | undefined },
): ResponseUrls {
  const known = new Map<string, ResponseUrl>()
  const router = express.Router()

  router.post(
    '/:kind/:team/:secret',
    express.raw({ type: () => true, limit: '1mb' }),
    async (request, response) => {
      const to = known.get(request.path)
      const body: unknown = parseJson(String(request.body))
      const fields = isObject(body) ? body : {}
      const fault = faults.current?.({
        method: 'response_url',
        body: fields,
        ...(to ? { teamId: to.teamId } : {}),
      })
      if (await applyFault(fault, request, response)) return
      if (!to) return fail(response, 404, new Refusal('invalid_url'))
      if (to.until < world.clock.now()) return fail(response, 404, new Refusal('expired_url'))
      if (to.uses >= MOST_USES) return fail(response, 404, new Refusal('used_url'))
      if (!isObject(body)) return fail(response, 400, new Refusal('invalid_payload'))
      try {
        say(to, body)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return fail(response, 400, error)
      }
      to.uses += 1
      if (fault === 'lost') request.socket.destroy()
      else response.json({ ok: true })
    },
  )

  function say(to: ResponseUrl, body: JsonObject): Message | undefined {
    const team = teamOf(world, to.teamId)
    const channel = team.channels.get(to.channelId)
    if (!channel) return refuse('channel_not_found')
    // A command has no original: what it said last takes that place.
    const target = to.original ?? to.messages.at(-1)
    if (isTrue(body.delete_original)) {
      if (target) deleteMessage(world, target)
      return undefined
    }
    const blocks = messageBlocks(body.blocks, () => world.ids.secret(3))
    const text = typeof body.text === 'string' ? body.text : ''
    if (text === '' && blocks.length === 0 && body.attachments === undefined) return refuse('no_text')
    // A press's answer takes the pressed message's place unless it says otherwise.
    const byDefault = to.original && body.replace_original === undefined && body.response_type === undefined
    if ((isTrue(body.replace_original) || byDefault) && target && !target.deleted) {
      return touch(to, replaceMessage(world, target, { text, blocks }))
    }
    const isForAll = body.response_type === 'in_channel'
    const thread = typeof body.thread_ts === 'string' ? { threadTs: body.thread_ts } : {}
    const alone = isForAll ? {} : { ephemeralTo: to.userId }
    return touch(
      to,
      postMessage(
        world,
        channel,
        { user: team.botUserId, botId: team.botId, ...alone, ...thread },
        { text, blocks },
      ),
    )
  }

  return {
    router,
    say,
    make({ kind, ...owner }) {
      const path = `/${kind}/${owner.teamId}/${world.ids.secret()}`
      const to: ResponseUrl = {
        ...owner,
        url: `${base()}${path}`,
        messages: [],
        uses: 0,
        until: world.clock.now() + LIFE_MS,
      }
      known.set(path, to)
      return to
    },
  }
}

function touch(to: ResponseUrl, message: Message): Message {
  const at = to.messages.indexOf(message)
  if (at >= 0) to.messages.splice(at, 1)
  to.messages.push(message)
  return message
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

function fail(response: Response, status: number, refusal: Refusal): void {
  response.status(status).json({ ok: false, error: refusal.code, ...refusal.more })
}
