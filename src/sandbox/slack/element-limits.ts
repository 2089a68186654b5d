import { isObject, type JsonObject } from './json.ts'

/** Takes down what is wrong, and where. */
export type Report = (text: string, pointer: string) => void

/** Checks a text object: its type, that it says something, and its length in characters. */
export function checkText(
  value: unknown,
  at: string,
  rule: { most: number; plain?: boolean },
  report: Report,
): void {
  if (!isObject(value)) {
    report('missing required field: text', at)
    return
  }
  const kinds = rule.plain ? ['plain_text'] : ['plain_text', 'mrkdwn']
  if (!kinds.includes(String(value.type))) {
    report(`must be ${kinds.join(' or ')}`, `${at}/type`)
    return
  }
  if (typeof value.text !== 'string') {
    report('missing required field: text', at)
    return
  }
  if (value.text.length === 0) report('must be more than 0 characters', `${at}/text`)
  if (value.text.length > rule.most) report(`must be less than ${rule.most + 1} characters`, `${at}/text`)
}

/** Checks a block element against docs.slack.dev/reference/block-kit/block-elements. */
export function checkElement(value: unknown, at: string, report: Report): void {
  if (!isObject(value)) {
    report('must be an object', at)
    return
  }
  checkString(value, 'action_id', 255, at, report)
  const type = String(value.type)
  const check = Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type] : undefined
  if (!check) {
    report(`unsupported type: ${type}`, `${at}/type`)
    return
  }
  check(value, at, report)
}

type Check = (element: JsonObject, at: string, report: Report) => void

const ELEMENTS: Record<string, Check> = {
  button(element, at, report) {
    checkText(element.text, `${at}/text`, { most: 75, plain: true }, report)
    checkString(element, 'url', 3000, at, report)
    checkString(element, 'value', 2000, at, report)
    if (typeof element.url === 'string' && !/^[a-z][a-z0-9+.-]*:/i.test(element.url)) {
      report('must be a valid url', `${at}/url`)
    }
    if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger') {
      report('must be a valid enum value', `${at}/style`)
    }
    checkConfirm(element, at, report)
  },
  image(element, at, report) {
    if (element.image_url === undefined && element.slack_file === undefined) {
      report('missing required field: image_url', at)
    }
    checkString(element, 'image_url', 3000, at, report)
    if (typeof element.alt_text !== 'string') report('missing required field: alt_text', at)
    checkString(element, 'alt_text', 2000, at, report)
  },
  static_select: checkSelect,
  multi_static_select: checkSelect,
  external_select: checkPlaceholder,
  users_select: checkPlaceholder,
  multi_users_select: checkPlaceholder,
  conversations_select: checkPlaceholder,
  multi_conversations_select: checkPlaceholder,
  channels_select: checkPlaceholder,
  multi_channels_select: checkPlaceholder,
  plain_text_input: checkPlaceholder,
  number_input: checkPlaceholder,
  datepicker: checkPlaceholder,
  timepicker: checkPlaceholder,
  overflow: (element, at, report) => checkOptions(element, 'options', 5, at, report),
  checkboxes: (element, at, report) => checkOptions(element, 'options', 10, at, report),
  radio_buttons: (element, at, report) => checkOptions(element, 'options', 10, at, report),
}

function checkSelect(element: JsonObject, at: string, report: Report): void {
  checkPlaceholder(element, at, report)
  if (element.option_groups === undefined) {
    checkOptions(element, 'options', 100, at, report)
    return
  }
  const groups = element.option_groups
  if (!Array.isArray(groups)) {
    report('must be an array', `${at}/option_groups`)
    return
  }
  if (groups.length > 100) report('no more than 100 items allowed', `${at}/option_groups`)
  groups.forEach((group: unknown, index) => {
    const pointer = `${at}/option_groups/${index}`
    if (!isObject(group)) {
      report('must be an object', pointer)
      return
    }
    checkText(group.label, `${pointer}/label`, { most: 75, plain: true }, report)
    checkOptions(group, 'options', 100, pointer, report)
  })
}

function checkPlaceholder(element: JsonObject, at: string, report: Report): void {
  if (element.placeholder !== undefined) {
    checkText(element.placeholder, `${at}/placeholder`, { most: 150, plain: true }, report)
  }
  checkConfirm(element, at, report)
}

function checkOptions(element: JsonObject, name: string, most: number, at: string, report: Report): void {
  const options = element[name]
  if (!Array.isArray(options)) {
    report(`missing required field: ${name}`, at)
    return
  }
  if (options.length === 0) report('must provide at least 1 item', `${at}/${name}`)
  if (options.length > most) report(`no more than ${most} items allowed`, `${at}/${name}`)
  options.forEach((option: unknown, index) => {
    const pointer = `${at}/${name}/${index}`
    if (!isObject(option)) {
      report('must be an object', pointer)
      return
    }
    checkText(option.text, `${pointer}/text`, { most: 75 }, report)
    if (typeof option.value !== 'string') report('missing required field: value', pointer)
    checkString(option, 'value', 150, pointer, report)
    if (option.description !== undefined) {
      checkText(option.description, `${pointer}/description`, { most: 75 }, report)
    }
  })
}

function checkConfirm(element: JsonObject, at: string, report: Report): void {
  if (element.confirm === undefined) return
  if (!isObject(element.confirm)) {
    report('must be an object', `${at}/confirm`)
    return
  }
  const { title, text, confirm, deny } = element.confirm
  if (title !== undefined) checkText(title, `${at}/confirm/title`, { most: 100, plain: true }, report)
  if (text !== undefined) checkText(text, `${at}/confirm/text`, { most: 300 }, report)
  if (confirm !== undefined) checkText(confirm, `${at}/confirm/confirm`, { most: 30, plain: true }, report)
  if (deny !== undefined) checkText(deny, `${at}/confirm/deny`, { most: 30, plain: true }, report)
}

function checkString(from: JsonObject, name: string, most: number, at: string, report: Report): void {
  const value = from[name]
  if (value === undefined) return
  if (typeof value !== 'string') report('must be a string', `${at}/${name}`)
  else if (value.length > most) report(`must be less than ${most + 1} characters`, `${at}/${name}`)
}
