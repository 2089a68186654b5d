import { page } from '../arguments.ts'
import { refuse } from '../refusal.ts'
import { userShape } from '../shapes.ts'
import { revokeToken, uninstall } from '../teams.ts'
import { knownUser, type Methods } from './method.ts'

/** Who the app is, where it is, and who else is there. */
export function workspaceMethods(app: {
  id: string
  clientId: string
  clientSecret: string
  url: string
}): Methods {
  return {
    'api.test': { scopes: [], tier: 4, run: () => ({}) },
    'auth.test': {
      scopes: [],
      tier: 4,
      run: ({ team }) => ({
        url: `${app.url}/${team.domain}/`,
        team: team.name,
        user: team.users.get(team.botUserId)?.name,
        team_id: team.id,
        user_id: team.botUserId,
        bot_id: team.botId,
        is_enterprise_install: false,
      }),
    },
    'auth.revoke': {
      scopes: [],
      tier: 3,
      run({ world, team, token, args }) {
        if (args.flag('test')) return { revoked: false }
        revokeToken(world, team, token)
        return { revoked: true }
      },
    },
    'apps.uninstall': {
      scopes: [],
      tier: 1,
      run({ world, team, args }) {
        if (args.required('client_id') !== app.clientId) return refuse('invalid_client_id')
        if (args.required('client_secret') !== app.clientSecret) return refuse('bad_client_secret')
        uninstall(world, team)
        return {}
      },
    },
    'team.info': {
      scopes: ['team:read'],
      tier: 3,
      run({ team, args }) {
        const asked = args.text('team')
        if (asked && asked !== team.id) return refuse('team_not_found')
        return { team: { id: team.id, name: team.name, domain: team.domain, email_domain: '', icon: {} } }
      },
    },
    'bots.info': {
      scopes: ['users:read'],
      tier: 3,
      run({ team, args }) {
        if (args.text('bot') !== team.botId) return refuse('bot_not_found')
        const user = team.users.get(team.botUserId)
        return {
          bot: {
            id: team.botId,
            app_id: app.id,
            user_id: team.botUserId,
            name: user?.realName,
            deleted: false,
            icons: {},
          },
        }
      },
    },
    'users.info': {
      scopes: ['users:read'],
      tier: 4,
      run(call) {
        const user = knownUser(call, call.args.text('user') ?? '')
        return { user: userShape(user, call.args.flag('include_locale')) }
      },
    },
    'users.list': {
      scopes: ['users:read'],
      tier: 2,
      run({ team, args, world }) {
        const found = page([...team.users.values()], args)
        return {
          members: found.page.map(user => userShape(user, args.flag('include_locale'))),
          cache_ts: Math.floor(world.clock.now() / 1000),
          response_metadata: { next_cursor: found.next },
        }
      },
    },
  }
}
