/**
 * Whether the engine takes constant expressions that compute: `(i32.add (global.get 0) (i32.const 4))`. Node 20 does not.
 */
export function computesConstants(): boolean {
  known ??= WebAssembly.validate(PROBE)
  return known
}

let known: boolean | undefined

/** (module (global i32 (i32.add (i32.const 0) (i32.const 0)))) */
const PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 6, 9, 1, 0x7f, 0, 0x41, 0, 0x41, 0, 0x6a, 0x0b)
