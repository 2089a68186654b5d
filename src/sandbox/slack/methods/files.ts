import express, { type Router } from 'express'
import { readBody } from '../arguments.ts'
import { isObject } from '../json.ts'
import { postMessage } from '../messages.ts'
import { refuse, refuseArguments } from '../refusal.ts'
import { fileShape } from '../shapes.ts'
import type { StoredFile, World } from '../world.ts'
import { type Methods, visibleChannel } from './method.ts'

/** The three-step upload: docs.slack.dev/messaging/working-with-files. `url` is the stand-in's own. */
export function fileMethods(url: string): Methods {
  return {
    'files.getUploadURLExternal': {
      scopes: ['files:write'],
      tier: 4,
      run({ world, team, args }) {
        const name = args.required('filename')
        const length = args.number('length') ?? refuseArguments(['missing required field: length'])
        const id = world.ids.make('F')
        world.files.set(id, { id, teamId: team.id, name, title: name, length, content: undefined })
        return { upload_url: `${url}/upload/${id}`, file_id: id }
      },
    },
    'files.completeUploadExternal': {
      scopes: ['files:write'],
      tier: 4,
      run(call) {
        const given = call.args.json('files')
        const list: unknown[] = Array.isArray(given) ? given : []
        if (list.length === 0) return refuseArguments(['missing required field: files'])
        const files = list.map((item): StoredFile => {
          const file = isObject(item) ? call.world.files.get(String(item.id)) : undefined
          if (!file || file.teamId !== call.team.id || !file.content) return refuse('file_not_found')
          if (isObject(item) && typeof item.title === 'string') file.title = item.title
          return file
        })
        const channelId = call.args.text('channel_id')
        if (channelId) {
          const channel = visibleChannel(call, channelId)
          if (!channel.members.has(call.team.botUserId)) return refuse('not_in_channel')
          const thread = call.args.text('thread_ts')
          postMessage(
            call.world,
            channel,
            { user: call.team.botUserId, botId: call.team.botId, ...(thread ? { threadTs: thread } : {}) },
            { text: call.args.text('initial_comment') ?? '', files },
          )
        }
        return { files: files.map(fileShape) }
      },
    },
  }
}

/** Where the bytes go, as `files.getUploadURLExternal` says: raw, or in a form's first file. */
export function uploads(world: World): Router {
  const router = express.Router()
  router.post('/upload/:id', express.raw({ type: () => true, limit: '20mb' }), async (request, response) => {
    const file = world.files.get(String(request.params.id))
    if (!file) return void response.status(404).type('text').send('unknown upload')
    const given: unknown = request.body
    const bytes = Buffer.isBuffer(given) ? given : Buffer.alloc(0)
    const type = request.headers['content-type'] ?? ''
    const isForm = /multipart|urlencoded/.test(type)
    const [first] = isForm ? Object.values(await readBody(bytes, type)) : [bytes]
    file.content = first instanceof Uint8Array ? first : new TextEncoder().encode(String(first ?? ''))
    response.type('text').send(`OK - ${file.content.length}`)
  })
  return router
}
