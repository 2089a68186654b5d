import type { ComponentView } from '../../discord/room.ts'
import { h } from '../dom.ts'
import { restyle } from './restyle.ts'

type Menu = Extract<ComponentView, { kind: 'menu' }>

// As wide as the component itself, whose outline shows the focus.
const menuRules = `
.discord-string-select-menu, .discord-string-select-menu-option-slot { width: 100%; margin-right: 0 }
`

/** A menu under a message, drawn by the library and worked by mouse or keyboard: Enter opens, arrows move, Enter picks. */
export function menuElement(menu: Menu, isLight: boolean, choose: (values: string[]) => void): HTMLElement {
  const chosen = menu.options.find(({ isChosen }) => isChosen)
  const options = menu.options.map(({ value, label, hint }) => {
    const option = h('discord-string-select-menu-option', {
      label,
      description: hint || undefined,
      role: 'option',
      tabindex: '-1',
      'light-theme': isLight,
    })
    const pick = () => {
      toggle(false)
      choose([value])
      element.focus()
    }
    option.addEventListener('click', event => {
      event.preventDefault()
      event.stopPropagation()
      pick()
    })
    option.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      event.stopPropagation()
      pick()
    })
    return option
  })
  const element = h(
    'discord-string-select-menu',
    {
      placeholder: chosen?.label ?? menu.placeholder,
      disabled: menu.isDisabled,
      'light-theme': isLight,
      role: 'combobox',
      'aria-label': menu.placeholder,
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      tabindex: menu.isDisabled ? undefined : '0',
    },
    options,
  )
  restyle(element, menuRules)
  // The library opens its list by a hidden checkbox, which only a mouse reaches.
  const toggle = (isOpen: boolean) => {
    if ((element.getAttribute('aria-expanded') === 'true') === isOpen) return
    element.shadowRoot?.querySelector('input')?.click()
    element.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) options.at(-1)?.scrollIntoView({ block: 'nearest' })
  }
  element.addEventListener('click', event => {
    // The library's own click on its label reaches the checkbox as a second click.
    if (event.composedPath()[0] instanceof HTMLInputElement) return
    event.preventDefault()
    if (!menu.isDisabled) toggle(element.getAttribute('aria-expanded') !== 'true')
  })
  element.addEventListener('keydown', event => {
    const at = options.findIndex(option => option.matches(':focus'))
    const isOpen = element.getAttribute('aria-expanded') === 'true'
    if (event.key === 'Escape' && isOpen) {
      toggle(false)
      element.focus()
    } else if (!isOpen && ['Enter', ' ', 'ArrowDown'].includes(event.key)) {
      toggle(true)
      options[0]?.focus()
    } else if (event.key === 'ArrowDown') options[Math.min(at + 1, options.length - 1)]?.focus()
    else if (event.key === 'ArrowUp') options[Math.max(at - 1, 0)]?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  element.addEventListener('focusout', event => {
    if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) toggle(false)
  })
  return element
}
