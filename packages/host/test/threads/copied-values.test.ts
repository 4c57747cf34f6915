import { createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

/** Calls of one function after which its values are copied from memory to memory. */
const WARM = 20

/** Its functions return what lies at 64 + 32 * which: see `PLACES`. */
const PLUGIN = (data: string) => `(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 64) "${data}")
    (data (i32.const 1024) "text\\00\\ff\\c3\\28")
    (global $calls (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
    (func (export "at") (param $which i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.add (i32.const 64) (i32.mul (local.get $which) (i32.const 32))))
    (func (export "calls") (result i32) (global.get $calls)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (type $e' (enum "a" "b")) (export $e "e" (type $e'))
  (type $row' (record (field "name" string) (field "kind" $e) (field "mark" (option char))))
  (export $row "line" (type $row'))
  (func (export "row") (param "which" u32) (result $row) (canon lift (core func $i "at") (memory $memory)))
  (func (export "calls") (result u32) (canon lift (core func $i "calls"))))`

/** A row each: place and length of its text, its enum, whether it has a char, the char. */
const PLACES: [what: string, row: [number, number, number, number, number]][] = [
  ['all is right', [1024, 4, 1, 1, 0x78]],
  ['a text beyond the memory', [65_535, 2, 0, 0, 0]],
  ['a text whose end wraps around', [0xffffffff, 2, 0, 0, 0]],
  ['a text as long as can be', [1024, 0xffffffff, 0, 0, 0]],
  ['a text that is no UTF-8', [1029, 3, 0, 0, 0]],
  ['an enum that has no such case', [1024, 4, 2, 0, 0]],
  ['an option that is neither', [1024, 4, 0, 2, 0]],
  ['a surrogate for a char', [1024, 4, 0, 1, 0xd800]],
  ['a char beyond the last', [1024, 4, 0, 1, 0x110000]],
]

interface Exports {
  row(which: number): Promise<{ name: string; kind: string; mark: string | undefined }>
  calls(): Promise<number>
}

let component: Uint8Array
let host: Host
let plugin: Plugin<Exports>

beforeAll(async () => {
  component = await assemble(PLUGIN(PLACES.map(([, row]) => bytesOf(row)).join('')))
})
beforeEach(async () => {
  host = await createHost()
  plugin = await host.load<Exports>(component)
})
afterEach(() => host.close())

/** As it lies in memory. */
function bytesOf([at, length, kind, hasMark, mark]: (typeof PLACES)[number][1]): string {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, at, true)
  view.setUint32(4, length, true)
  view.setUint8(8, kind)
  view.setUint8(12, hasMark)
  view.setUint32(16, mark, true)
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
}

it('values are what they are, however often the function was called', async () => {
  for (let i = 0; i < WARM * 2; i++)
    expect(await plugin.exports.row(0)).toEqual({ name: 'text', kind: 'b', mark: 'x' })
})

attack(
  'A115',
  'Returns texts beyond its memory, texts that are no UTF-8, and cases and chars that there are not, from a function whose values are copied to shared memory',
  'the call fails as it does for a plugin without a thread, and the next one has a fresh instance',
  async () => {
    for (const [which, [what]] of PLACES.entries()) {
      if (which === 0) continue
      const inline = await host.load<Exports>(component, { name: `inline-${which}`, isolation: 'inline' })
      const expected = await (async () => inline.exports.row(which))().catch((error) => error)
      for (let i = 0; i < WARM; i++) await plugin.exports.row(0)
      const error = await plugin.exports.row(which).catch((error) => error)
      expect({ what, code: error.code, message: error.message }).toEqual({
        what,
        code: 'ABI_TRAP',
        message: expected.message.replace(inline.name, plugin.name),
      })
      expect(await plugin.exports.calls()).toBe(0)
    }
    expect(await plugin.exports.row(0)).toMatchObject({ name: 'text' })
  },
)
