import { fsError } from '../../volume/errno.js'
import type { DirectoryEntry } from '../../volume/volume.js'
import type { Dir } from './directory.js'
import type { Sandbox } from './sandbox.js'

/** Bytes of one entry beside those of its name. */
const ENTRY = 48

/** `wasi:filesystem/types#directory-entry-stream`: the entries as they were when the stream was made. */
export class DirectoryEntryStream {
  #entries: readonly DirectoryEntry[]
  readonly #dir: Dir
  readonly #sandbox: Sandbox
  readonly #release: () => void
  #next = 0
  #released = false

  constructor(entries: readonly DirectoryEntry[], dir: Dir, sandbox: Sandbox) {
    this.#entries = entries
    this.#dir = dir
    this.#sandbox = sandbox
    // Counted like an open file, and by its names: a stream holds those of a whole directory.
    const bytes = entries.reduce((sum, { name }) => sum + ENTRY + 2 * name.length, 0)
    if (!sandbox.names.take(bytes)) throw fsError('insufficient-memory')
    let untrack: () => void
    try {
      untrack = sandbox.track(dir.grant, () => {})
    } catch (error) {
      sandbox.names.give(bytes)
      throw error
    }
    this.#release = () => {
      untrack()
      sandbox.names.give(bytes)
    }
  }

  readDirectoryEntry(): DirectoryEntry | undefined {
    this.#sandbox.requireDir(this.#dir)
    this.#sandbox.requireOpen(this.#dir.grant, false)
    const entry = this.#entries[this.#next++]
    // Over, and it counts no more: the plugin may keep the handle for as long as it likes.
    if (entry === undefined) this.#end()
    return entry
  }

  [Symbol.dispose](): void {
    this.#end()
  }

  #end(): void {
    if (this.#released) return
    this.#released = true
    this.#entries = []
    this.#release()
  }
}
