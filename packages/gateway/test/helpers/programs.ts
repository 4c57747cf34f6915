import { fileURLToPath } from 'node:url'
import { assemble } from '../../../host/test/helpers/guests.js'

export { assemble as assembled } from '../../../host/test/helpers/guests.js'

/** A program of the guests, by the language that it is in: `cgi` is that of Rust. */
export const cgiFile = (name: 'cgi' | 'cgi-c' | 'cgi-assemblyscript'): string =>
  fileURLToPath(new URL(`../../../host/test/guests/${name}/dist/${name}.wasm`, import.meta.url))

/** A program that writes a text and exits, in the function of that name. */
export function says(output: string, status = 0, name = '_start'): Promise<Uint8Array> {
  const bytes = Buffer.from(output, 'utf8')
  const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  return assemble(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 4)
    (data (i32.const 0) "\\40\\00\\00\\00")
    (data (i32.const 64) "${data}")
    (func (export "${name}")
      (i32.store (i32.const 4) (i32.const ${bytes.length}))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (i32.const ${status}) (then (call $exit (i32.const ${status}))))))`)
}
