import * as z from '@wasm-plugin/manifest/shape'

/** Bytes, entries or handles: one at least. */
export const size = z.int().check(z.minimum(1))

/** A path of the machine. */
export const hostPath = z.string().check(
  z.minLength(1),
  z.refine((path) => !path.includes('\0'), 'the path holds a NUL character'),
)
