import type { BlockingCaller } from '@wasm-plugin/wasi'
import type { FileHandle, FileStat, NewTimes } from '@wasm-plugin/wasi/instance'
import { fsError } from '@wasm-plugin/wasi/instance'

/** A file that is open in the page, by its number there. */
export class RemoteFile implements FileHandle {
  readonly #id: number
  readonly #services: BlockingCaller

  constructor(id: number, services: BlockingCaller) {
    this.#id = id
    this.#services = services
  }

  stat(): FileStat {
    return this.#services.call('folder.stat', [this.#id])
  }

  read(size: number, offset: bigint): Uint8Array {
    return this.#services.call('folder.read', [this.#id, size, Number(offset)])
  }

  write(bytes: Uint8Array, offset: number): void {
    // A message carries all of the memory that bytes lie in.
    const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
    this.#services.call('folder.write', [this.#id, whole, offset])
  }

  truncate(size: number): void {
    this.#services.call('folder.truncate', [this.#id, size])
  }

  setTimes(times: NewTimes): void {
    if (!isNoChange(times)) throw fsError('unsupported')
  }

  sync(): void {
    this.#services.call('folder.sync', [this.#id])
  }

  close(): void {
    this.#services.call('folder.close', [this.#id])
  }
}

export function isNoChange({ access, modification }: NewTimes): boolean {
  return access.tag === 'no-change' && modification.tag === 'no-change'
}
