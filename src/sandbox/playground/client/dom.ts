/** What an element can hold; text is always text, never markup. */
export type Child = Node | string | number | false | null | undefined | Child[]

type Handler = (event: Event) => void
type Properties = Record<string, string | number | boolean | null | undefined | Handler>

/** Makes an element. `onClick: f` listens, `true` sets a bare attribute, `false` and `undefined` leave it out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties?: Properties,
  ...children: Child[]
): HTMLElementTagNameMap[Tag]
export function h(tag: string, properties?: Properties, ...children: Child[]): HTMLElement
export function h(tag: string, properties: Properties = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2).toLowerCase(), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, String(value))
  }
  append(element, children)
  return element
}

function append(parent: Node, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child)
    else if (child instanceof Node) parent.appendChild(child)
    else if (child !== false && child !== null && child !== undefined)
      parent.appendChild(document.createTextNode(String(child)))
  }
}

/** Colours an element by a custom property, which the page's policy allows where a style attribute isn't. */
export function withColor<E extends HTMLElement>(element: E, color: string): E {
  if (/^#[0-9a-f]{6}$/i.test(color)) element.style.setProperty('--own', color)
  return element
}

/** An address that is safe to link to: a web page, or something of this origin. */
export const safeLink = (url: string): string | undefined =>
  /^(https?:\/\/|\/(?!\/))/i.test(url) ? url : undefined

/** An address whose picture the page may show without reaching the network. */
export const safePicture = (url: string): string | undefined =>
  /^(data:image\/|\/playground\/)/.test(url) ? url : undefined

/**
 * Draws `children` into a parent anew when `from` differs from last time, and gives the focus back to the element of
 * the same `data-key`.
 */
export function createSlot(parent: HTMLElement): (from: unknown, make: () => Child[]) => boolean {
  let last: string | undefined
  return (from, make) => {
    const text = JSON.stringify(from)
    if (text === last) return false
    last = text
    const focused = parent.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-key')
      : undefined
    parent.replaceChildren()
    append(parent, make())
    if (focused) focusAgain(parent, focused)
    return true
  }
}

// A button that can't be pressed any more leaves the focus to the one beside it.
function focusAgain(parent: ParentNode, key: string): void {
  const element = parent.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)
  const beside = element?.parentElement?.querySelector<HTMLElement>('[data-key]:enabled')
  ;(element?.matches(':disabled') ? beside : element)?.focus()
}

/** Opens a window over the page; closed, it gives the focus back to what opened it, drawn anew or not. */
export function openModal(dialog: HTMLDialogElement): void {
  if (dialog.open) return
  const opener = document.activeElement?.getAttribute('data-key')
  const giveBack = () => {
    const { activeElement, body } = document
    if (opener && (activeElement === body || dialog.contains(activeElement))) focusAgain(document, opener)
  }
  dialog.addEventListener('close', giveBack, { once: true })
  dialog.showModal()
}

/** Asks for what a box was set to; where that can't be done, the box goes back. `ask` answers whether it was. */
export function onTick(box: HTMLInputElement, ask: (isOn: boolean) => Promise<boolean>): void {
  box.addEventListener('change', async () => {
    const isOn = box.checked
    if (!(await ask(isOn))) box.checked = !isOn
  })
}

/** Draws a list by key: an item's element is made anew only when what it is drawn from changed. */
export function createList<T>(
  parent: HTMLElement,
  keyOf: (item: T) => string,
  make: (item: T) => HTMLElement,
): (items: T[], context: unknown) => void {
  const drawn = new Map<string, { from: string; element: HTMLElement }>()
  return (items, context) => {
    const around = JSON.stringify(context)
    const wanted = new Set(items.map(keyOf))
    // What left goes first: all that stays would be moved past it otherwise, losing the focus and the place in the view.
    for (const [key, { element }] of drawn)
      if (!wanted.has(key)) {
        element.remove()
        drawn.delete(key)
      }
    let before: ChildNode | null = parent.firstChild
    for (const item of items) {
      const key = keyOf(item)
      const from = around + JSON.stringify(item)
      let known = drawn.get(key)
      if (!known || known.from !== from) {
        const element = make(item)
        if (known?.element === before) before = element
        if (known) known.element.replaceWith(element)
        known = { from, element }
        drawn.set(key, known)
      }
      if (known.element === before) before = before.nextSibling
      else parent.insertBefore(known.element, before)
    }
  }
}
