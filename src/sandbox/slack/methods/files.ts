import { isObject } from '../json.ts'
import { postMessage } from '../messages.ts'
import { refuse, refuseArguments } from '../refusal.ts'
import { fileShape } from '../shapes.ts'
import type { StoredFile } from '../world.ts'
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
