import { errors } from '@wasm-plugin/runtime/errors'

/** What an instance keeps, for another one of the same build to go on with. Nobody but these two look into it. */
export interface Snapshot {
  /** See `Instance.save` of the runtime. In memory of its own, which is handed over. */
  readonly state: Uint8Array<ArrayBuffer>
  /** See `Lasting` of WASI. */
  readonly wasi: string
}

/** The memory that is handed over to the thread of an instance with what it is given. */
export function handedOver({ snapshot }: { readonly snapshot?: Snapshot }): ArrayBuffer[] {
  return snapshot === undefined ? [] : [snapshot.state.buffer]
}

/** Bytes of `Snapshot.state` beside what its memories have in it. */
const MAX_HEAD = 16 << 20
/** Characters of `Snapshot.wasi`: what a module of preview 1 has open is the most of it. */
const MAX_WASI = 1 << 20

export function bytesOf({ state, wasi }: Snapshot): number {
  return state.length + 2 * wasi.length
}

/**
 * What a thread says that it has saved, as far as the application has to do with it; null where there was nothing to save.
 *
 * @throws {SNAPSHOT_UNUSABLE}
 */
export function snapshotOf(value: unknown, maxBytes: number): Snapshot | null {
  if (value === null) return null
  const { state, wasi } = (value ?? {}) as Partial<Snapshot>
  const isOne =
    state instanceof Uint8Array &&
    state.buffer instanceof ArrayBuffer &&
    state.length <= maxBytes + MAX_HEAD &&
    typeof wasi === 'string' &&
    wasi.length <= MAX_WASI
  if (!isOne) throw errors.SNAPSHOT_UNUSABLE({ reason: 'it is damaged' })
  // It has to have its memory alone, which is handed over.
  return { state: state.length === state.buffer.byteLength ? state : state.slice(), wasi }
}
