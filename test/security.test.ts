import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { keyPermissions } from '../src/billing/permissions.ts'

const root = new URL('../', import.meta.url)
const text = await readFile(new URL('SECURITY.md', root), 'utf8')
const between = (name: string) => text.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? ''

describe('SECURITY.md', () => {
  it('lists exactly the permissions that the key is checked for', () => {
    const listed = between('stripe')
      .split('·')
      .map(each => each.replaceAll(/\s+/g, ' ').trim())
    expect(listed.sort()).toEqual(keyPermissions.map(({ name }) => name).sort())
  })

  it('lists exactly the scopes of the manifest', async () => {
    const manifest = JSON.parse(await readFile(new URL('slack-manifest.json', root), 'utf8'))
    const listed = [...between('slack scopes').matchAll(/`([a-z:]+)`/g)].map(([, scope]) => scope)
    expect(listed.sort()).toEqual(manifest.oauth_config.scopes.bot.sort())
  })

  it('names tests that are there', () => {
    const rows = text.split('\n').filter(line => line.startsWith('| ') && line.includes('`'))
    const tests = rows.flatMap(row =>
      [...(row.split('|').at(-2) ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
    )
    expect(tests.length).toBeGreaterThan(20)
    for (const name of tests) expect(existsSync(new URL(`test/${name}.test.ts`, root)), name).toBe(true)
  })
})
