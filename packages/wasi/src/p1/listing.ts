import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { Descriptor } from '../p2/filesystem/descriptor.js'
import type { DirectoryEntryStream } from '../p2/filesystem/directory-entry-stream.js'
import type { DirectoryEntry } from '../volume/volume.js'

/** The entries of a directory as they were when it was read from its start; a cookie is the place of the next one. */
export class Listing {
  readonly #stream: DirectoryEntryStream
  readonly #entries: DirectoryEntry[] = [
    { type: 'directory', name: '.' },
    { type: 'directory', name: '..' },
  ]

  constructor(descriptor: Descriptor) {
    this.#stream = descriptor.readDirectory()
  }

  /** Undefined behind the last one. */
  at(cookie: number): DirectoryEntry | undefined {
    while (this.#entries.length <= cookie) {
      const entry = this.#stream.readDirectoryEntry()
      if (entry === undefined) return undefined
      this.#entries.push(entry)
    }
    return this.#entries[cookie]
  }

  end(): void {
    this.#stream[DISPOSE]()
  }
}
