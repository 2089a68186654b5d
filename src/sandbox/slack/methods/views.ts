import { checkBlocks } from '../block-limits.ts'
import { isObject, type JsonObject } from '../json.ts'
import { refuse, refuseArguments } from '../refusal.ts'
import { viewShape } from '../shapes.ts'
import type { Triggers } from '../triggers.ts'
import type { View } from '../world.ts'
import { type Call, knownUser, type Methods } from './method.ts'

const LARGEST_VIEW = 250_000

/** App Home and modals. */
export function viewMethods(triggers: Triggers): Methods {
  return {
    'views.publish': {
      scopes: [],
      tier: 4,
      run(call) {
        const user = knownUser(call, call.args.required('user_id'))
        if (!call.team.preferences.homeTab) return refuse('not_enabled')
        const given = readView(call, 'home')
        const known = call.team.homes.get(user.id)
        const hash = call.args.text('hash')
        if (hash && known && hash !== known.hash) return refuse('hash_conflict')
        const view = keep(call, user.id, known?.id ?? call.world.ids.make('V'), given)
        call.team.homes.set(user.id, view)
        return shown(call, view)
      },
    },
    'views.open': {
      scopes: [],
      tier: 4,
      run(call) {
        const trigger = triggers.take(call.args.required('trigger_id'), call.team.id)
        return shown(call, keep(call, trigger.userId, call.world.ids.make('V'), readView(call, 'modal')))
      },
    },
    'views.update': {
      scopes: [],
      tier: 4,
      run(call) {
        const known = call.world.views.get(call.args.text('view_id') ?? '')
        if (!known || known.teamId !== call.team.id) return refuse('not_found')
        const hash = call.args.text('hash')
        if (hash && hash !== known.hash) return refuse('hash_conflict')
        return shown(call, keep(call, known.userId, known.id, readView(call, known.type)))
      },
    },
  }
}

interface Given {
  type: View['type']
  blocks: View['blocks']
  fields: JsonObject
}

function readView(call: Call, type: View['type']): Given {
  const given = call.args.json('view')
  if (!isObject(given)) return refuseArguments(['missing required field: view'])
  if (JSON.stringify(given).length > LARGEST_VIEW) return refuse('view_too_large')
  if (given.type !== type) return refuseArguments([`must be a valid enum value [json-pointer:/view/type]`])
  const { blocks, problems } = checkBlocks(given.blocks, 'view', () => call.world.ids.secret(3))
  const within = (name: string, most: number) => {
    const value = given[name]
    const text = isObject(value) ? value.text : value
    if (typeof text === 'string' && text.length > most) {
      problems.push(`must be less than ${most + 1} characters [json-pointer:/view/${name}]`)
    }
  }
  within('callback_id', 255)
  within('private_metadata', 3000)
  if (type === 'modal') {
    if (!isObject(given.title)) problems.push('missing required field: title [json-pointer:/view]')
    for (const name of ['title', 'submit', 'close']) within(name, 24)
  }
  return problems.length ? refuseArguments(problems) : { type, blocks, fields: given }
}

function keep(call: Call, userId: string, id: string, given: Given): View {
  const hash = `${call.world.ids.ts()}`
  const view: View = { id, teamId: call.team.id, userId, hash, state: {}, ...given }
  call.world.views.set(id, view)
  call.world.happened({ type: 'view', teamId: call.team.id, userId, view })
  return view
}

function shown(call: Call, view: View) {
  return { view: viewShape(view, call.team, call.world.appId) }
}
