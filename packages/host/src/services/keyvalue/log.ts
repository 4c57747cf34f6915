import { constants } from 'node:fs'
import { dirname } from 'node:path'
import { readRecord, type Steps, type StoreJournal, type StoreRecord } from '@wasm-plugin/embed/services'
import { disk } from './disk.js'
import { checksum } from './record.js'

/** What every file of a store begins with. */
const MAGIC = Buffer.from('wasm-plugin store 1\n')
/** Bytes of outdated records beside as many that are not, before the file is written anew. */
const SLACK = 1 << 20
/** Bytes that are written at a time when it is. */
const BATCH = 256 << 10

const { O_RDWR, O_CREAT, O_EXCL, O_NONBLOCK = 0 } = constants

/**
 * The file of one store: records that are only ever appended, and sometimes the whole file written anew beside it and
 * renamed. What is acknowledged is in the file, so it outlives the process; what was being appended when the process
 * ended is a part of a record at the end, and is cut off.
 */
export class StoreLog implements StoreJournal {
  readonly #file: string
  #fd: number | undefined
  /** Where the next record goes. */
  #end = 0
  /** Something may lie behind `#end`, of an append that failed. */
  #torn = false
  /** Size at which the file is worth being written anew. */
  #compactAt = SLACK

  constructor(file: string) {
    this.#file = file
  }

  /** Gives every record of the file to `take`. @throws {NotAStore} and errors of the disk; the file is as it was. */
  *load(take: (record: StoreRecord) => void): Steps<void> {
    let fd: number
    try {
      fd = yield* disk.open(this.#file, O_RDWR | O_NONBLOCK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    try {
      const bytes = yield* readAll(fd)
      this.#end = yield* parse(bytes, take)
      this.#torn = this.#end < bytes.length
      this.#fd = fd
    } finally {
      if (this.#fd === undefined) yield* disk.close(fd)
    }
  }

  /** Returns when it is in the file; when it throws, it is not. */
  *append({ bytes }: StoreRecord): Steps<void> {
    const fd = yield* this.#writable()
    try {
      if (this.#end === 0) {
        yield* disk.write(fd, MAGIC, 0)
        this.#end = MAGIC.length
      }
      yield* disk.write(fd, bytes, this.#end)
      this.#end += bytes.length
    } catch (error) {
      this.#torn = true
      throw error
    }
  }

  /** Writes the file anew when most of it is outdated. `size` is that of the records that are not. */
  *compact(records: Iterable<StoreRecord>, size: number): Steps<void> {
    if (this.#end <= this.#compactAt || this.#end <= 2 * size + SLACK) return
    const beside = `${this.#file}.new`
    let fd: number | undefined
    try {
      yield* disk.remove(beside)
      fd = yield* disk.open(beside, O_RDWR | O_CREAT | O_EXCL)
      const end = yield* writeAll(fd, records)
      yield* disk.sync(fd)
      yield* disk.rename(beside, this.#file)
      const old = this.#fd as number
      this.#fd = fd
      this.#end = end
      this.#torn = false
      this.#compactAt = SLACK
      yield* disk.close(old)
    } catch {
      // The store is whole as it is, only larger. It is tried again when the file has doubled.
      this.#compactAt = 2 * this.#end
      if (fd === undefined || fd === this.#fd) return
      yield* disk.close(fd)
      yield* disk.remove(beside)
    }
  }

  *close(): Steps<void> {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) yield* disk.close(fd)
  }

  /** The file, which nobody else has changed. */
  *#writable(): Steps<number> {
    this.#fd ??= yield* create(this.#file)
    const { size, nlink } = yield* disk.fstat(this.#fd)
    if (this.#torn && size >= this.#end) {
      yield* disk.truncate(this.#fd, this.#end)
      this.#torn = false
    } else if (size !== this.#end || nlink === 0) throw new Error('the file was changed by another process')
    return this.#fd
  }
}

/** What is in the file is something else. */
export class NotAStore extends Error {}

function* create(file: string): Steps<number> {
  yield* disk.mkdir(dirname(file))
  return yield* disk.open(file, O_RDWR | O_CREAT | O_NONBLOCK)
}

/** In shared memory: a value goes to the plugin's thread without a copy. */
function* readAll(fd: number): Steps<Uint8Array> {
  const stats = yield* disk.fstat(fd)
  if (!stats.isFile()) throw new NotAStore('it is not a regular file')
  const bytes = new Uint8Array(new SharedArrayBuffer(stats.size))
  let read = 0
  while (read < bytes.length) {
    const more = yield* disk.read(fd, bytes.subarray(read, read + BATCH), read)
    if (more === 0) throw new Error('the file was changed by another process')
    read += more
  }
  return bytes
}

/** Where the last whole record ends. */
function* parse(bytes: Uint8Array, take: (record: StoreRecord) => void): Steps<number> {
  const start = bytes.subarray(0, MAGIC.length)
  if (Buffer.compare(start, MAGIC.subarray(0, bytes.length)) !== 0)
    throw new NotAStore('it does not begin as a store does')
  if (bytes.length < MAGIC.length) return 0
  let end = MAGIC.length
  while (end < bytes.length) {
    const record = readRecord(bytes.subarray(end))
    if (record === undefined) return end
    if (!(yield* isWhole(record.bytes))) {
      if (end + record.bytes.length === bytes.length) return end
      throw new NotAStore(`its record at byte ${end} is damaged`)
    }
    take(record)
    end += record.bytes.length
  }
  return end
}

function* isWhole(bytes: Uint8Array): Steps<boolean> {
  const parts = checksum(bytes)
  for (;;) {
    const { done, value } = parts.next()
    if (done) return value
    yield* disk.pause()
  }
}

function* writeAll(fd: number, records: Iterable<StoreRecord>): Steps<number> {
  yield* disk.write(fd, MAGIC, 0)
  let end = MAGIC.length
  let batch: Uint8Array[] = []
  let size = 0
  const flush = function* (): Steps<void> {
    yield* disk.write(fd, size === batch[0]?.length ? batch[0] : Buffer.concat(batch), end)
    end += size
    batch = []
    size = 0
  }
  for (const { bytes } of records) {
    if (size > 0 && size + bytes.length > BATCH) yield* flush()
    batch.push(bytes)
    size += bytes.length
  }
  if (size > 0) yield* flush()
  return end
}
