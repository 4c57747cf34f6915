import type { FsGrant } from '../../grants/grant-set.js'
import { fsError } from '../../volume/errno.js'
import type { FileHandle, FileStat, NewTimes, SyncFlags } from '../../volume/volume.js'
import { MAX_READ } from '../io/input-stream.js'
import type { Sandbox } from './sandbox.js'

/** Above this, the size of the file is asked for before memory is set aside for a read. */
const SMALL_READ = 64 << 10
/** Bytes that are written in one go. */
const WRITE_STEP = 1 << 20
/** What `pread` and `pwrite` can address. */
const MAX_OFFSET = (1n << 63n) - 1n

export interface FileParts {
  readonly file: FileHandle
  /** Closes it. */
  readonly close: () => void
  readonly grant: FsGrant
  readonly read: boolean
  readonly write: boolean
  readonly sync: SyncFlags
}

/** One open regular file, shared by a descriptor and its streams; closed with the last of them. */
export class OpenFile {
  readonly grant: FsGrant
  readonly canRead: boolean
  readonly canWrite: boolean
  readonly syncFlags: SyncFlags
  readonly #file: FileHandle
  readonly #sandbox: Sandbox
  readonly #close: () => void
  #users = 1

  constructor({ file, close, grant, read, write, sync }: FileParts, sandbox: Sandbox) {
    this.grant = grant
    this.canRead = read
    this.canWrite = write
    this.syncFlags = sync
    this.#file = file
    this.#sandbox = sandbox
    this.#close = sandbox.track(grant, close)
  }

  retain(): this {
    this.#users++
    return this
  }

  release(): void {
    if (--this.#users === 0) this.#close()
  }

  stat(): FileStat {
    this.#requireOpen()
    return this.#file.stat()
  }

  /** Up to `length` bytes, fewer at the end of the file or over the cap of one read. */
  read(length: bigint, offset: bigint): Uint8Array {
    this.#requireOpen()
    if (!this.canRead) throw fsError('bad-descriptor')
    if (offset > MAX_OFFSET) throw fsError('invalid')
    const want = length < BigInt(MAX_READ) ? Number(length) : MAX_READ
    const size = want <= SMALL_READ ? want : Math.min(want, this.#left(offset))
    if (size === 0) return new Uint8Array()
    return this.#file.read(size, offset)
  }

  /** Writes all of `bytes`, or throws; `offset` `null` appends. */
  write(bytes: Uint8Array, offset: bigint | null): void {
    this.#requireWrite()
    this.#sandbox.exclusively(() => {
      const { size } = this.#file.stat()
      const at = offset ?? size
      const end = at + BigInt(bytes.length)
      if (end > MAX_OFFSET) throw fsError('file-too-large')
      // The position of a write must be a number: past 2^53 no quota reaches.
      this.#grow({ from: size, to: end > size ? end : size }, () => this.#writeSteps(bytes, Number(at)))
    })
  }

  setSize(size: bigint): void {
    this.#requireWrite()
    if (size > MAX_OFFSET) throw fsError('file-too-large')
    this.#sandbox.exclusively(() => {
      const from = this.#file.stat().size
      if (size >= from) return this.#grow({ from, to: size }, () => this.#file.truncate(Number(size)))
      this.#file.truncate(Number(size))
      this.#sandbox.state.giveBytes(this.#now.account, Number(from - size))
    })
  }

  setTimes(times: NewTimes): void {
    this.#requireWrite()
    this.#file.setTimes(times)
  }

  sync(dataOnly: boolean): void {
    this.#requireOpen()
    this.#file.sync(dataOnly)
  }

  #requireOpen(): void {
    this.#sandbox.requireOpen(this.grant, this.canWrite)
  }

  #requireWrite(): void {
    this.#requireOpen()
    if (!this.canWrite) throw fsError('bad-descriptor')
  }

  get #now(): FsGrant {
    return this.#sandbox.now(this.grant) ?? this.grant
  }

  #writeSteps(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; done += WRITE_STEP) {
      if (done > 0) this.#sandbox.pause()
      this.#file.write(bytes.subarray(done, done + WRITE_STEP), at + done)
    }
  }

  /** Books growth of the file before `change` makes it, and gives back what came to nothing. */
  #grow({ from, to }: { from: bigint; to: bigint }, change: () => void): void {
    const grant = this.#now
    const { state, quota } = this.#sandbox
    if (to - from > BigInt(grant.quotaBytes)) throw fsError('quota')
    const bytes = Number(to - from)
    if (bytes > 0 && !quota.takeBytes(grant, bytes)) throw fsError('quota')
    try {
      change()
    } catch (error) {
      const { size } = this.#file.stat()
      if (size < to) state.giveBytes(grant.account, Number(size > from ? to - size : to - from))
      throw error
    }
  }

  #left(offset: bigint): number {
    const { size } = this.stat()
    return offset >= size ? 0 : Number(size - offset < BigInt(MAX_READ) ? size - offset : MAX_READ)
  }
}
