const palettes = [
  ['#8b1e3f', '#d4587c'],
  ['#1f6f78', '#4fb3a9'],
  ['#5b4bb5', '#9a86f0'],
  ['#b45f1d', '#e8a04c'],
  ['#2f6db3', '#6fb0ee'],
  ['#4d7c2a', '#95c05c'],
]

/** A picture for somebody, drawn from their name, as a data URI: nothing is fetched. */
export function avatar(name: string, isBot = false): string {
  if (isBot) return uri(botMark)
  let hash = 0
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973
  const [from = '#8b1e3f', to = '#d4587c'] = palettes[hash % palettes.length] ?? []
  const initial = ([...name.trim()][0] ?? '?').toUpperCase().replace(/[<>&"']/g, '?')
  return uri(
    `<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${to}"/><stop offset="1" stop-color="${from}"/></linearGradient></defs><rect width="80" height="80" fill="url(#g)"/><text x="40" y="42" fill="#fff" font-family="system-ui,sans-serif" font-size="38" font-weight="600" text-anchor="middle" dominant-baseline="central">${initial}</text>`,
  )
}

const botMark =
  '<rect width="80" height="80" fill="#7a1836"/><path d="M17 31q23 32 46 0" fill="none" stroke="#e8b64c" stroke-width="8" stroke-linecap="round"/><circle cx="17" cy="28" r="6.5" fill="#f4d58a"/><circle cx="63" cy="28" r="6.5" fill="#f4d58a"/>'

const uri = (drawing: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">${drawing}</svg>`)}`
