import { describe, expect, it } from 'vitest'
import { type Known, readLine } from '../src/sandbox/playground/client/completion.ts'
import type { OptionView } from '../src/sandbox/playground/discord/room.ts'

const option = (name: string, type: OptionView['type'], more: Partial<OptionView> = {}): OptionView => ({
  name,
  description: `the ${name}`,
  type,
  isRequired: false,
  isCompleted: false,
  choices: [],
  ...more,
})

const role = (name: string, isManaged = false) => ({
  id: name,
  name,
  color: '',
  isHoisted: false,
  isManaged,
  isBots: false,
})

const known: Known = {
  commands: [
    { path: 'plans', description: 'See the plans', options: [] },
    {
      path: 'premium role',
      description: 'Choose the role',
      options: [
        option('role', 'role', { isRequired: true }),
        option('plan', 'text', { isCompleted: true }),
        option('also', 'boolean'),
      ],
    },
    { path: 'premium why', description: 'Why', options: [option('member', 'user', { isRequired: true })] },
  ],
  roles: [role('Gold Member'), role('Gold')],
  members: [{ id: '1', name: 'Ada', username: 'ada', color: '', roles: [], isBot: false }],
  channels: [{ id: '2', name: 'general', topic: '', isPrivate: false, messages: [] }],
}

const lines = (typed: string) => readLine(typed, known).suggestions.map(({ line }) => line)

describe('the command box', () => {
  it('offers every command for a slash, and those that match for more', () => {
    expect(lines('/')).toEqual(['/plans', '/premium role role:', '/premium why member:'])
    expect(lines('/pre')).toEqual(['/premium role role:', '/premium why member:'])
    expect(lines('/why')).toEqual(['/premium why member:'])
    expect(readLine('/nothing', known)).toMatchObject({ suggestions: [], isComplete: false })
  })

  it('takes a command without arguments as whole, and one that lacks a needed argument not', () => {
    expect(readLine('/plans', known).isComplete).toBe(true)
    expect(readLine('/premium', known).isComplete).toBe(false)
    expect(readLine('/premium role', known).isComplete).toBe(false)
    expect(readLine('/premium role ', known).hint).toContain('role is needed')
    expect(readLine('/premium role also:True ', known).isComplete).toBe(false)
  })

  it('offers what a value can be, by name', () => {
    expect(lines('/premium role role:')).toEqual([
      '/premium role role:@Gold Member ',
      '/premium role role:@Gold ',
      '/premium role role:@everyone ',
    ])
    expect(lines('/premium role role:@mem')).toEqual(['/premium role role:@Gold Member '])
    expect(lines('/premium why member:a')).toEqual(['/premium why member:@Ada '])
    expect(lines('/premium role role:@Gold also:t')).toEqual(['/premium role role:@Gold also:True '])
  })

  it('offers the arguments that are left behind a whole value, spaces in names and all', () => {
    expect(lines('/premium role role:@Gold Member ')).toEqual([
      '/premium role role:@Gold Member plan:',
      '/premium role role:@Gold Member also:',
    ])
    expect(lines('/premium role role:@Gold Member al')).toEqual(['/premium role role:@Gold Member also:'])
    expect(readLine('/premium role role:@Gold Member ', known).isComplete).toBe(true)
    expect(readLine('/premium role role:@Gold Member al', known).isComplete).toBe(false)
  })

  it('leaves to the bot what only the bot knows', () => {
    expect(readLine('/premium role role:@Gold plan:pr', known)).toMatchObject({
      suggestions: [],
      ask: { before: '/premium role role:@Gold plan:' },
    })
    expect(readLine('/premium role role:@Gold plan:pro ', known).ask).toBeUndefined()
  })

  it('takes everything else for a message', () => {
    expect(readLine('hello /plans', known)).toMatchObject({ suggestions: [], isComplete: true })
    expect(readLine('  ', known).isComplete).toBe(false)
  })
})
