import type { types } from '@slack/bolt'
import { checkElement, checkText, type Report } from './element-limits.ts'
import { isObject, type JsonObject } from './json.ts'
import { refuse, refuseArguments } from './refusal.ts'

/** Blocks that passed, or what is wrong with them in Slack's words. */
export interface CheckedBlocks {
  blocks: types.KnownBlock[]
  problems: string[]
}

const MOST_IN_MESSAGE = 50
const MOST_IN_VIEW = 100

/** Checks a message's or a view's blocks against docs.slack.dev/reference/block-kit; `block_id`s left out are filled in. */
export function checkBlocks(value: unknown, where: 'message' | 'view', makeId: () => string): CheckedBlocks {
  const at = where === 'view' ? '/view/blocks' : '/blocks'
  const problems: string[] = []
  const report: Report = (text, pointer) => problems.push(`${text} [json-pointer:${pointer}]`)
  if (!Array.isArray(value)) return { blocks: [], problems: [`must be an array [json-pointer:${at}]`] }
  const most = where === 'view' ? MOST_IN_VIEW : MOST_IN_MESSAGE
  if (value.length > most) report(`no more than ${most} items allowed`, at)
  const ids = new Set<string>()
  const blocks = value.map((given: unknown, index) => {
    const pointer = `${at}/${index}`
    if (!isObject(given)) {
      report('must be an object', pointer)
      return {}
    }
    const block = { ...given, block_id: given.block_id ?? makeId() }
    checkBlock(block, pointer, report)
    const id = String(block.block_id)
    if (ids.has(id)) report(`\`block_id\` ${id} already exists`, `${pointer}/block_id`)
    ids.add(id)
    return block
  })
  // The shapes were checked just above.
  return { blocks: blocks as unknown as types.KnownBlock[], problems }
}

/** A message's blocks, or Slack's `invalid_blocks` naming which. */
export function messageBlocks(value: unknown, makeId: () => string): types.KnownBlock[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return refuse('invalid_blocks_format')
  const { blocks, problems } = checkBlocks(value, 'message', makeId)
  return problems.length ? refuseArguments(problems, 'invalid_blocks') : blocks
}

function checkBlock(block: JsonObject, at: string, report: Report): void {
  if (typeof block.block_id !== 'string') report('must be a string', `${at}/block_id`)
  else if (block.block_id.length > 255) report('must be less than 256 characters', `${at}/block_id`)
  const type = String(block.type)
  const check = Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined
  if (!check) {
    report(`unsupported type: ${type}`, `${at}/type`)
    return
  }
  check(block, at, report)
}

type Check = (block: JsonObject, at: string, report: Report) => void

const CHECKS: Record<string, Check> = {
  divider: () => {},
  rich_text: checkList('elements', 0, Number.POSITIVE_INFINITY),
  markdown(block, at, report) {
    if (typeof block.text !== 'string') report('missing required field: text', at)
    else if (block.text.length > 12_000) report('must be less than 12001 characters', `${at}/text`)
  },
  header(block, at, report) {
    checkText(block.text, `${at}/text`, { most: 150, plain: true }, report)
  },
  section(block, at, report) {
    if (block.text === undefined && block.fields === undefined) {
      report('must define either `text` or `fields`', at)
    }
    if (block.text !== undefined) checkText(block.text, `${at}/text`, { most: 3000 }, report)
    if (block.fields !== undefined) {
      checkList('fields', 1, 10)(block, at, report)
      each(block.fields, (field, index) => checkText(field, `${at}/fields/${index}`, { most: 2000 }, report))
    }
    if (block.accessory !== undefined) checkElement(block.accessory, `${at}/accessory`, report)
  },
  actions(block, at, report) {
    checkList('elements', 1, 25)(block, at, report)
    const ids = new Set<unknown>()
    each(block.elements, (element, index) => {
      const pointer = `${at}/elements/${index}`
      checkElement(element, pointer, report)
      if (!isObject(element) || element.action_id === undefined) return
      if (ids.has(element.action_id)) {
        report(
          `\`action_id\` ${String(element.action_id)} already exists for block_id`,
          `${pointer}/action_id`,
        )
      }
      ids.add(element.action_id)
    })
  },
  context(block, at, report) {
    checkList('elements', 1, 10)(block, at, report)
    each(block.elements, (element, index) => {
      const pointer = `${at}/elements/${index}`
      if (isObject(element) && element.type === 'image') checkElement(element, pointer, report)
      else checkText(element, pointer, { most: 2000 }, report)
    })
  },
  image(block, at, report) {
    checkElement(block, at, report)
    if (block.title !== undefined) checkText(block.title, `${at}/title`, { most: 2000, plain: true }, report)
  },
  input(block, at, report) {
    checkText(block.label, `${at}/label`, { most: 2000, plain: true }, report)
    if (block.hint !== undefined) checkText(block.hint, `${at}/hint`, { most: 2000, plain: true }, report)
    checkElement(block.element, `${at}/element`, report)
  },
}

function checkList(name: string, fewest: number, most: number): Check {
  return (block, at, report) => {
    const list = block[name]
    if (!Array.isArray(list)) report(`missing required field: ${name}`, at)
    else if (list.length < fewest) report('must provide at least 1 item', `${at}/${name}`)
    else if (list.length > most) report(`no more than ${most} items allowed`, `${at}/${name}`)
  }
}

function each(list: unknown, run: (item: unknown, index: number) => void): void {
  if (Array.isArray(list)) list.forEach(run)
}
