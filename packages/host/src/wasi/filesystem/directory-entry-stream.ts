import type { Dir } from './directory.js'
import type { Sandbox } from './sandbox.js'
import type { DirectoryEntry } from './volume.js'

/** `wasi:filesystem/types#directory-entry-stream`: the entries as they were when the stream was made. */
export class DirectoryEntryStream {
  readonly #entries: readonly DirectoryEntry[]
  readonly #dir: Dir
  readonly #sandbox: Sandbox
  readonly #release: () => void
  #next = 0

  constructor(entries: readonly DirectoryEntry[], dir: Dir, sandbox: Sandbox) {
    this.#entries = entries
    this.#dir = dir
    this.#sandbox = sandbox
    // Counted like an open file: a stream holds the names of a whole directory.
    this.#release = sandbox.track(dir.grant, () => {})
  }

  readDirectoryEntry(): DirectoryEntry | undefined {
    this.#sandbox.requireDir(this.#dir)
    this.#sandbox.requireOpen(this.#dir.grant, false)
    return this.#entries[this.#next++]
  }

  [Symbol.dispose](): void {
    this.#release()
  }
}
