import {
  type BigIntStats,
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  readSync,
  writeSync,
} from 'node:fs'
import type { FsGrant } from '../../capability/grant-set.js'
import { MAX_READ } from '../io/input-stream.js'
import { attempt, fsError } from './errno.js'
import type { Sandbox } from './sandbox.js'
import { type NewTimestamp, toSeconds } from './stat.js'

/** Above this, the size of the file is asked for before memory is set aside for a read. */
const SMALL_READ = 64 << 10
/** What `pread` and `pwrite` can address. */
const MAX_OFFSET = (1n << 63n) - 1n

export interface FileParts {
  readonly fd: number
  /** What `fstat` says of it. */
  readonly stat: BigIntStats
  readonly grant: FsGrant
  readonly read: boolean
  readonly write: boolean
  readonly sync: SyncFlags
}

export interface SyncFlags {
  readonly file: boolean
  readonly data: boolean
  readonly requested: boolean
}

/** One open regular file, shared by a descriptor and its streams; closed with the last of them. */
export class OpenFile {
  readonly grant: FsGrant
  readonly canRead: boolean
  readonly canWrite: boolean
  readonly syncFlags: SyncFlags
  readonly #fd: number
  readonly #sandbox: Sandbox
  readonly #close: () => void
  #users = 1

  constructor({ fd, stat, grant, read, write, sync }: FileParts, sandbox: Sandbox) {
    this.grant = grant
    this.canRead = read
    this.canWrite = write
    this.syncFlags = sync
    this.#fd = fd
    this.#sandbox = sandbox
    const forget = sandbox.opened(stat)
    this.#close = sandbox.track(grant, () => {
      if (forget()) sandbox.state.giveBytes(grant.id, Number(fstatSync(fd).size))
      closeSync(fd)
    })
  }

  retain(): this {
    this.#users++
    return this
  }

  release(): void {
    if (--this.#users === 0) this.#close()
  }

  stat() {
    return attempt(() => fstatSync(this.#fd, { bigint: true }))
  }

  /** Up to `length` bytes, fewer at the end of the file or over the cap of one read. */
  read(length: bigint, offset: bigint): Uint8Array {
    this.#sandbox.requireLive(this.grant)
    if (!this.canRead) throw fsError('bad-descriptor')
    if (offset > MAX_OFFSET) throw fsError('invalid')
    const want = length < BigInt(MAX_READ) ? Number(length) : MAX_READ
    const size = want <= SMALL_READ ? want : Math.min(want, this.#left(offset))
    if (size === 0) return new Uint8Array()
    const buffer = Buffer.allocUnsafe(size)
    return buffer.subarray(
      0,
      attempt(() => readSync(this.#fd, buffer, 0, size, offset)),
    )
  }

  /** Writes all of `bytes`, or throws; `offset` `null` appends. */
  write(bytes: Uint8Array, offset: bigint | null): void {
    this.#requireWrite()
    const size = this.stat().size
    const at = offset ?? size
    if (at + BigInt(bytes.length) > MAX_OFFSET) throw fsError('file-too-large')
    const growth = at + BigInt(bytes.length) - size
    this.#resize(growth, () => {
      let done = 0
      while (done < bytes.length) {
        // The position of a write must be a number: past 2^53 no quota reaches.
        done += writeSync(this.#fd, bytes, done, bytes.length - done, Number(at) + done)
      }
    })
  }

  setSize(size: bigint): void {
    this.#requireWrite()
    if (size > MAX_OFFSET) throw fsError('file-too-large')
    this.#resize(size - this.stat().size, () => ftruncateSync(this.#fd, Number(size)))
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    this.#requireWrite()
    const { atimeNs, mtimeNs } = this.stat()
    attempt(() => futimesSync(this.#fd, toSeconds(access, atimeNs), toSeconds(modification, mtimeNs)))
  }

  sync(dataOnly: boolean): void {
    this.#sandbox.requireLive(this.grant)
    attempt(() => (dataOnly ? fdatasyncSync(this.#fd) : fsyncSync(this.#fd)))
  }

  #requireWrite(): void {
    this.#sandbox.requireLive(this.grant)
    if (!this.canWrite) throw fsError('bad-descriptor')
  }

  /** Books growth of the file before `change` makes it, and gives back what it shrank by. */
  #resize(growth: bigint, change: () => void): void {
    const { id, quotaBytes } = this.grant
    const { state } = this.#sandbox
    if (growth > BigInt(quotaBytes)) throw fsError('quota')
    const bytes = Number(growth)
    if (bytes > 0 && !state.takeBytes(id, bytes, quotaBytes)) throw fsError('quota')
    try {
      attempt(change)
    } catch (error) {
      if (bytes > 0) state.giveBytes(id, bytes)
      throw error
    }
    if (bytes < 0) state.giveBytes(id, -bytes)
  }

  #left(offset: bigint): number {
    const { size } = this.stat()
    return offset >= size ? 0 : Number(size - offset < BigInt(MAX_READ) ? size - offset : MAX_READ)
  }
}
