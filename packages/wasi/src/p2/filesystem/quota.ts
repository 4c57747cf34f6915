import { ComponentError } from '@wasm-plugin/runtime'
import type { Gate } from '../../grants/gate.js'
import type { FsGrant } from '../../grants/grant-set.js'
import type { InstancePorts } from '../../ports.js'
import { idOf } from '../../volume/volume.js'
import type { Dir } from './directory.js'
import { measure } from './measure.js'

export interface QuotaParts {
  readonly gate: Gate
  readonly ports: Pick<InstancePorts, 'monotonicNs'>
  readonly pause: () => void
  readonly openRoot: (grant: FsGrant) => Dir
}

/** Entries up to which counting anew costs next to nothing. */
const FEW_ENTRIES = 1_000
/** A longer count is made again after so many times as long as it took. */
const REST = 10n

/**
 * What the plugin may still add and grow, booked under the lock of its instances. What is booked may come to be more than
 * is there: a thread was ended between booking and doing, or with files open that have no name, and the application
 * removes files too. So before a quota is said to be used up, what is there is counted.
 */
export class Quota {
  readonly #parts: QuotaParts
  #notBefore = 0n

  constructor(parts: QuotaParts) {
    this.#parts = parts
  }

  /** False, and nothing is booked, if the quota does not allow it. */
  takeEntries({ account, quotaEntries }: FsGrant, count: number): boolean {
    const { state } = this.#parts.gate.grants
    const take = () => state.takeEntries(account, count, quotaEntries)
    return take() || (count <= quotaEntries && this.#lower(account, 'entries') && take())
  }

  /** False, and nothing is booked, if the quota does not allow it. */
  takeBytes({ account, quotaBytes }: FsGrant, bytes: number): boolean {
    const { state } = this.#parts.gate.grants
    const take = () => state.takeBytes(account, bytes, quotaBytes)
    return take() || (bytes <= quotaBytes && this.#lower(account, 'bytes') && take())
  }

  /** True if less is there than was booked. Of the other kind some may be booked for what is about to be made. */
  #lower(account: number, kind: 'entries' | 'bytes'): boolean {
    const { gate, ports, pause } = this.#parts
    const { initial, state } = gate.grants
    const grant = initial.fs.find((one) => one.account === account)
    const begun = ports.monotonicNs()
    if (grant === undefined || begun < this.#notBefore) return false
    const there = this.#measure(grant, pause)
    if (there === undefined || there.entries > FEW_ENTRIES) {
      const now = ports.monotonicNs()
      this.#notBefore = now + (now - begun) * REST
    }
    if (there === undefined) return false
    // Bytes of what is open and has no name are somewhere else.
    for (const file of state.files.on(account)) if (!there.files.has(idOf(file))) return false
    const surplus = state.used(account)[kind] - there[kind]
    if (surplus <= 0) return false
    if (kind === 'entries') state.giveEntries(account, surplus)
    else state.giveBytes(account, surplus)
    return true
  }

  #measure(grant: FsGrant, pause: () => void): ReturnType<typeof measure> {
    try {
      const root = this.#parts.openRoot(grant)
      try {
        return measure(root.folder, pause)
      } finally {
        root.close()
      }
    } catch (error) {
      // The directory is gone, or something in it cannot be read.
      if (ComponentError.is(error)) return undefined
      throw error
    }
  }
}
