import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore } from '../src/store/store.ts'
import { ownFolder, ownStore } from './support/store.ts'

describe('the store', () => {
  it('keeps what was written after it is opened again', async () => {
    const { store, url } = await ownStore()
    await store.collection<{ n: number }>('things').set('one', { n: 1 })
    await store.close()
    const again = await openStore(url)
    expect(await again.collection('things').get('one')).toEqual({ n: 1 })
    await again.close()
  })

  it('keeps collections with the same keys apart', async () => {
    const { store } = await ownStore()
    await store.collection<string>('a').set('key', 'in a')
    await store.collection<string>('b').set('key', 'in b')
    expect(await store.collection<string>('a').get('key')).toBe('in a')
    expect(await store.collection<string>('b').get('key')).toBe('in b')
  })

  it('lists every entry of a prefix, though others are deleted meanwhile', async () => {
    const { store } = await ownStore()
    const things = store.collection<number>('things')
    const keys = Array.from({ length: 1_500 }, (_, n) => `x:${String(n).padStart(5, '0')}`)
    await Promise.all(keys.map((key, n) => things.set(key, n)))
    await things.set('y:1', -1)
    const seen: string[] = []
    for await (const [key] of things.entries('x:')) {
      seen.push(key)
      if (seen.length === 100) await things.delete(...keys.slice(0, 90))
    }
    expect(seen).toEqual(keys)
  })

  it('lets the last write to a key win, deletes among them', async () => {
    const { store } = await ownStore()
    const things = store.collection<number>('things')
    await Promise.all([
      things.set('a', 1),
      things.set('a', 2),
      things.delete('b'),
      things.set('b', 3),
      things.delete('c'),
    ])
    expect([await things.get('a'), await things.get('b'), await things.get('c')]).toEqual([2, 3, undefined])
  })

  it('brings what waits together to disk together, in the write-ahead log', async () => {
    const { store, url } = await ownStore()
    const things = store.collection<number>('things')
    await things.set('before', 0)
    const log = `${url.replace('sqlite://', '')}-wal`
    const before = commits(await readFile(log))
    await Promise.all(Array.from({ length: 32 }, (_, n) => things.set(`thing ${n}`, n)))
    const after = commits(await readFile(log))
    expect(after - before).toBeGreaterThan(0)
    expect(after - before).toBeLessThanOrEqual(2)
  })

  it('changes one entry for one caller at a time', async () => {
    const { store } = await ownStore()
    const things = store.collection<number>('things')
    await Promise.all(Array.from({ length: 50 }, () => things.update('count', (n = 0) => n + 1)))
    expect(await things.get('count')).toBe(50)
  })

  it('throws where a broken read would look like an empty answer', async () => {
    const { store } = await ownStore()
    const things = store.collection<number>('things')
    await things.set('a', 1)
    await store.close()
    await expect(things.get('a')).rejects.toThrow()
    await expect(things.set('a', 2)).rejects.toThrow()
  })

  it('names a path that is no database', async () => {
    const path = join(await ownFolder(), 'not-a-database')
    await writeFile(
      path,
      'this is a text, and a rather long one, so that nobody takes it for a database'.repeat(20),
    )
    await expect(openStore(`sqlite://${path}`)).rejects.toThrow(
      /STORE_URL.*not-a-database.*file is not a database.*name a file/,
    )
  })

  it('names an address it cannot read', async () => {
    await expect(openStore('mysql://user:password@host/db')).rejects.toThrow(
      'STORE_URL must be sqlite://PATH',
    )
    await expect(openStore('mysql://user:password@host/db')).rejects.not.toThrow('password')
  })

  it('names a folder it cannot make', async () => {
    const folder = await ownFolder()
    await writeFile(join(folder, 'file'), '')
    await mkdir(join(folder, 'locked'))
    await chmod(join(folder, 'locked'), 0o500)
    await expect(openStore(`sqlite://${join(folder, 'file', 'below', 'velvet.sqlite')}`)).rejects.toThrow(
      'STORE_URL',
    )
  })
})

/** How many transactions a write-ahead log holds: its frames that end one say how large the database is (sqlite.org/fileformat.html). */
function commits(log: Buffer): number {
  const frame = 24 + log.readUInt32BE(8)
  let count = 0
  for (let at = 32; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) > 0) count += 1
  return count
}
