import type { Instance, Restoring } from '@wasm-plugin/runtime'
import type { Lasting } from '@wasm-plugin/wasi/instance'
import { encodeError, type WireError } from '../errors/wire-error.js'
import type { Snapshot } from '../wire/snapshot.js'

/**
 * What an instance keeps, for one that is ended while nobody calls it.
 *
 * @throws {SNAPSHOT_REFUSED} it has something open, or is too large
 */
export function snapshot(
  { instance, lasting }: { readonly instance: Instance; readonly lasting: () => Lasting },
  maxBytes: number,
): Snapshot {
  const wasi = lasting()
  return { state: instance.save({ nameOf: wasi.nameOf, maxBytes }), wasi: wasi.save() }
}

/** How an instance is made that goes on with what was saved, if something was. @throws {SNAPSHOT_UNUSABLE} */
export function goingOn(
  saved: Snapshot | undefined,
  lasting: () => Lasting,
): { readonly restore?: Restoring } {
  if (saved === undefined) return {}
  const wasi = lasting()
  wasi.restore(saved.wasi)
  return { restore: { bytes: saved.state, objectOf: wasi.objectOf } }
}

/** Makes the instance that goes on. Undefined where none is to, and why it does not where it could not. */
export function wentOn(
  saved: Snapshot | undefined,
  make: (saved: Snapshot) => unknown,
): { readonly lost?: WireError } | undefined {
  if (saved === undefined) return undefined
  try {
    make(saved)
    return {}
  } catch (error) {
    return { lost: encodeError(error) }
  }
}
