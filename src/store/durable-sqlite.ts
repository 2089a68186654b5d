import KeyvSqlite from '@keyv/sqlite'

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

  /** Turns on the journal; throws when the file can't be opened or written. */
  async prepare(): Promise<void> {
    let reason: unknown
    this.once('error', error => {
      reason = error
    })
    try {
      await this.query('PRAGMA journal_mode=WAL')
      await this.query('PRAGMA synchronous=FULL')
    } catch (error) {
      throw reason ?? error
    }
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
    const last = new Map(writes.map(({ key, value }) => [key, value]))
    const sets = [...last].filter(([, value]) => value !== undefined)
    const deletes = [...last].filter(([, value]) => value === undefined).map(([key]) => key)
    const { table } = this.opts
    await this.query('BEGIN IMMEDIATE')
    try {
      if (sets.length)
        await this.query(
          `INSERT INTO ${table} (key, value)
           SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?) WHERE true
           ON CONFLICT(key) DO UPDATE SET value = excluded.value`,
          JSON.stringify(sets),
        )
      if (deletes.length)
        await this.query(
          `DELETE FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`,
          JSON.stringify(deletes),
        )
      await this.query('COMMIT')
    } catch (error) {
      await this.query('ROLLBACK').catch(() => undefined)
      throw error
    }
  }
}
