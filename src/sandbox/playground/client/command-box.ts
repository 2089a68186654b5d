import type { ActResult } from '../view.ts'
import type { Reading, Suggestion } from './completion.ts'
import { h, withColor } from './dom.ts'
import { icon } from './icons.ts'

/** The line at the foot of the chat in which commands are typed. */
export interface CommandBox<Known> {
  element: HTMLElement
  /** Draws with the commands and names that are known now; `isOpen` is false where nothing can be typed. */
  draw(known: Known, place: { label: string; isOpen: boolean }): void
  /** Puts a line into the box, ready to be sent. */
  fill(line: string): void
  focus(): void
}

interface Deps<Known> {
  /** What a line is so far, among the commands and names that are known. */
  read(line: string, known: Known): Reading
  send(line: string): Promise<ActResult>
  /** Asks the bot for what only it knows. */
  complete?(line: string): Promise<ActResult>
}

const askAfterMs = 120
/** After this long without an answer the box says that it waits. */
const slowMs = 400

/** A combobox: arrows choose, Tab and Enter pick, Enter sends what is whole, Escape closes. */
export function createCommandBox<Known>({ read: readLine, send, complete }: Deps<Known>): CommandBox<Known> {
  const input = h('input', {
    id: 'line',
    class: 'line',
    type: 'text',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': 'suggestions',
    'aria-expanded': 'false',
    'aria-describedby': 'line-hint',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    enterkeyhint: 'send',
    maxlength: '2000',
    'data-key': 'line',
  })
  const list = h('ul', {
    id: 'suggestions',
    class: 'suggestions',
    role: 'listbox',
    'aria-label': 'Suggestions',
    hidden: true,
  })
  const hint = h('p', { id: 'line-hint', class: 'line-hint' })
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true })
  const button = h('button', { class: 'send', type: 'submit', 'aria-label': 'Send' }, icon('send'))
  const element = h(
    'form',
    { class: 'box' },
    problem,
    list,
    h('div', { class: 'box-line' }, input, button),
    hint,
  )

  let room: Known | undefined
  let reading: Reading = { suggestions: [], isComplete: false, hint: '' }
  let active = -1
  let isClosed = true
  let asked = 0
  const history: string[] = []
  let recalled = 0

  const read = () => {
    if (!room) return
    reading = readLine(input.value, room)
    const { ask } = reading
    asked += 1
    if (ask) askBot(ask.before, input.value, asked)
    active = reading.isComplete || reading.suggestions.length === 0 || input.value === '/' ? -1 : 0
    show()
  }

  const askBot = (before: string, line: string, number: number) => {
    window.setTimeout(async () => {
      if (number !== asked) return
      const { choices = [], problem: failed } = (await complete?.(line)) ?? {}
      if (number !== asked) return
      reading = {
        ...reading,
        hint: failed ?? reading.hint,
        suggestions: choices.map(({ name, value }) => ({
          label: name,
          detail: value === name ? '' : value,
          line: `${before}${value} `,
        })),
      }
      active = reading.isComplete || choices.length === 0 ? -1 : 0
      show()
    }, askAfterMs)
  }

  const show = () => {
    const isOpen = !isClosed && reading.suggestions.length > 0
    list.hidden = !isOpen
    list.replaceChildren(...reading.suggestions.map(option))
    input.setAttribute('aria-expanded', String(isOpen))
    if (isOpen && active >= 0) input.setAttribute('aria-activedescendant', `suggestion-${active}`)
    else input.removeAttribute('aria-activedescendant')
    list.children[active]?.scrollIntoView({ block: 'nearest' })
    // What the alert says already isn't said again.
    hint.textContent = isClosed || reading.hint === problem.textContent ? '' : reading.hint
  }

  const option = (suggestion: Suggestion, index: number) => {
    const item = h(
      'li',
      { id: `suggestion-${index}`, role: 'option', 'aria-selected': String(index === active) },
      withColor(h('span', { class: 'suggestion-label' }, suggestion.label), suggestion.color ?? ''),
      h('span', { class: 'suggestion-detail' }, suggestion.detail),
    )
    // The box keeps the focus, or a phone's keyboard would fold away.
    item.addEventListener('pointerdown', event => event.preventDefault())
    item.addEventListener('click', () => pick(suggestion))
    return item
  }

  const pick = (suggestion: Suggestion) => {
    input.value = suggestion.line
    isClosed = false
    read()
    input.focus()
  }

  const submit = async () => {
    const line = input.value.trim()
    if (!line) return
    if (!reading.isComplete) {
      isClosed = false
      tell(reading.hint || 'This line is not complete yet.')
      return show()
    }
    history.push(line)
    recalled = history.length
    input.value = ''
    isClosed = true
    tell('')
    read()
    const waiting = window.setTimeout(() => {
      if (isClosed) hint.textContent = 'Sending…'
    }, slowMs)
    const { problem: failed } = await send(line)
    window.clearTimeout(waiting)
    show()
    if (!failed) return
    tell(failed)
    if (input.value === '') input.value = line
    read()
  }

  const tell = (words: string) => {
    problem.textContent = words
    problem.hidden = words === ''
  }

  const move = (by: number) => {
    const { length } = reading.suggestions
    active = active < 0 && by < 0 ? length - 1 : (active + by + length) % length
    show()
  }

  const recall = (by: number) => {
    recalled = Math.min(Math.max(recalled + by, 0), history.length)
    input.value = history[recalled] ?? ''
    read()
  }

  input.addEventListener('input', () => {
    isClosed = false
    tell('')
    read()
  })
  input.addEventListener('focus', () => {
    if (input.value) isClosed = false
    read()
  })
  input.addEventListener('blur', () => {
    isClosed = true
    show()
  })
  input.addEventListener('keydown', event => {
    const isOpen = !list.hidden
    const chosen = isOpen ? reading.suggestions[active] : undefined
    if (event.key === 'ArrowDown' && isOpen) move(1)
    else if (event.key === 'ArrowUp' && isOpen) move(-1)
    else if (event.key === 'ArrowUp' && (!input.value.trim() || recalled < history.length)) recall(-1)
    else if (event.key === 'ArrowDown' && recalled < history.length) recall(1)
    else if (event.key === 'Escape' && !isClosed) {
      isClosed = true
      show()
    } else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && chosen) pick(chosen)
    else return
    event.preventDefault()
  })
  element.addEventListener('submit', event => {
    event.preventDefault()
    void submit()
  })

  return {
    element,
    draw(now, { label, isOpen }) {
      room = now
      input.placeholder = label
      input.setAttribute('aria-label', label)
      input.disabled = !isOpen
      button.disabled = !isOpen
      if (document.activeElement === input && !reading.ask) read()
    },
    fill(line) {
      tell('')
      input.value = line
      isClosed = true
      input.focus()
      isClosed = true
      read()
    },
    focus: () => input.focus(),
  }
}
