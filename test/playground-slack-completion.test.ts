import { describe, expect, it } from 'vitest'
import { type Known, readLine } from '../src/sandbox/playground/client/slack/completion.ts'

describe('the command box in the workspace', () => {
  const option = (name: string, type: Known['commands'][number]['options'][number]['type']) => ({
    name,
    description: `the ${name}`,
    type,
    isRequired: name === 'role',
  })
  const known: Known = {
    commands: [
      { path: 'plans', description: 'See the plans', options: [] },
      {
        path: 'premium role',
        description: 'Choose',
        options: [option('role', 'role'), option('plan', 'text')],
      },
    ],
    channels: [
      { id: 'C1', name: 'general', isPrivate: false, isArchived: false, members: [], messages: [] },
      { id: 'C2', name: 'lounge', isPrivate: true, isArchived: false, members: [], messages: [] },
    ],
    people: [{ id: 'U1', name: 'Ada', handle: 'ada', part: 'member', isActive: true }],
    doors: [{ id: 'S1', kind: 'group', name: '@supporters', members: [], isDisabled: false }],
  }
  const lines = (typed: string) => readLine(typed, known).suggestions.map(({ line }) => line)

  it('offers commands with their subcommands, and says how they are used', () => {
    expect(lines('/')).toEqual(['/plans', '/premium role '])
    expect(lines('/role')).toEqual(['/premium role '])
    expect(readLine('/', known).suggestions[1]?.detail).toBe('<role> [plan] — Choose')
  })

  it('offers, by place, what an argument can be, and sends whatever was typed', () => {
    expect(lines('/premium role ')).toEqual(['/premium role #lounge ', '/premium role @supporters '])
    expect(lines('/premium role #lo')).toEqual(['/premium role #lounge '])
    expect(readLine('/premium role #lounge', known)).toMatchObject({ suggestions: [], isComplete: true })
    expect(readLine('/premium role #lounge ', known)).toMatchObject({
      suggestions: [],
      isComplete: true,
      hint: 'plan: the plan (may be left out)',
    })
    expect(readLine('/nothing', known).isComplete).toBe(true)
  })

  it('completes names in what people write', () => {
    expect(lines('hello @a')).toEqual(['hello @ada '])
    expect(lines('see #gen')).toEqual(['see #general '])
    expect(lines('hello')).toEqual([])
  })
})
