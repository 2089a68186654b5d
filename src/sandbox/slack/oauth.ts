import express, { type Request, type Router } from 'express'
import type { Arguments } from './arguments.ts'
import type { JsonObject } from './json.ts'
import { authorizePage, errorPage } from './oauth-page.ts'
import { refuse } from './refusal.ts'
import { grantToken, newBotToken } from './teams.ts'
import { type Team, teamOf, type World } from './world.ts'

/** The app as Slack knows it. */
export interface AppSettings {
  id: string
  clientId: string
  clientSecret: string
  /** Where the browser may be sent back to; any while empty. */
  redirectUrls: string[]
}

interface Code {
  teamId: string
  userId: string
  scopes: string[]
  redirectUri: string | undefined
  until: number
  spent: boolean
}

const CODE_LIFE_MS = 10 * 60_000

/** Installing through OAuth: docs.slack.dev/authentication/installing-with-oauth. */
export interface OAuth {
  readonly router: Router
  /** `oauth.v2.access`: trades a code for a bot token. */
  access(args: Arguments, request: Request): JsonObject
  /** What pressing Allow does, without a browser: the code to trade. */
  allow(teamId: string, userId: string, scopes: string[], redirectUri?: string): string
}

/** Slack's consent page and the trade of its codes. */
export function createOAuth(world: World, app: AppSettings): OAuth {
  const codes = new Map<string, Code>()
  const router = express.Router()

  router.get('/oauth/v2/authorize', (request, response) => {
    const query = readQuery(request.query)
    const problem = problemWith(query)
    if (problem) return void response.status(400).type('html').send(errorPage(problem))
    response.type('html').send(authorizePage([...world.teams.values()], query))
  })

  router.post('/oauth/v2/authorize', express.urlencoded({ extended: false }), (request, response) => {
    const query = readQuery(request.body)
    const problem = problemWith(query)
    if (problem) return void response.status(400).type('html').send(errorPage(problem))
    const back = new URL(query.redirect_uri ?? app.redirectUrls[0] ?? '')
    if (query.state) back.searchParams.set('state', query.state)
    if (query.answer !== 'allow') back.searchParams.set('error', 'access_denied')
    else {
      const [teamId = '', userId = ''] = (query.who ?? '').split(':')
      if (!world.teams.get(teamId)?.users.has(userId)) {
        return void response.status(400).type('html').send(errorPage('no such user'))
      }
      back.searchParams.set('code', allow(teamId, userId, scopesOf(query.scope), query.redirect_uri))
    }
    response.redirect(302, back.toString())
  })

  function problemWith(query: Record<string, string | undefined>): string | undefined {
    if (query.client_id !== app.clientId) return 'Invalid client_id parameter'
    const back = query.redirect_uri ?? app.redirectUrls[0]
    if (!back) return 'redirect_uri did not match any configured URIs: none is configured'
    if (app.redirectUrls.length && !app.redirectUrls.some(url => back.startsWith(url))) {
      return `redirect_uri did not match any configured URIs. Passed URI: ${back}`
    }
    return URL.canParse(back) ? undefined : `redirect_uri is not a URL: ${back}`
  }

  function allow(teamId: string, userId: string, scopes: string[], redirectUri?: string): string {
    const code = `${world.ids.secret(6)}.${world.ids.secret(6)}.${world.ids.secret(16)}`
    const until = world.clock.now() + CODE_LIFE_MS
    codes.set(code, { teamId, userId, scopes, redirectUri, until, spent: false })
    return code
  }

  function access(args: Arguments, request: Request): JsonObject {
    const [basicId, basicSecret] = basicCredentials(request.headers.authorization)
    if ((args.text('client_id') ?? basicId) !== app.clientId) return refuse('invalid_client_id')
    if ((args.text('client_secret') ?? basicSecret) !== app.clientSecret) return refuse('bad_client_secret')
    const code = codes.get(args.text('code') ?? '')
    if (!code) return refuse('invalid_code')
    if (code.spent) return refuse('code_already_used')
    if (code.until < world.clock.now()) return refuse('code_expired')
    if (code.redirectUri !== args.text('redirect_uri')) return refuse('bad_redirect_uri')
    code.spent = true
    const team = teamOf(world, code.teamId)
    // Installing again gives the same token, with the scopes asked for now.
    grantToken(world, team, hasToken(world, team) ? team.botToken : newBotToken(world), code.scopes)
    return {
      access_token: team.botToken,
      token_type: 'bot',
      scope: code.scopes.join(','),
      bot_user_id: team.botUserId,
      app_id: app.id,
      team: { id: team.id, name: team.name },
      enterprise: null,
      authed_user: { id: code.userId },
      is_enterprise_install: false,
    }
  }

  return { router, access, allow }
}

function hasToken(world: World, team: Team): boolean {
  return team.installed && world.tokens.get(team.botToken)?.state === 'active'
}

function scopesOf(text: string | undefined): string[] {
  return (text ?? '').split(/[,\s]+/).filter(scope => scope !== '')
}

function readQuery(from: unknown): Record<string, string | undefined> {
  const fields = typeof from === 'object' && from !== null ? Object.entries(from) : []
  return Object.fromEntries(fields.filter(([, value]) => typeof value === 'string' && value !== ''))
}

function basicCredentials(header: string | undefined): [string?, string?] {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1]
  if (!encoded) return []
  const [id, secret] = Buffer.from(encoded, 'base64').toString().split(':')
  return [id ?? '', secret ?? '']
}
