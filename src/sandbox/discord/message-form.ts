import { type APIEmbed, RESTJSONErrorCodes as Code, MessageFlags } from 'discord.js'
import { checkComponents } from './component-check.ts'
import { checkForm, type FormCheck, refusal } from './errors.ts'
import type { AllowedMentions } from './mentions.ts'

/** A file that came with a request. */
export interface UploadedFile {
  /** The form field's name: `files[0]`. */
  field: string
  name: string
  type: string
  bytes: Buffer
}

/** A message's new content; a part that is undefined stays as it is. */
export interface MessageForm {
  content?: string | null | undefined
  embeds?: APIEmbed[] | null | undefined
  components?: object[] | null | undefined
  attachments?: { id: string | number }[] | undefined
  flags?: number | undefined
  allowedMentions?: AllowedMentions | undefined
  files: { name: string; type: string; bytes: Buffer; description?: string }[]
  /** Where files are served from. */
  origin: string
}

/** A form with nothing but words. */
export function plainText(content: string): MessageForm {
  return { content, files: [], origin: '' }
}

/**
 * Reads a message out of a request and holds it against Discord's limits
 * (docs.discord.com/developers/resources/message): refuses with 50035, or 50006 for a new message with nothing in it.
 * `flags` are those of the message that is edited.
 */
export function readMessageForm(
  body: unknown,
  uploads: UploadedFile[],
  origin: string,
  options: { isNew: boolean; root?: string[]; flags?: number | undefined },
): MessageForm {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const check = checkForm()
  const root = options.root ?? []
  check.text([...root, 'content'], sent.content, 0, 2000, true)
  const flags = typeof sent.flags === 'number' ? sent.flags : undefined
  const isV2 = (((flags ?? 0) | (options.flags ?? 0)) & MessageFlags.IsComponentsV2) !== 0
  checkEmbeds(check, [...root, 'embeds'], sent.embeds)
  checkComponents(check, [...root, 'components'], sent.components, isV2)
  if (isV2 && (sent.content || (Array.isArray(sent.embeds) && sent.embeds.length > 0))) {
    check.wrong(
      [...root, 'content'],
      'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      'The field cannot be used when using MessageFlags.IS_COMPONENTS_V2',
    )
  }
  check.done()
  const described = (Array.isArray(sent.attachments) ? sent.attachments : []) as {
    id: string | number
    filename?: string
    description?: string
  }[]
  const form: MessageForm = {
    content: sent.content as string | null | undefined,
    embeds: sent.embeds as APIEmbed[] | null | undefined,
    components: sent.components as object[] | null | undefined,
    attachments: sent.attachments === undefined ? undefined : described,
    flags,
    allowedMentions: sent.allowed_mentions as AllowedMentions | undefined,
    files: uploads.map(upload => {
      const about = described.find(attachment => `files[${attachment.id}]` === upload.field)
      return {
        name: about?.filename ?? upload.name,
        type: upload.type,
        bytes: upload.bytes,
        ...(about?.description !== undefined && { description: about.description }),
      }
    }),
    origin,
  }
  if (options.isNew && isEmpty(form)) throw refusal(Code.CannotSendAnEmptyMessage)
  return form
}

function isEmpty(form: MessageForm): boolean {
  return !form.content?.trim() && !form.embeds?.length && !form.components?.length && form.files.length === 0
}

function checkEmbeds(check: FormCheck, path: string[], embeds: unknown): void {
  if (embeds === undefined || embeds === null) return
  if (!Array.isArray(embeds)) {
    check.wrong(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType')
    return
  }
  if (embeds.length > 10) check.wrong(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.')
  let total = 0
  for (const [index, embed] of (embeds as APIEmbed[]).entries()) {
    const at = [...path, String(index)]
    check.text([...at, 'title'], embed.title, 0, 256, true)
    check.text([...at, 'description'], embed.description, 0, 4096, true)
    check.text([...at, 'footer', 'text'], embed.footer?.text, 0, 2048, true)
    check.text([...at, 'author', 'name'], embed.author?.name, 0, 256, true)
    for (const key of ['image', 'thumbnail'] as const)
      checkUrl(check, [...at, key, 'url'], embed[key]?.url, true)
    checkUrl(check, [...at, 'url'], embed.url, false)
    const fields = embed.fields ?? []
    if (fields.length > 25)
      check.wrong([...at, 'fields'], 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')
    for (const [number, field] of fields.entries()) {
      check.text([...at, 'fields', String(number), 'name'], field.name, 1, 256)
      check.text([...at, 'fields', String(number), 'value'], field.value, 1, 1024)
    }
    if (
      embed.color !== undefined &&
      (!Number.isInteger(embed.color) || embed.color < 0 || embed.color > 0xffffff)
    ) {
      check.wrong([...at, 'color'], 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 16777215.')
    }
    const words = [embed.title, embed.description, embed.footer?.text, embed.author?.name]
    for (const field of fields) words.push(field.name, field.value)
    for (const word of words) total += typeof word === 'string' ? word.length : 0
    const isBare = words.every(word => !word) && !embed.image && !embed.thumbnail
    if (isBare) check.wrong([...at, 'description'], 'BASE_TYPE_REQUIRED', 'This field is required')
  }
  if (total > 6000) {
    check.wrong(path, 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000')
  }
}

function checkUrl(check: FormCheck, path: string[], url: string | undefined, orAttachment: boolean): void {
  if (url === undefined) return
  check.text(path, url, 0, 2048, true)
  if (orAttachment && /^attachment:\/\/./.test(url)) return
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    check.wrong(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.')
  }
}
