/** Adds rules to what a component draws inside itself, where the page's style sheet doesn't reach. */
export function restyle(element: HTMLElement, rules: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  const apply = () => {
    const { shadowRoot } = element
    if (shadowRoot && !shadowRoot.adoptedStyleSheets.includes(sheet))
      shadowRoot.adoptedStyleSheets.push(sheet)
  }
  whenDrawn(element, apply)
}

/** Calls when a component has drawn itself for the first time. */
export function whenDrawn(element: HTMLElement, call: () => void): void {
  if ('updateComplete' in element) void Promise.resolve(element.updateComplete).then(call)
}
