import { randomBytes } from 'node:crypto'
import type { Response } from 'express'

/** HTML that is safe to put into a page as it is. */
export interface Html {
  html: string
}

/** Builds HTML from a template; what is inserted is escaped unless it is HTML already. */
export function html(words: TemplateStringsArray, ...inserts: (string | number | Html | undefined)[]): Html {
  const pieces = words.map((word, index) => {
    const insert = inserts[index]
    if (insert === undefined) return word
    return word + (typeof insert === 'object' ? insert.html : escapeHtml(String(insert)))
  })
  return { html: pieces.join('') }
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, character => escapes[character] ?? character)

/** Sends a page of the bot's own: on top of what every page has, only its own style and script are let run. */
export function sendPage(
  response: Response,
  { title, body, script }: { title: string; body: Html; script?: string },
) {
  const nonce = randomBytes(16).toString('base64')
  response.set(
    'content-security-policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  response.type('html').send(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style nonce="${nonce}">${{ html: style }}</style>
</head>
<body><main>${body}</main>${script ? { html: `<script nonce="${nonce}">${script}</script>` } : undefined}</body>
</html>
`.html,
  )
}

const style = `
:root { color-scheme: light dark; --ink: #1d1519; --soft: #6d5f66; --paper: #fbf7f4; --card: #fff; --wine: #8b1e3f; --line: #eadfe0 }
@media (prefers-color-scheme: dark) { :root { --ink: #f5ecee; --soft: #b7a6ac; --paper: #171114; --card: #221a1e; --wine: #e0688a; --line: #3a2d33 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif }
main { width: 100%; max-width: 30rem; padding: 2.25rem 2rem; background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--wine); border-radius: .75rem; text-align: center }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere }
p { margin: 0 0 1rem; color: var(--soft); overflow-wrap: anywhere }
main > p:last-child { margin: 0 }
.mark { display: grid; place-items: center; width: 3.5rem; height: 3.5rem; margin: 0 auto 1.25rem; border-radius: 50%; border: 3px solid var(--line); font-size: 1.5rem; line-height: 1; color: var(--wine) }
.waiting .mark { border-top-color: var(--wine); animation: turn 1s linear infinite }
.done .mark { border-color: var(--wine) }
@keyframes turn { to { transform: rotate(1turn) } }
@media (prefers-reduced-motion: reduce) { .waiting .mark { animation: none } }
a.button { display: inline-block; padding: .7rem 1.25rem; border-radius: .5rem; background: var(--wine); color: var(--card); font-weight: 600; text-decoration: none }
a.button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
`
