const paths = {
  hash: 'M9.5 4 7 20M17 4l-2.5 16M4.5 9h16M3.5 15h16',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  at: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1',
  send: 'M4 12 20 4l-5 16-3.5-6.5z',
  roles: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
  home: 'M4 11 12 4l8 7v9h-5v-6H9v6H4z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zm7 0a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  close: 'M6 6l12 12M18 6 6 18',
} as const

/** A small drawing in the colour of the text beside it; it says nothing to a screen reader. */
export function icon(name: keyof typeof paths): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  const attributes = { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' }
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value)
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}
