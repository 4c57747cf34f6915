import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  readSync,
  writeSync,
} from 'node:fs'
import type { FileHandle, FileStat, NewTimes } from '@wasm-plugin/wasi/instance'
import { attempt } from '@wasm-plugin/wasi/instance'
import { EXACT, fileStat, toSeconds } from './stat.js'

/** For reads of usual sizes: what is read is copied into the plugin's memory before anything else is read. */
const shared = new Uint8Array(64 << 10)

/** A regular file of the system; `fd` is its own. */
export class HostFile implements FileHandle {
  readonly #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  stat(): FileStat {
    return attempt(() => fileStat(fstatSync(this.#fd, EXACT)))
  }

  read(size: number, offset: bigint): Uint8Array {
    const buffer = size <= shared.length ? shared : new Uint8Array(size)
    // Numbers are read faster, and are exact up to 2^53.
    const position = offset <= Number.MAX_SAFE_INTEGER ? Number(offset) : offset
    return buffer.subarray(
      0,
      attempt(() => readSync(this.#fd, buffer, 0, size, position)),
    )
  }

  write(bytes: Uint8Array, offset: number): void {
    attempt(() => {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done, offset + done)
    })
  }

  truncate(size: number): void {
    attempt(() => ftruncateSync(this.#fd, size))
  }

  setTimes({ access, modification }: NewTimes): void {
    const { atimeNs, mtimeNs } = this.stat()
    attempt(() => futimesSync(this.#fd, toSeconds(access, atimeNs), toSeconds(modification, mtimeNs)))
  }

  sync(dataOnly: boolean): void {
    attempt(() => (dataOnly ? fdatasyncSync(this.#fd) : fsyncSync(this.#fd)))
  }

  close(): void {
    closeSync(this.#fd)
  }
}
