import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { webhookEvents } from '../src/billing/webhook.ts'
import { settingsSchema } from '../src/config.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

describe('the README', () => {
  it('lists exactly the events that the endpoint needs', () => {
    const [, list = ''] = /<!-- events -->([\s\S]*?)<!-- \/events -->/.exec(readme) ?? []
    expect([...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual([...webhookEvents])
  })

  it('has every setting in its table', () => {
    const rows = readme.split('\n').filter(line => line.startsWith('| `'))
    for (const name of Object.keys(settingsSchema.shape))
      expect(
        rows.some(row => row.includes(`\`${name}\``)),
        name,
      ).toBe(true)
  })

  it('names scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    for (const [, name = ''] of readme.matchAll(/npm run ([a-z]+)/g))
      expect(Object.keys(scripts)).toContain(name)
  })

  it('quotes what the bot says when there is trouble', async () => {
    const rows = readme.slice(readme.indexOf('## Trouble')).matchAll(/^\| [`"](.+?)[`"].* \|$/gm)
    const said = (await sources('src')) + (await sources('commands'))
    const parts = [...rows].flatMap(([, message = '']) => message.split('…').map(part => part.trim()))
    expect(parts.length).toBeGreaterThan(10)
    for (const part of parts.filter(Boolean)) expect(said, part).toContain(part)
  })
})

/** Everything that is written in a folder's TypeScript. */
async function sources(folder: string): Promise<string> {
  const root = new URL(`../${folder}/`, import.meta.url)
  const files = (await readdir(root, { recursive: true })).filter(name => name.endsWith('.ts'))
  return (await Promise.all(files.map(name => readFile(new URL(name, root), 'utf8')))).join('\n')
}
