import { promisify } from 'node:util'
import KeyvSqlite from '@keyv/sqlite'
import sqlite3 from 'sqlite3'

type Write = { key: string; value: string | undefined }
interface Batch {
  writes: Write[]
  done: Promise<void>
}

/**
 * Keyv's SQLite adapter, made durable and quick: WAL with full sync, and whatever waits to be written goes to disk in
 * one transaction (group commit), so a promise that resolves means the write is on disk. Several Keyvs with namespaces
 * of their own may share it, as long as nobody uses Keyv's iterator: `entries` is the one that skips nothing.
 */
export class DurableSqlite extends KeyvSqlite {
  private waiting: Batch | undefined
  private lastCommit: Promise<unknown> = Promise.resolve()
  private writer: Writer | undefined

  /** Turns on the journal; throws when the file can't be opened or written. */
  async prepare(): Promise<void> {
    let reason: unknown
    this.once('error', error => {
      reason = error
    })
    try {
      await this.query('PRAGMA journal_mode=WAL')
      this.writer = await openWriter(
        String(this.opts.db),
        String(this.opts.table),
        Number(this.opts.busyTimeout),
      )
    } catch (error) {
      throw reason ?? error
    }
  }

  override async disconnect(): Promise<void> {
    await this.lastCommit
    await this.writer?.close()
    await super.disconnect()
  }

  override async set(key: string, value: string): Promise<void> {
    await this.write([{ key, value }])
  }

  async setMany(entries: { key: string; value: string }[]): Promise<boolean[]> {
    await this.write(entries)
    return entries.map(() => true)
  }

  override async delete(key: string): Promise<boolean> {
    await this.write([{ key, value: undefined }])
    return true
  }

  override async deleteMany(keys: string[]): Promise<boolean> {
    await this.write(keys.map(key => ({ key, value: undefined })))
    return true
  }

  /** Every entry whose key starts with `prefix`, by key, in pages that concurrent deletes can't shift. */
  async *entries(prefix: string, pageSize = 500): AsyncGenerator<[key: string, value: string]> {
    const end = `${prefix}\uffff`
    let after = prefix
    for (;;) {
      const page: { key: string; value: string }[] = await this.query(
        `SELECT key, value FROM ${this.opts.table} WHERE key > ? AND key < ? ORDER BY key LIMIT ?`,
        [after, end, pageSize],
      )
      for (const row of page) yield [row.key, row.value]
      const last = page.at(-1)
      if (!last || page.length < pageSize) return
      after = last.key
    }
  }

  private write(writes: Write[]): Promise<void> {
    if (!this.waiting) {
      const batch: Batch = { writes: [], done: Promise.resolve() }
      batch.done = this.lastCommit.then(() => {
        this.waiting = undefined
        return this.commit(batch.writes)
      })
      this.lastCommit = batch.done.catch(() => undefined)
      this.waiting = batch
    }
    this.waiting.writes.push(...writes)
    return this.waiting.done
  }

  private async commit(writes: Write[]): Promise<void> {
    // The last word for a key wins, as if the writes had come one by one.
    const last = new Map(writes.map(({ key, value }) => [key, value ?? null]))
    if (!this.writer) throw new Error('the store was not prepared')
    await this.writer.write([...last])
  }
}

/** A connection that only writes: entries with a value are set, those without are deleted, all or none. */
interface Writer {
  write(entries: [key: string, value: string | null][]): Promise<void>
  close(): Promise<void>
}

// Keyv's own connection compiles each statement anew; this one is compiled once, and reads don't wait for its disk.
async function openWriter(file: string, table: string, busyTimeout: number): Promise<Writer> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened: sqlite3.Database = new sqlite3.Database(file, error =>
      error ? reject(error) : resolve(opened),
    )
  })
  database.configure('busyTimeout', busyTimeout)
  const exec = promisify<string, void>(database.exec.bind(database))
  await exec('PRAGMA synchronous=FULL')
  await exec(writesView(table))
  const insert = await new Promise<sqlite3.Statement>((resolve, reject) => {
    const prepared: sqlite3.Statement = database.prepare(
      `INSERT INTO writes SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)`,
      (error: Error | null) => (error ? reject(error) : resolve(prepared)),
    )
  })
  const run = promisify<string, void>(insert.run.bind(insert))
  return {
    write: entries => run(JSON.stringify(entries)),
    close: async () => {
      await promisify(insert.finalize.bind(insert))()
      await promisify(database.close.bind(database))()
    },
  }
}

// However many writes wait, they are one statement, so one transaction, and one way to the disk and back.
const writesView = (table: string) => `
  CREATE TEMP VIEW writes AS SELECT key, value FROM ${table};
  CREATE TEMP TRIGGER writes_set INSTEAD OF INSERT ON writes WHEN NEW.value IS NOT NULL BEGIN
    INSERT INTO ${table} (key, value) VALUES (NEW.key, NEW.value) ON CONFLICT(key) DO UPDATE SET value = excluded.value;
  END;
  CREATE TEMP TRIGGER writes_delete INSTEAD OF INSERT ON writes WHEN NEW.value IS NULL BEGIN
    DELETE FROM ${table} WHERE key = NEW.key;
  END;`
