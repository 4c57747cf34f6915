import { type Dirent, lstatSync } from 'node:fs'
import type { Dir } from './directory.js'
import { attempt } from './errno.js'
import type { Sandbox } from './sandbox.js'
import { type DescriptorType, typeOf } from './stat.js'

export interface DirectoryEntry {
  type: DescriptorType
  name: string
}

/** `wasi:filesystem/types#directory-entry-stream`: the entries as they were when the stream was made. */
export class DirectoryEntryStream {
  readonly #entries: readonly Dirent[]
  readonly #dir: Dir
  readonly #sandbox: Sandbox
  readonly #release: () => void
  #next = 0

  constructor(entries: readonly Dirent[], dir: Dir, sandbox: Sandbox) {
    this.#entries = entries
    this.#dir = dir
    this.#sandbox = sandbox
    // Counted like an open file: a stream holds the names of a whole directory.
    this.#release = sandbox.track(dir.grant, () => {})
  }

  readDirectoryEntry(): DirectoryEntry | undefined {
    this.#sandbox.requireLive(this.#dir.grant)
    const entry = this.#entries[this.#next++]
    if (entry === undefined) return undefined
    const type = typeOf(entry)
    return { type: type === 'unknown' ? this.#typeByStat(entry.name) : type, name: entry.name }
  }

  [Symbol.dispose](): void {
    this.#release()
  }

  /** Some file systems do not tell types with names. */
  #typeByStat(name: string): DescriptorType {
    const path = attempt(() => this.#dir.host.at(name))
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? 'unknown' : typeOf(stat)
  }
}
