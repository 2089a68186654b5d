import { ButtonStyle, ComponentType } from 'discord.js'
import type { FormCheck } from './errors.ts'

/** A component as it came over the wire: anything may be missing or wrong. */
type Sent = Record<string, unknown>

const SELECTS: unknown[] = [
  ComponentType.StringSelect,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
]
const TOP_LEVEL_V2: unknown[] = [
  ComponentType.ActionRow,
  ComponentType.Section,
  ComponentType.TextDisplay,
  ComponentType.MediaGallery,
  ComponentType.File,
  ComponentType.Separator,
  ComponentType.Container,
]

/** Notes what Discord would refuse in a message's components (docs.discord.com/developers/components/reference). */
export function checkComponents(check: FormCheck, path: string[], components: unknown, isV2: boolean): void {
  if (components === undefined || components === null) return
  if (!Array.isArray(components)) {
    check.wrong(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType')
    return
  }
  const seen = new Set<string>()
  if (!isV2 && components.length > 5)
    check.wrong(path, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.')
  let total = 0
  const visit = (sent: Sent, at: string[]) => {
    total++
    checkOne(check, at, sent, seen)
    for (const [index, inner] of inside(sent).entries()) visit(inner, [...at, 'components', String(index)])
    if (isSent(sent.accessory)) visit(sent.accessory, [...at, 'accessory'])
  }
  for (const [index, component] of components.entries()) {
    const at = [...path, String(index)]
    const type = isSent(component) ? component.type : undefined
    const allowed = isV2 ? TOP_LEVEL_V2.includes(type) : type === ComponentType.ActionRow
    if (!isSent(component) || !allowed) {
      check.wrong([...at, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).')
    } else visit(component, at)
  }
  if (isV2 && total > 40)
    check.wrong(
      path,
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      'The total number of components exceeds the maximum of 40',
    )
}

function checkOne(check: FormCheck, at: string[], sent: Sent, seen: Set<string>): void {
  if (sent.type === ComponentType.ActionRow) checkRow(check, at, sent)
  else if (sent.type === ComponentType.Button) checkButton(check, at, sent, seen)
  else if (SELECTS.includes(sent.type)) checkSelect(check, at, sent, seen)
  else if (sent.type === ComponentType.TextDisplay) {
    check.text([...at, 'content'], sent.content, 1, 4000)
  }
}

function checkRow(check: FormCheck, at: string[], row: Sent): void {
  const components = inside(row)
  if (components.length < 1 || components.length > 5) {
    check.wrong([...at, 'components'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.')
  }
  const hasSelect = components.some(component => SELECTS.includes(component.type))
  if (hasSelect && components.length > 1) {
    check.wrong(
      [...at, 'components'],
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
      'The specified component exceeds the maximum width',
    )
  }
  for (const [index, component] of components.entries()) {
    if (component.type === ComponentType.Button || SELECTS.includes(component.type)) continue
    const choices = 'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).'
    check.wrong([...at, 'components', String(index), 'type'], 'UNION_TYPE_CHOICES', choices)
  }
}

function checkButton(check: FormCheck, at: string[], button: Sent, seen: Set<string>): void {
  check.text([...at, 'label'], button.label, 0, 80, true)
  if (!button.label && !button.emoji && button.style !== ButtonStyle.Premium) {
    check.wrong(at, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A button must have a label or emoji')
  }
  if (button.style === ButtonStyle.Link) {
    check.text([...at, 'url'], button.url, 1, 512)
    const url = button.url
    if (typeof url === 'string' && !(/^(https?|discord):\/\//.test(url) && URL.canParse(url))) {
      const message = `Scheme "${url.split(':')[0]}" is not supported. Scheme must be one of ('http', 'https', 'discord').`
      check.wrong([...at, 'url'], 'URL_TYPE_INVALID_SCHEME', message)
    }
    if (button.custom_id !== undefined) {
      check.wrong(
        [...at, 'custom_id'],
        'COMPONENT_CUSTOM_ID_AND_URL',
        'A custom id and url cannot both be specified',
      )
    }
  } else if (button.style === ButtonStyle.Premium) {
    check.text([...at, 'sku_id'], button.sku_id, 1, 25)
  } else if (![1, 2, 3, 4].includes(Number(button.style))) {
    check.wrong([...at, 'style'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5, 6}.')
  } else {
    checkCustomId(check, at, button, seen)
    if (button.url !== undefined) {
      check.wrong(
        [...at, 'url'],
        'COMPONENT_CUSTOM_ID_AND_URL',
        'A custom id and url cannot both be specified',
      )
    }
  }
}

function checkSelect(check: FormCheck, at: string[], select: Sent, seen: Set<string>): void {
  checkCustomId(check, at, select, seen)
  check.text([...at, 'placeholder'], select.placeholder, 0, 150, true)
  const min = Number(select.min_values ?? 1)
  const max = Number(select.max_values ?? 1)
  if (min < 0 || min > 25)
    check.wrong([...at, 'min_values'], 'NUMBER_TYPE_MAX', 'int value should be between 0 and 25.')
  if (max < 1 || max > 25)
    check.wrong([...at, 'max_values'], 'NUMBER_TYPE_MAX', 'int value should be between 1 and 25.')
  if (select.type !== ComponentType.StringSelect) return
  const options = Array.isArray(select.options) ? select.options.filter(isSent) : []
  if (options.length < 1 || options.length > 25) {
    check.wrong([...at, 'options'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 25 in length.')
  }
  const values = new Set<unknown>()
  for (const [index, option] of options.entries()) {
    const here = [...at, 'options', String(index)]
    check.text([...here, 'label'], option.label, 1, 100)
    check.text([...here, 'value'], option.value, 1, 100)
    check.text([...here, 'description'], option.description, 0, 100, true)
    if (values.has(option.value)) {
      check.wrong(
        [...here, 'value'],
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      )
    }
    values.add(option.value)
  }
}

function checkCustomId(check: FormCheck, at: string[], sent: Sent, seen: Set<string>): void {
  const customId = sent.custom_id
  check.text([...at, 'custom_id'], customId, 1, 100)
  if (typeof customId !== 'string') return
  if (seen.has(customId)) {
    check.wrong(
      [...at, 'custom_id'],
      'COMPONENT_CUSTOM_ID_DUPLICATED',
      'Component custom id cannot be duplicated',
    )
  }
  seen.add(customId)
}

function inside(sent: Sent): Sent[] {
  return Array.isArray(sent.components) ? sent.components.filter(isSent) : []
}

function isSent(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null
}
