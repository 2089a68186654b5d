import type { Response } from 'express'

/**
 * Sends the page: a shell that the client's script fills. Nothing but this origin is reached. The components colour
 * themselves by style attributes; style sheets of anybody else's are refused.
 */
export function sendPage(response: Response, start: { chats: { name: string; label: string }[] }): void {
  response
    .set({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .type('html')
    .send(shell(JSON.stringify(start)))
}

const icon = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#8b1e3f"/><path d="M6 11q10 13 20 0" fill="none" stroke="#e8b64c" stroke-width="3.5" stroke-linecap="round"/><circle cx="6" cy="10" r="2.6" fill="#e8b64c"/><circle cx="26" cy="10" r="2.6" fill="#e8b64c"/></svg>',
)

const shell = (start: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Velvet Rope playground</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<link rel="stylesheet" href="/playground/style.css">
<script type="module" src="/playground/client.js"></script>
</head>
<body data-start="${start.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}">
<div id="app"><p class="loading" role="status">Opening the lounge…</p></div>
<noscript><p class="loading">The playground needs JavaScript.</p></noscript>
</body>
</html>
`
