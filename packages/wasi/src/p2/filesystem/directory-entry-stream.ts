import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { fsError } from '../../volume/errno.js'
import type { DirectoryEntry } from '../../volume/volume.js'
import type { Dir } from './directory.js'
import type { Sandbox } from './sandbox.js'

/** Entries that are read before the sandbox may say that it is enough. */
const STEP = 256

/** Bytes of one entry beside those of its name. */
const ENTRY = 48

/** `wasi:filesystem/types#directory-entry-stream`: the entries as they were when the stream was made, by their names. */
export class DirectoryEntryStream {
  #entries: readonly DirectoryEntry[] = []
  readonly #dir: Dir
  readonly #sandbox: Sandbox
  readonly #release: () => void
  #next = 0
  #released = false

  constructor(dir: Dir, sandbox: Sandbox) {
    this.#dir = dir
    this.#sandbox = sandbox
    // Counted like an open file, and by its names: a stream holds those of a whole directory.
    const untrack = sandbox.track(dir.grant, () => {})
    let bytes = 0
    this.#release = () => {
      untrack()
      sandbox.names.give(bytes)
    }
    try {
      const entries: DirectoryEntry[] = []
      for (const entry of dir.list()) {
        const more = ENTRY + 2 * entry.name.length
        if (!sandbox.names.take(more)) throw fsError('insufficient-memory')
        bytes += more
        if (entries.push(entry) % STEP === 0) sandbox.pause()
      }
      this.#entries = entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      this.#end()
      throw error
    }
  }

  readDirectoryEntry(): DirectoryEntry | undefined {
    this.#sandbox.requireListing(this.#dir)
    const entry = this.#entries[this.#next++]
    // Over, and it counts no more: the plugin may keep the handle for as long as it likes.
    if (entry === undefined) this.#end()
    return entry
  }

  [DISPOSE](): void {
    this.#end()
  }

  #end(): void {
    if (this.#released) return
    this.#released = true
    this.#entries = []
    this.#release()
  }
}
