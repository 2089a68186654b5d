import type { Response } from 'express'
import { html, type Markup } from './html.ts'
import { STYLE } from './style.ts'

interface Page {
  title: string
  body: Markup
  status?: number
  /** `wide` has room for two columns. */
  width?: 'narrow' | 'wide'
}

/** Sends a whole page; it needs no script, and says at its top that nothing here is real. */
export function sendPage(response: Response, { title, body, status = 200, width = 'narrow' }: Page) {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<p class="standin" role="note"><strong>Stand-in for Stripe:</strong> no money moves</p>
<main class="${width}">
${body}
</main>
</body>
</html>
`
  response
    .status(status)
    .set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'none'; base-uri 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .type('html')
    .send(page.markup)
}

/** A page that only says something, with a way on when there is one. */
export function sendMessage(
  response: Response,
  of: { title: string; text: string; status?: number; back?: { url: string; label: string } | undefined },
) {
  sendPage(response, {
    title: of.title,
    status: of.status ?? 200,
    body: html`<section class="card">
<h1>${of.title}</h1>
<p>${of.text}</p>
${of.back && html`<p><a class="button quiet" href="${of.back.url}">${of.back.label}</a></p>`}
</section>`,
  })
}

/** What went wrong, above a form. */
export function notice(text: string | undefined, tone: 'bad' | 'good' = 'bad'): Markup {
  return text === undefined
    ? html``
    : html`<p class="notice ${tone}" role="${tone === 'bad' ? 'alert' : 'status'}">${text}</p>`
}
