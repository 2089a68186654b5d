import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byName, readOptions, splitLine } from '../src/arguments.ts'
import type { Option } from '../src/command.ts'
import { UserError } from '../src/errors.ts'
import { plain } from '../src/text.ts'

const role: Option = { name: 'role', description: 'what members get', type: 'role', required: true }
const plan: Option = { name: 'plan', description: 'the plan', type: 'text' }
const also: Option = { name: 'also', description: 'add', type: 'yes-no' }
const days: Option = { name: 'days', description: 'how long', type: 'number' }
const reason: Option = { name: 'reason', description: 'why', type: 'text' }

describe('a command line', () => {
  it.each([
    ['premium role @Premium', ['premium', 'role', '@Premium']],
    ['grant ada 30 "for her help"', ['grant', 'ada', '30', 'for her help']],
    ['grant ada reason:“for her help”', ['grant', 'ada', 'reason:for her help']],
    ['role <#C123|the lounge> pro', ['role', '<#C123|the lounge>', 'pro']],
    ['   ', []],
    ['say "unclosed and on', ['say', 'unclosed and on']],
  ])('%s splits as people mean it', (line, words) => {
    expect(splitLine(line)).toEqual(words)
  })

  it('takes arguments by place, by name, and both together', () => {
    expect(byName(['@P', 'pro', 'yes'], [role, plan, also])).toEqual({ role: '@P', plan: 'pro', also: 'yes' })
    expect(byName(['also:yes', '@P'], [role, plan, also])).toEqual({ role: '@P', also: 'yes' })
  })

  it("takes a flag's bare name for its yes", () => {
    expect(byName(['@P', 'also'], [role, plan, also])).toEqual({ role: '@P', also: 'yes' })
  })

  it('gives the rest of a sentence to the last argument', () => {
    expect(byName(['5', 'for', 'her', 'help'], [days, reason])).toEqual({ days: '5', reason: 'for her help' })
  })

  it('reads mentions of every kind', async () => {
    const words = ['<@&123>', '<#C123|lounge>', '<!subteam^S123|@team>', '<@!77>']
    const read = await Promise.all(
      words.map(async word =>
        (await readOptions({ role: word }, [role], 'slack:T1', undefined)).text('role'),
      ),
    )
    expect(read).toEqual(['123', 'C123', 'S123', '77'])
  })

  it.each([
    [{}, [role], 'Say which role'],
    [{ role: 'nobody' }, [role], "I can't find nobody"],
    [{ days: 'many' }, [days], 'whole number'],
    [{ also: 'perhaps' }, [also], 'yes or no'],
  ])('%o is answered with what was expected', async (raw, options, words) => {
    const error = await readOptions(raw, options, 'discord:1', undefined).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    if (error instanceof UserError) expect(plain(error.says)).toContain(words)
  })

  it('throws nothing but sentences, whatever is typed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 3000, unit: 'binary' }), async line => {
        try {
          await readOptions(
            byName(splitLine(line), [role, plan, also, days]),
            [role, plan, also, days],
            'slack:T1',
            undefined,
          )
        } catch (error) {
          if (!(error instanceof UserError)) throw error
        }
      }),
    )
  })
})
