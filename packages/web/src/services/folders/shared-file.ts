import { nameOf } from './browser-errors.js'

/** What is known of a file at the moment. */
export interface FileState {
  /** False for one that was removed by others while it is open. */
  readonly exists: boolean
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * One file of a folder, for all that have it open in this page. A browser writes to a copy, which takes the place of the
 * file when it is closed: that is before the next read, and at the latest when nobody has the file open any more.
 */
export class SharedFile {
  readonly #handle: FileSystemFileHandle
  /** How many have it open. */
  users = 0
  #copy: FileSystemWritableFileStream | undefined
  /** Of the copy. */
  #state: FileState = { exists: true, size: 0, modified: 0 }
  /** What was read last, as long as nothing was written. */
  #snapshot: File | undefined
  /** One step after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(handle: FileSystemFileHandle) {
    this.#handle = handle
  }

  state(): Promise<FileState> {
    return this.#next(async () => {
      if (this.#copy === undefined) await this.#look()
      return this.#state
    })
  }

  read(size: number, offset: number): Promise<Uint8Array> {
    return this.#next(async () => {
      await this.#keep()
      try {
        return await this.#slice(size, offset)
      } catch (error) {
        // Something else has written to it.
        if (nameOf(error) !== 'NotReadableError') throw error
        this.#snapshot = undefined
        return await this.#slice(size, offset)
      }
    })
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#change(async (copy) => {
      await copy.write({ type: 'write', position, data: bytes as Uint8Array<ArrayBuffer> })
      return Math.max(this.#state.size, position + bytes.length)
    })
  }

  truncate(size: number): Promise<void> {
    return this.#change(async (copy) => {
      await copy.truncate(size)
      return size
    })
  }

  /** Makes what was written the file. */
  keep(): Promise<void> {
    return this.#next(() => this.#keep())
  }

  #change(step: (copy: FileSystemWritableFileStream) => Promise<number>): Promise<void> {
    return this.#next(async () => {
      const copy = this.#copy ?? (await this.#begin())
      try {
        this.#state = { exists: true, size: await step(copy), modified: Date.now() }
      } catch (error) {
        // A copy that failed once takes nothing any more.
        this.#copy = undefined
        await copy.abort().catch(() => {})
        throw error
      }
    })
  }

  async #begin(): Promise<FileSystemWritableFileStream> {
    await this.#look()
    this.#copy = await this.#handle.createWritable({ keepExistingData: true })
    this.#snapshot = undefined
    return this.#copy
  }

  async #look(): Promise<void> {
    try {
      const { size, lastModified } = await this.#handle.getFile()
      this.#state = { exists: true, size, modified: lastModified }
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw error
      this.#state = { ...this.#state, exists: false }
    }
  }

  async #keep(): Promise<void> {
    const copy = this.#copy
    this.#copy = undefined
    await copy?.close()
  }

  async #slice(size: number, offset: number): Promise<Uint8Array> {
    this.#snapshot ??= await this.#handle.getFile()
    return new Uint8Array(await this.#snapshot.slice(offset, offset + size).arrayBuffer())
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step)
    this.#last = result.catch(() => {})
    return result
  }
}
