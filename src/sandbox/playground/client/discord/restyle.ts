const sheets = new Map<string, CSSStyleSheet>()

/** Adds rules to what a component draws inside itself, where the page's style sheet doesn't reach. */
export function restyle(element: HTMLElement, rules: string): void {
  whenDrawn(element, () => {
    const { shadowRoot } = element
    const sheet = sheetOf(rules)
    if (shadowRoot && !shadowRoot.adoptedStyleSheets.includes(sheet))
      shadowRoot.adoptedStyleSheets.push(sheet)
  })
}

// Hundreds of messages share one.
function sheetOf(rules: string): CSSStyleSheet {
  const known = sheets.get(rules)
  if (known) return known
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  sheets.set(rules, sheet)
  return sheet
}

/** Calls when a component has drawn itself for the first time. */
export function whenDrawn(element: HTMLElement, call: () => void): void {
  if ('updateComplete' in element) void Promise.resolve(element.updateComplete).then(call)
}
