import {
  createRecord,
  readRecord,
  type Steps,
  type StoreJournal,
  type StoreRecord,
} from '@wasm-plugin/embed/services'

/** Of the one table that a database has. */
const TABLE = 'values'

/**
 * One store in a database of its own. The page alone has it open: what another page wrote would be seen by neither. A
 * plugin in the page's thread cannot wait for a database, so what it keeps is kept soon, and it hears of a failure later.
 */
export class DatabaseJournal implements StoreJournal {
  readonly #name: string
  #database: IDBDatabase | undefined
  #unlock = () => {}
  /** Of something that nobody waited for. */
  #failure: Error | undefined
  /** What was written last. */
  #written: Promise<unknown> = Promise.resolve()

  constructor(name: string) {
    this.#name = `wasm-plugin:${name}`
  }

  *load(take: (record: StoreRecord) => void): Steps<void> {
    yield { now: cannotWait, later: () => this.#load(take) }
  }

  *append({ key, value }: StoreRecord): Steps<void> {
    if (this.#failure !== undefined) throw this.#failure
    const write = () => {
      const database = this.#database
      this.#written =
        database === undefined ? Promise.reject(new Error('it is closed')) : put(database, key, value)
      return this.#written
    }
    yield {
      now: () => void write().catch((error) => (this.#failure = error)),
      later: write,
    }
  }

  /** A database makes room by itself. */
  *compact(): Steps<void> {}

  *close(): Steps<void> {
    const close = async () => {
      await this.#written.catch(() => {})
      this.#database?.close()
      this.#unlock()
    }
    yield { now: () => void close(), later: close }
  }

  async #load(take: (record: StoreRecord) => void): Promise<void> {
    this.#unlock = await lockAlone(this.#name)
    try {
      const database = await openDatabase(this.#name)
      this.#database = database
      const table = database.transaction(TABLE).objectStore(TABLE)
      const [keys, values] = await Promise.all([settled(table.getAllKeys()), settled(table.getAll())])
      keys.forEach((key, i) => {
        const record = readRecord(createRecord(String(key), new Uint8Array(values[i])))
        if (record !== undefined) take(record)
      })
    } catch (error) {
      this.#unlock()
      throw error
    }
  }
}

function cannotWait(): never {
  throw new Error('a database cannot be waited for in the thread of the page')
}

/** @throws if another page has it */
async function lockAlone(name: string): Promise<() => void> {
  // Where there are no locks there is no secure context either.
  if (navigator.locks === undefined) return () => {}
  return await new Promise((resolve, reject) => {
    const held = new Promise<void>((unlock) => {
      void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) return reject(new Error('another page has it open'))
        resolve(unlock)
        return held
      })
    })
  })
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE)
  return await settled(request)
}

async function put(database: IDBDatabase, key: string, value: Uint8Array | null): Promise<void> {
  const transaction = database.transaction(TABLE, 'readwrite')
  const table = transaction.objectStore(TABLE)
  // A database takes no shared memory.
  if (value === null) table.delete(key)
  else table.put(value.slice(), key)
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('it was aborted'))
  })
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
