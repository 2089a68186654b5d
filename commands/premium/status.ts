import { defineCommand } from '../../src/command.ts'
import type { Button, Card, Reply } from '../../src/reply.ts'
import { lines, type Text, text } from '../../src/text.ts'

const signs = { good: '✓', open: '–', bad: '✗' } as const

export default defineCommand({
  description: 'What is set up, what is wrong, and how to mend it',
  access: 'admin',
  async run({ access, community, progress }): Promise<Reply> {
    progress({ text: text`Looking at everything…` })
    const groups = await access.checks(community)
    const all = groups.flatMap(({ checks }) => checks)
    const wrong = all.filter(({ state }) => state === 'bad').length
    const confirm = all.flatMap(({ button }): Button[] => (button ? [{ ...button, style: 'danger' }] : []))
    return {
      title: wrong ? text`${wrong} ${wrong === 1 ? 'thing needs' : 'things need'} you` : text`All is well`,
      cards: groups
        .filter(({ checks }) => checks.length > 0)
        .map(({ name, checks }): Card => ({ title: text`${name}`, text: lines(...checks.map(line)) })),
      buttons: [{ label: 'Check again', run: 'premium status' }, ...confirm],
    }
  },
})

type Check = { state: keyof typeof signs; what: Text; fix?: Text }

const line = ({ state, what, fix }: Check): Text =>
  lines(text`${signs[state]} ${what}`, fix && text`→ ${fix}`)
