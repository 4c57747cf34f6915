import { readlinkSync, statfsSync } from 'node:fs'
import { isPseudoFilesystem } from './pseudo-filesystem.js'

/** What the folders of one grant know of the machine they are on. */
export class System {
  readonly #pseudo = new Map<bigint, boolean>()
  #handles: string | undefined

  /** True for a device number of a file system whose files are doors into the kernel. One look per device. */
  isPseudo(device: bigint, fd: number): boolean {
    let known = this.#pseudo.get(device)
    if (known === undefined) {
      known = process.platform === 'linux' && isPseudoFilesystem(statfsSync(`/proc/self/fd/${fd}`).type)
      this.#pseudo.set(device, known)
    }
    return known
  }

  /**
   * Linux: where the kernel shows the open files of this process, `/proc/<pid>/fd/`. The kernel is asked once what
   * `/proc/self` stands for: going through that link takes as long as all the rest of an operation.
   */
  get handles(): string {
    this.#handles ??= `/proc/${readlinkSync('/proc/self')}/fd/`
    return this.#handles
  }
}
