import { RESTJSONErrorCodes } from 'discord.js'
import { refusal } from './errors.ts'
import type { UploadedFile } from './message-form.ts'

/** A bot's file may have 10 MiB. */
const LARGEST_FILE = 10 * 1024 * 1024

/** What a request carried: its JSON, and the files beside it. */
export interface RequestBody {
  json: unknown
  files: UploadedFile[]
}

/** Reads JSON, or `multipart/form-data` with `payload_json` as Discord takes files; refuses broken JSON with 50109, a file over 10 MiB with 40005. */
export async function readBody(raw: unknown, contentType: string | undefined): Promise<RequestBody> {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return { json: undefined, files: [] }
  if (!contentType?.startsWith('multipart/form-data')) return { json: parse(raw.toString()), files: [] }
  const form = await new Response(new Uint8Array(raw), {
    headers: { 'content-type': contentType },
  }).formData()
  const files: UploadedFile[] = []
  let json: unknown
  for (const [field, value] of form) {
    if (typeof value === 'string') {
      if (field === 'payload_json') json = parse(value)
      continue
    }
    const bytes = Buffer.from(await value.arrayBuffer())
    if (bytes.length > LARGEST_FILE) throw refusal(RESTJSONErrorCodes.RequestEntityTooLarge)
    files.push({ field, name: value.name, type: value.type || 'application/octet-stream', bytes })
  }
  return { json, files }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal(RESTJSONErrorCodes.RequestBodyContainsInvalidJSON)
  }
}
