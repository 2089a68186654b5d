import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import Keyv from 'keyv'
import { DurableSqlite } from './durable-sqlite.ts'

/** A durable map. A promise that resolves means: on disk. Every method throws when the store can't do it. */
export interface Collection<Value> {
  get(key: string): Promise<Value | undefined>
  set(key: string, value: Value): Promise<void>
  delete(...keys: string[]): Promise<void>
  /** Reads, changes and writes one entry, one caller at a time; `undefined` deletes it. Answers what was written. */
  update<Next extends Value | undefined>(
    key: string,
    change: (value: Value | undefined) => Next,
  ): Promise<Next>
  /** Every entry whose key starts with `prefix`, by key. For starts and sweeps, never for a look-up. */
  entries(prefix?: string): AsyncIterable<[key: string, value: Value]>
}

export interface Store {
  /** The collection of that name; what it holds is the caller's promise. */
  collection<Value>(name: string): Collection<Value>
  /** Throws when the store can't be read. */
  check(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the store that `STORE_URL` names (`sqlite://PATH`). `fresh` is for the sandbox: it empties the store first, and throws
 * rather than empty one that isn't the sandbox's. Throws when it can't be opened, with a message for the operator.
 */
export async function openStore(url: string, { fresh = false } = {}): Promise<Store> {
  const path = /^sqlite:\/\/(.+)$/.exec(url)?.[1]
  if (!path) throw new Error(`STORE_URL must be sqlite://PATH, and is ${url.split('@').at(-1)}`)
  const file = resolve(path)
  await mkdir(dirname(file), { recursive: true }).catch(cause => {
    throw new Error(
      `STORE_URL: the folder ${dirname(file)} can't be made: name one where the bot's user may write`,
      { cause },
    )
  })
  if (fresh) await clear(file)
  const adapter = await open(file)
  if (fresh) await adapter.query(`PRAGMA application_id = ${sandboxMark}`)

  return {
    collection<Value>(name: string): Collection<Value> {
      // Without throwOnErrors a failed read answers undefined, and a paying customer would look unknown.
      const keyv = new Keyv<Value>({ store: adapter, namespace: name, throwOnErrors: true })
      keyv.on('error', () => undefined)
      const busy = new Map<string, Promise<unknown>>()
      return {
        get: key => keyv.get<Value>(key),
        set: async (key, value) => {
          await keyv.set(key, value)
        },
        delete: async (...keys) => {
          if (keys.length) await keyv.delete(keys)
        },
        update(key, change) {
          const next = (busy.get(key) ?? Promise.resolve())
            .catch(() => undefined)
            .then(async () => {
              const value = change(await keyv.get<Value>(key))
              if (value === undefined) await keyv.delete([key])
              else await keyv.set(key, value)
              return value
            })
          busy.set(key, next)
          const done = () => {
            if (busy.get(key) === next) busy.delete(key)
          }
          next.then(done, done)
          return next
        },
        async *entries(prefix = '') {
          for await (const [key, stored] of adapter.entries(`${name}:${prefix}`)) {
            const entry = await keyv.deserializeData<Value>(stored)
            if (entry?.value !== undefined) yield [key.slice(name.length + 1), entry.value]
          }
        },
      }
    },
    check: async () => {
      await adapter.query('SELECT 1')
    },
    close: () => adapter.disconnect(),
  }
}

async function open(file: string): Promise<DurableSqlite> {
  const adapter = new DurableSqlite({ uri: `sqlite://${file}`, table: 'velvet', busyTimeout: 5_000 })
  adapter.setMaxListeners(50)
  await adapter.prepare().catch(cause => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `STORE_URL: ${file} can't be opened or written (${why}): name a file in a folder where the bot's user may write`,
      { cause },
    )
  })
  return adapter
}

// In the file's header, where SQLite has room for a number of the application's own.
const sandboxMark = 0x52_4f_50_45

// Keys that went missing make a sandbox of a real bot, whose memory must not go with them.
async function clear(file: string): Promise<void> {
  if (existsSync(file) && basename(file) !== 'sandbox.sqlite') {
    const adapter = await open(file)
    const [mark] = await adapter.query('PRAGMA application_id')
    const kept = await adapter.query('SELECT 1 FROM velvet LIMIT 1')
    await adapter.disconnect()
    if (kept.length && mark?.application_id !== sandboxMark)
      throw new Error(
        `STORE_URL: ${file} is a real bot's, and with no keys set this is the sandbox, which would empty it. Set the keys, or leave STORE_URL out`,
      )
  }
  await Promise.all(['', '-wal', '-shm'].map(suffix => rm(file + suffix, { force: true })))
}
