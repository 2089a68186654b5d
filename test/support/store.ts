import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStore, type Store } from '../../src/store/store.ts'

/** A folder of the test's own, gone when it ends. */
export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'velvet-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A real SQLite store on disk, and its address for opening it again. */
export async function ownStore(): Promise<{ store: Store; url: string }> {
  const url = `sqlite://${join(await ownFolder(), 'velvet.sqlite')}`
  const store = await openStore(url)
  onTestFinished(() => store.close().catch(() => undefined))
  return { store, url }
}
