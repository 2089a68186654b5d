import type { Team } from './world.ts'

/** The page where somebody lets the app into their workspace; the form carries the whole request along. */
export function authorizePage(teams: Team[], query: Record<string, string | undefined>): string {
  const people = teams
    .filter(team => !query.team || team.id === query.team)
    .flatMap(team =>
      [...team.users.values()]
        .filter(user => !user.isBot && !user.deleted && !user.guest && user.id !== 'USLACKBOT')
        .map(user => ({ value: `${team.id}:${user.id}`, text: `${team.name}, as ${user.realName}` })),
    )
  const options = people.map(
    ({ value, text }) => `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`,
  )
  const hidden = ['client_id', 'scope', 'user_scope', 'redirect_uri', 'state']
    .filter(name => query[name] !== undefined)
    .map(name => `<input type="hidden" name="${name}" value="${escapeHtml(query[name] ?? '')}">`)
  const scopes = (query.scope ?? '').split(',').map(scope => `<li><code>${escapeHtml(scope)}</code></li>`)
  return html(
    'Velvet Rope is requesting permission to access a Slack workspace',
    `<form method="post">${hidden.join('')}
<label>Workspace <select name="who" required>${options.join('')}</select></label>
<h2>What will Velvet Rope be able to do?</h2><ul>${scopes.join('')}</ul>
<button name="answer" value="cancel">Cancel</button>
<button name="answer" value="allow" class="yes">Allow</button></form>`,
  )
}

/** What Slack shows instead of the page when the request is wrong. */
export function errorPage(problem: string): string {
  return html('Something went wrong', `<p>${escapeHtml(problem)}</p>`)
}

function html(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}
button,select{font:inherit;padding:.5rem 1rem}.yes{background:#007a5a;color:#fff;border:0;border-radius:4px}
small{opacity:.7}</style></head><body><h1>${escapeHtml(title)}</h1>${body}
<p><small>This is a stand-in for Slack on this machine; nothing here is real.</small></p></body></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
