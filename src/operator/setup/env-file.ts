import { chmod, readFile, realpath, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** The operator's `.env`: what it says, and a way to change one line of it. */
export interface EnvFile {
  /** Whether it was there before. */
  isOld: boolean
  get(name: string): string | undefined
  /** Sets one variable and leaves every other line as it is; on disk, and readable by its owner alone, when it resolves. */
  save(name: string, value: string): Promise<void>
}

/** Reads `.env` in `folder`; where there is none, the first `save` makes it from `.env.example`. */
export async function openEnvFile(folder: string): Promise<EnvFile> {
  const named = join(folder, '.env')
  const path = await realpath(named).catch(() => named)
  const existing = await contentOf(path)
  let content = existing ?? (await contentOf(join(folder, '.env.example'))) ?? ''
  if (existing !== undefined) await chmod(path, 0o600)

  return {
    isOld: existing !== undefined,
    get: name => parseEnv(content)[name]?.trim() || undefined,
    async save(name, value) {
      // Somebody may have edited it meanwhile.
      const before = (await contentOf(path)) ?? content
      const after = withSetting(before, name, value)
      if (!isSameBut(name, before, after) || parseEnv(after)[name] !== value)
        throw new Error(
          `.env is written in a way that can't be changed from here: put ${name} into it by hand`,
        )
      await writeFile(`${path}.new`, after, { mode: 0o600 })
      await chmod(`${path}.new`, 0o600)
      await rename(`${path}.new`, path)
      content = after
    },
  }
}

const contentOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

function withSetting(content: string, name: string, value: string): string {
  const end = content.includes('\r\n') ? '\r\n' : '\n'
  const lines = content === '' ? [] : content.replace(/\r?\n$/, '').split(/\r?\n/)
  const line = `${name}=${/^[\w.,:/@+=-]*$/.test(value) ? value : JSON.stringify(value)}`
  const isSet = (each: string) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(each)
  // The last one counts; a template's commented line is the place that was meant for it.
  const places = [isSet, (each: string) => new RegExp(`^#\\s?${name}=`).test(each)]
  const at = places.map(is => lines.findLastIndex(is)).find(index => index >= 0)
  const changed = at === undefined ? [...lines, line] : lines.with(at, line)
  return changed.filter((each, index) => index === (at ?? changed.length - 1) || !isSet(each)).join(end) + end
}

function isSameBut(name: string, before: string, after: string): boolean {
  const rest = (content: string) =>
    JSON.stringify(
      Object.entries(parseEnv(content))
        .filter(([key]) => key !== name)
        .sort(),
    )
  return rest(before) === rest(after)
}
