import { statfsSync } from 'node:fs'
import { isPseudoFilesystem } from '../../../capability/pseudo-filesystem.js'

/** Device numbers of file systems whose files are doors into the kernel. One look per device. */
export class PseudoFilesystems {
  readonly #known = new Map<bigint, boolean>()

  has(device: bigint, fd: number): boolean {
    let known = this.#known.get(device)
    if (known === undefined) {
      known = process.platform === 'linux' && isPseudoFilesystem(statfsSync(`/proc/self/fd/${fd}`).type)
      this.#known.set(device, known)
    }
    return known
  }
}
