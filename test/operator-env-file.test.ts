import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openEnvFile } from '../src/operator/setup/env-file.ts'
import { ownFolder } from './support/store.ts'

describe('.env', () => {
  const saved = async (before: string, name = 'TOKEN', value = 'new') => {
    const folder = await ownFolder()
    await writeFile(join(folder, '.env'), before)
    await (await openEnvFile(folder)).save(name, value)
    return readFile(join(folder, '.env'), 'utf8')
  }

  it.each([
    ['', 'TOKEN=new\n'],
    ['OTHER=1', 'OTHER=1\nTOKEN=new\n'],
    ['TOKEN=old\nOTHER=1\n', 'TOKEN=new\nOTHER=1\n'],
    ['export TOKEN = "old" # mine\n', 'TOKEN=new\n'],
    ['TOKEN=older\n# between\nTOKEN=old\n', '# between\nTOKEN=new\n'],
    ['#TOKEN=example\nOTHER=1\n', 'TOKEN=new\nOTHER=1\n'],
    ['MY_TOKEN=1\nTOKEN_TWO=2\n', 'MY_TOKEN=1\nTOKEN_TWO=2\nTOKEN=new\n'],
    ['OTHER=1\r\nTOKEN=old\r\n', 'OTHER=1\r\nTOKEN=new\r\n'],
  ])('changes one line of %j and keeps every other', async (before, after) => {
    expect(await saved(before)).toBe(after)
  })

  it('refuses to change a line where that would break another value', async () => {
    const odd = 'KEY="first\nTOKEN=inside\nlast"\n'
    await expect(saved(odd)).rejects.toThrow('put TOKEN into it by hand')
  })

  it('quotes what needs it', async () => {
    expect(parseEnv(await saved('', 'TOKEN', 'a b#c'))).toEqual({ TOKEN: 'a b#c' })
  })

  it('begins as the example, is its owner’s alone, and follows a link', async () => {
    const folder = await ownFolder()
    await writeFile(join(folder, '.env.example'), '# Discord\nTOKEN=\n')
    const env = await openEnvFile(folder)
    expect(env.isOld).toBe(false)
    await env.save('TOKEN', 'new')
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('# Discord\nTOKEN=new\n')
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)

    const [real, linked] = [join(folder, 'real'), join(folder, 'linked')]
    await Promise.all([mkdir(real), mkdir(linked)])
    await writeFile(join(real, 'settings'), 'OTHER=1\n', { mode: 0o644 })
    await symlink(join(real, 'settings'), join(linked, '.env'))
    await (await openEnvFile(linked)).save('TOKEN', 'new')
    expect(await readFile(join(real, 'settings'), 'utf8')).toBe('OTHER=1\nTOKEN=new\n')
    expect((await stat(join(real, 'settings'))).mode & 0o777).toBe(0o600)
  })
})
